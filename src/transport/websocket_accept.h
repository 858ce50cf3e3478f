// SPDX-License-Identifier: MIT
// A WebSocket (RFC 6455) as a server over any stream.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "transport/websocket_stream.h"

namespace fid::transport {

struct WebSocketAcceptOptions {
    std::string path;  ///< the only one there is; "" = any
    /// Pages of which other origins ("https://example.com", "*": all) may connect besides those of our own host: a
    /// browser lets any page try, and tells its origin (RFC 6455 section 10.2). Programs tell none, and are let in.
    std::vector<std::string> origins;
    bool binary = false;                               ///< send all messages as binary ones
    std::uint64_t message = std::uint64_t{16} << 20U;  ///< the largest one taken, in bytes
};

/// Reads the request, answers it, and gives the stream, which is as connect_websocket() describes it. `name` is the
/// client's, for errors. Who asks for something else gets an HTTP error; then the status is protocol_violation.
[[nodiscard]] Task<Result<WebSocketConnection>> accept_websocket(StreamPtr below, std::string name,
                                                                 WebSocketAcceptOptions options);

}  // namespace fid::transport
