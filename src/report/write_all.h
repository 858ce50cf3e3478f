// SPDX-License-Identifier: MIT
// Writing to a descriptor that somebody else may have made non-blocking: standard input, which those who wait for it
// make so, is often the same terminal as standard output and standard error.
#pragma once

#include <string_view>

namespace fid::report {

/// Writes everything, waiting where the descriptor is full. Returns 0, or the errno that stopped it (EPIPE: who read
/// has gone).
[[nodiscard]] int write_all(int descriptor, std::string_view bytes);

}  // namespace fid::report
