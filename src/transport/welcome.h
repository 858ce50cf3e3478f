// SPDX-License-Identifier: MIT
// From somebody who came to a listener to a connection one can talk on: the server's half of dial().
#pragma once

#include <chrono>
#include <memory>

#include "transport/dial.h"
#include "transport/listen.h"
#include "transport/tls_server.h"
#include "transport/websocket_accept.h"

namespace fid::transport {

struct WelcomeOptions {
    std::shared_ptr<const TlsServer> tls;  ///< who we are, for tls, wss and https listeners
    bool always_tls = false;               ///< also where the listener's scheme does not say so
    WebSocketAcceptOptions websocket;
    std::chrono::nanoseconds timeout = std::chrono::seconds(10);  ///< for the handshakes together; zero = none
    Recorder* recorder = nullptr;                                 ///< outlives the connection
};

/// Does whoever comes to that listener begin with a TLS handshake?
[[nodiscard]] bool begins_with_tls(const Endpoint& listener, const WelcomeOptions& options);

/// The handshakes that the listener's scheme asks for, on the loop of `executor`: it may be another one than the
/// listener's, even another thread's or process's, but for datagrams. An http or https listener's connection is what
/// HTTP is spoken on. Status timeout, tls_handshake, protocol_violation (no WebSocket handshake), receive_failure.
/// Timings tell how long the handshakes took.
[[nodiscard]] Task<Result<Connection>> welcome(Executor executor, Endpoint listener, Incoming incoming,
                                               WelcomeOptions options);

/// TLS as a server over a connection that has been in the clear up to now (STARTTLS), as start_tls() is for clients;
/// `session` is a TlsServer's. Not under any deadline: stop() the stream. Where it fails the connection has no stream
/// any more.
[[nodiscard]] Task<Result<void>> accept_tls(Connection& connection, SslSession session);

}  // namespace fid::transport
