// SPDX-License-Identifier: MIT
#include "sockets/reach.h"

#include <array>

#include "address/special.h"

namespace fid::sockets {

Reach reach(const Socket& socket, std::string_view device) {
    if (device == "lo") return Reach::loopback;
    const Address& address = socket.local;
    if (address.number() == 0) return Reach::any;
    Range range{address.family(), address.number(), address.number()};
    constexpr Uint128 mapped = 0xffff;
    if (!address.is_v4() && address.number() >> 32U == mapped) {
        const Uint128 inner = address.number() & highest(Family::v4);
        range = {Family::v4, inner, inner};
    }
    constexpr Uint128 loopback_network = 127;
    const bool loopback = range.family == Family::v4 ? range.first >> 24U == loopback_network : range.first == 1;
    if (loopback) return Reach::loopback;
    return is_global(range) ? Reach::internet : Reach::lan;
}

std::string_view reach_name(Reach reach) {
    static constexpr std::array<std::string_view, 4> names{"loopback", "lan", "internet", "any"};
    return names.at(static_cast<std::size_t>(reach));
}

}  // namespace fid::sockets
