// SPDX-License-Identifier: MIT
// OpenSSL's objects with owners, and a client context made of TlsOptions.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "report/error.h"
#include "transport/tls_options.h"

namespace fid::transport {

struct SslDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslDeleter>;
using SslSession = std::unique_ptr<SSL, SslDeleter>;

/// The reason on top of OpenSSL's error queue in words, which is emptied; `otherwise` where there is none.
[[nodiscard]] std::string take_ssl_reason(std::string_view otherwise);
/// Presents a certificate; PEM files, "" = the key stands in `certificate`. Status cannot_read.
[[nodiscard]] Result<void> load_identity(SSL_CTX* context, const std::string& certificate, const std::string& key);
[[nodiscard]] Result<SslContext> make_client_context(const TlsOptions& options);
/// A session that will verify the peer for `host` (a name or an address) as the options say.
[[nodiscard]] Result<SslSession> make_client_session(SSL_CTX* context, const std::string& host,
                                                     const TlsOptions& options);

}  // namespace fid::transport
