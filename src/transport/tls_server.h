// SPDX-License-Identifier: MIT
// Who a TLS server is, and what it agrees to.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "transport/certificate.h"
#include "transport/tls_context.h"

namespace fid::transport {

struct TlsServerOptions {
    /// PEM files; "" = a certificate made for this run, the key stands in `certificate`.
    std::string certificate, key;
    std::vector<std::string> names;  ///< for the certificate that is made: names and addresses
    bool key_log = false;            ///< sessions will be asked for their secrets
};

/// One certificate with its key, and the contexts that present it. May be used by several threads at once.
class TlsServer {
  public:
    /// TLS 1.2 and 1.3, with session tickets. A certificate that is made is signed by itself (ECDSA P-256, good for 90
    /// days). Status cannot_read for files that are no such thing.
    [[nodiscard]] static Result<std::shared_ptr<const TlsServer>> make(const TlsServerOptions& options);

    /// For a client whose protocols are to be one of `alpn`, the most wanted first. Where it offers none of them the
    /// handshake fails (RFC 7301 section 3.2); where it offers nothing, or none are wanted, none is agreed on.
    [[nodiscard]] SslSession session(const std::vector<std::string>& alpn) const;
    [[nodiscard]] const Certificate& certificate() const { return certificate_; }
    [[nodiscard]] bool made() const { return made_; }  ///< for this run

  private:
    SslContext context_;
    Certificate certificate_;
    bool made_ = false;
};

/// localhost, this machine's name, 127.0.0.1 and ::1.
[[nodiscard]] std::vector<std::string> local_names();

}  // namespace fid::transport
