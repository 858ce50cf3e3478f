// SPDX-License-Identifier: MIT
// Reads back what `fid sockets --json` wrote.
#pragma once

#include <string>
#include <vector>

#include "report/error.h"
#include "report/record.h"

namespace fid::cmd::sockets {

/// The socket records of a file of JSON lines, "-" for standard input; records of other types are passed over. Status
/// cannot_read, or bad_input with the line's number.
[[nodiscard]] Result<std::vector<report::Record>> read_saved(const std::string& path);

}  // namespace fid::cmd::sockets
