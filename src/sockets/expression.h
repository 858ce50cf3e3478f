// SPDX-License-Identifier: MIT
// A filter as a tree. The parser (filter.cc) makes it; evaluate.cc judges sockets by it; bytecode.cc writes it down for
// the kernel.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "address/prefix.h"
#include "sockets/socket.h"

namespace fid::sockets {

enum class Op : std::uint8_t {
    all_of,      ///< every child
    any_of,      ///< one of the children
    negate,      ///< not the only child
    state,       ///< in `mask`
    kind,        ///< in `mask`
    family,      ///< an IP socket of range.family
    port,        ///< low <= port <= high, of a TCP or UDP socket
    address,     ///< an IP socket whose address is in `range`
    name,        ///< a Unix socket whose name fits the pattern `text`
    device,      ///< bound to the interface `text`
    process,     ///< held by a process of that name
    pid,         ///< held by process `low`
    user,        ///< owned by the user id `low`
    inode,       ///< `low`
    recv_queue,  ///< low <= bytes <= high
    send_queue,
    exposed,  ///< listens beyond loopback
};

enum class Side : std::uint8_t { either, local, peer };

struct Node {
    Op op = Op::all_of;
    Side side = Side::either;
    std::uint32_t mask = 0;
    std::uint64_t low = 0, high = 0;
    Range range = {};
    std::string text = {};
    std::vector<Node> children = {};
};

}  // namespace fid::sockets
