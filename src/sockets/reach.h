// SPDX-License-Identifier: MIT
// From where a listening socket can be reached, by the address it is bound to. Firewalls are another matter.
#pragma once

#include <cstdint>
#include <string_view>

#include "sockets/socket.h"

namespace fid::sockets {

enum class Reach : std::uint8_t {
    loopback,  ///< from this machine only
    lan,       ///< bound to an address that is not routed on the internet: private, link-local, unique local
    internet,  ///< bound to a globally routed address
    any,       ///< bound to no address: every interface
};

/// `device`: the interface the socket is bound to, "" where to none.
[[nodiscard]] Reach reach(const Socket& socket, std::string_view device);
[[nodiscard]] std::string_view reach_name(Reach reach);

}  // namespace fid::sockets
