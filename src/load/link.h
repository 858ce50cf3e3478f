// SPDX-License-Identifier: MIT
// One non-blocking connection, plain or in TLS, for a loop that waits with edges: what is not taken at once is asked
// for again when the descriptor tells.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "load/tally.h"
#include "transport/descriptor.h"
#include "transport/socket_address.h"
#include "transport/tls_context.h"
#include "transport/tls_options.h"

namespace fid::load {

/// What the links of one thread share for TLS.
class TlsClient {
  public:
    /// Status cannot_read for certificates that cannot be read.
    [[nodiscard]] static Result<std::unique_ptr<TlsClient>> make(transport::TlsOptions options, std::string host);

    /// A session on that socket; takes up the last one where the server allows it. Null where the name is none.
    [[nodiscard]] transport::SslSession session(int socket);
    /// Keeps what the next one may take up.
    void remember(SSL* ssl);

  private:
    struct SessionDeleter {
        void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
    };

    transport::TlsOptions options_;
    std::string host_;
    transport::SslContext context_;
    std::unique_ptr<SSL_SESSION, SessionDeleter> last_;
};

/// How an attempt to send or receive ended.
struct Moved {
    enum class What : std::uint8_t { bytes, later, ended, failed } what = What::later;
    std::size_t count = 0;  ///< bytes; more than none
    int error = 0;          ///< errno, where it failed; 0: TLS did
};

class Link {
  public:
    /// Begins to connect. Errno, or 0.
    [[nodiscard]] int open(const transport::SocketAddress& address, TlsClient* tls);
    void close();
    [[nodiscard]] bool is_open() const { return socket_.valid(); }
    [[nodiscard]] int descriptor() const { return socket_.get(); }
    /// The bytes on the socket are those of HTTP.
    [[nodiscard]] bool plain() const { return ssl_ == nullptr; }

    /// What became of the attempt to connect: errno, or 0. Once the descriptor is writable.
    [[nodiscard]] int connected() const;
    enum class Handshake : std::uint8_t { done, later, failed };
    [[nodiscard]] Handshake shake_hands();
    /// Why it failed; `error` gets words for it.
    [[nodiscard]] Failure handshake_failure(std::string& error) const;

    [[nodiscard]] Moved send(std::string_view bytes);
    [[nodiscard]] Moved receive(std::span<char> into);
    /// Throws away up to `count` bytes that have come, without copying them; only where it is plain() over TCP.
    [[nodiscard]] Moved discard(std::uint64_t count);

  private:
    transport::Descriptor socket_;
    transport::SslSession ssl_;
    TlsClient* tls_ = nullptr;
};

}  // namespace fid::load
