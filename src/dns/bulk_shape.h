// SPDX-License-Identifier: MIT
// How sockets, tables of IDs and windows are cut for a number of servers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dns/bulk_window.h"

namespace fid::dns {

struct BulkShape {
    unsigned sockets_each = 1;  ///< a server's
    unsigned id_bits = 16;      ///< of a socket's table
    Window::Limits window;      ///< of a server
};

/// `window`: questions under way at all servers together; 0 = as many as is best.
[[nodiscard]] BulkShape bulk_shape(std::size_t servers, std::uint32_t window);

}  // namespace fid::dns
