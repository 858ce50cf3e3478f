// SPDX-License-Identifier: MIT
// TLS over any stream: a socket, a proxy's tunnel, another TLS stream, or a plain dialogue that has just said STARTTLS.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/stream.h"
#include "transport/tls_context.h"
#include "transport/tls_options.h"

namespace fid::transport {

/// What was agreed on.
struct TlsFacts {
    std::string version;  ///< "TLSv1.3"
    std::string cipher;   ///< "TLS_AES_256_GCM_SHA384"
    std::string alpn;     ///< "" where none was agreed on
    bool resumed = false;
    std::vector<std::string> faults;  ///< what verification found, where TlsOptions::judge let it pass
};

struct TlsConnection {
    StreamPtr stream;
    TlsFacts facts;
};

/// Gets each line of the session's secrets in the NSS key log format (SSLKEYLOGFILE), without its end.
using KeyLog = std::function<void(std::string_view)>;

/// Shakes hands over `below`, which it owns from then on; `host` is what was dialled. A read of the result ends with
/// status truncated where the peer's bytes end without its close_notify. finish() sends close_notify with TLS 1.3; with
/// older versions, where it ends both directions, it does nothing: closing says it.
/// Status certificate where the peer cannot be trusted (the cause says why), tls_handshake where it is no TLS or
/// nothing could be agreed on, cannot_read for our own files.
[[nodiscard]] Task<Result<TlsConnection>> connect_tls(StreamPtr below, std::string host, TlsOptions options,
                                                      KeyLog key_log);

/// The same as a server; `session` is a TlsServer's. finish() always sends close_notify. Status tls_handshake, and what
/// a read of `below` may fail with.
[[nodiscard]] Task<Result<TlsConnection>> accept_tls(StreamPtr below, SslSession session, KeyLog key_log);

/// Sessions of this context tell their KeyLog; connect_tls() sees to it by itself.
void pass_secrets(SSL_CTX* context);

/// Sends close_notify whatever the version; nothing may be read afterwards. For writers whose end has to be told from a
/// cut, where finish() would leave it to the closing. Does nothing to a stream that connect_tls() did not make.
[[nodiscard]] Task<Result<void>> close_tls(Stream& stream);

/// OpenSSL's session under a stream that connect_tls() made; null for any other stream.
[[nodiscard]] SSL* tls_session(Stream& stream);

}  // namespace fid::transport
