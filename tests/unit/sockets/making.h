// SPDX-License-Identifier: MIT
// Sockets for tests.
#pragma once

#include <string_view>

#include "sockets/socket.h"

namespace fid::sockets::testing {

inline Address address(std::string_view text) { return Address::read(text).value(); }

inline Socket ip_socket(Kind kind, State state, std::string_view local, std::uint16_t local_port,
                        std::string_view peer = {}, std::uint16_t peer_port = 0) {
    Socket socket;
    socket.kind = kind;
    socket.state = state;
    socket.local = address(local);
    socket.local_port = local_port;
    socket.peer = peer.empty() ? Address(socket.local.family(), 0) : address(peer);
    socket.peer_port = peer_port;
    socket.recv_queue = socket.send_queue = 0;
    return socket;
}

inline Socket web_client() { return ip_socket(Kind::tcp, State::established, "10.0.0.5", 50100, "198.51.100.80", 443); }

}  // namespace fid::sockets::testing
