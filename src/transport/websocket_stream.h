// SPDX-License-Identifier: MIT
// A WebSocket (RFC 6455) over any stream: a socket, TLS, a proxy's tunnel; here as a client.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "address/endpoint.h"
#include "transport/stream.h"

namespace fid::transport {

struct WebSocketOptions {
    std::vector<std::pair<std::string, std::string>> headers;  ///< more fields of the request; Host replaces ours
    std::vector<std::string> protocols;                        ///< subprotocols offered, in order
    bool deflate = false;                                      ///< offer permessage-deflate (RFC 7692)
    bool binary = false;                                       ///< send all messages as binary ones
};

/// What was agreed on.
struct WebSocketFacts {
    std::string protocol;  ///< the subprotocol, "" where none was chosen
    bool deflate = false;
};

struct WebSocketConnection {
    StreamPtr stream;
    WebSocketFacts facts;
};

/// Asks for a WebSocket at `endpoint` (ws or wss: its host, path and query) over `below`, which it owns from then on.
/// Status server_error where the server answers 4xx or 5xx (login_refused: 401), protocol_violation where it is no
/// WebSocket server.
///
/// The stream keeps boundaries: each write is one message, text where it is UTF-8 and binary otherwise; a read is a
/// message, or a part of one with Chunk::more. Pings are answered while somebody reads. finish() sends a Close, after
/// which reading goes on until the peer's; a Close of the peer is answered. A read ends well with the codes 1000, 1001
/// and none; otherwise status receive_failure, truncated where the connection ended without a Close, and
/// protocol_violation for frames against the rules, or a message of more than 64 MiB, of which the peer is told.
[[nodiscard]] Task<Result<WebSocketConnection>> connect_websocket(StreamPtr below, Endpoint endpoint,
                                                                  WebSocketOptions options);

}  // namespace fid::transport
