// SPDX-License-Identifier: MIT
// Which processes hold which sockets: /proc/PID/fd, read once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sockets/socket.h"

namespace fid::sockets {

/// One descriptor of one process. A socket may have several: forked workers share it.
struct Holder {
    std::int32_t pid = 0;
    std::int32_t descriptor = 0;
    std::uint32_t uid = 0;  ///< of the process
    std::string name;       ///< the kernel's name of the process (comm), at most 15 bytes
};

struct Holders {
    std::vector<Holder> list;        ///< each socket's together, by process id
    std::size_t denied = 0;          ///< processes whose descriptors may not be read
    std::size_t without_holder = 0;  ///< sockets with an inode that no readable process holds
};

/// Looks for the holders of `sockets` and sets their first_holder and holders.
[[nodiscard]] Holders find_holders(std::span<Socket> sockets);

}  // namespace fid::sockets
