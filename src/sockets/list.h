// SPDX-License-Identifier: MIT
// The sockets of this machine at one moment, by the best way there is.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/error.h"
#include "sockets/filter.h"
#include "sockets/holders.h"
#include "sockets/socket.h"

namespace fid::sockets {

enum class Way : std::uint8_t { automatic, netlink, proc };

struct Query {
    KindMask kinds = every_kind;
    bool v4 = true, v6 = true;
    const Filter* filter = nullptr;
    bool listening = false;   ///< only those that wait for others (Socket::listens)
    bool push_down = true;    ///< let the kernel leave out what the filter does not want
    bool info = false;        ///< with TcpInfo
    bool holders = false;     ///< look for the processes (a filter that asks for them does so anyway)
    bool all_spaces = false;  ///< of every network namespace
    Way way = Way::automatic;
    std::string folder;  ///< read this copy of /proc/net instead of this machine
};

struct Snapshot {
    std::vector<Socket> sockets;  ///< those the filter passes; listeners first, then by address
    std::vector<Holder> holder_list;
    std::vector<std::string> spaces;  ///< names, where all_spaces
    std::map<std::pair<std::uint16_t, std::uint32_t>, std::string> interfaces;
    std::map<std::uint64_t, std::string> unix_names;  ///< by inode, of all Unix sockets, for the peers' sake
    std::size_t denied = 0, without_holder = 0;       ///< see Holders
    bool interrupted = false;                         ///< the kernel's tables changed too fast to be read in one go

    [[nodiscard]] std::span<const Holder> holders(const Socket& socket) const {
        return std::span(holder_list).subspan(socket.first_holder, socket.holders);
    }
    /// The interface a socket is bound to, "" for none.
    [[nodiscard]] std::string_view device(const Socket& socket) const;
};

[[nodiscard]] Result<Snapshot> take_snapshot(const Query& query);

}  // namespace fid::sockets
