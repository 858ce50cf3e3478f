// SPDX-License-Identifier: MIT
// What both ends of a WebSocket's handshake need.
#pragma once

#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include "transport/stream.h"
#include "transport/websocket.h"

namespace fid::transport {

template <std::size_t size>
std::array<std::uint8_t, size> random_bytes() {
    std::array<std::uint8_t, size> bytes{};
    // Masks and keys must not be guessed by who chooses the payload (section 10.3).
    if (RAND_bytes(bytes.data(), size) != 1) throw std::bad_alloc();
    return bytes;
}

/// The Sec-WebSocket-Accept that belongs to a Sec-WebSocket-Key (section 4.2.2).
[[nodiscard]] std::string websocket_accept_key(std::string_view key);

/// What a stream has to know once the handshake is over.
struct WebSocketTerms {
    WebSocketRole role = WebSocketRole::client;
    std::string name;  ///< the peer's, in errors
    WebSocketLimits limits;
    std::optional<DeflateTerms> deflate;
    bool binary = false;  ///< send all messages as binary ones
};
[[nodiscard]] StreamPtr make_websocket_stream(Executor executor, StreamPtr below, WebSocketTerms terms);

}  // namespace fid::transport
