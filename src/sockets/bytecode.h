// SPDX-License-Identifier: MIT
// Filters as the kernel takes them: INET_DIAG_BC_* (linux/inet_diag.h).
#pragma once

#include <cstdint>
#include <vector>

#include "sockets/expression.h"
#include "sockets/filter.h"

namespace fid::sockets {

/// Passes at least the TCP and UDP sockets that `root` passes; empty where that would be all of them.
[[nodiscard]] std::vector<std::uint8_t> compile(const Node& root, const Filter::IndexOf& index_of);

}  // namespace fid::sockets
