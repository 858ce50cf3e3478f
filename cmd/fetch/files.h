// SPDX-License-Identifier: MIT
// Small files that options name.
#pragma once

#include <string>

#include "report/error.h"

namespace fid::cmd::fetch {

/// All of a file, or of standard input ("-"). Status cannot_read.
[[nodiscard]] Result<std::string> read_file(const std::string& path);
/// Asks at the terminal, without showing what is typed. Status usage where there is no terminal.
[[nodiscard]] Result<std::string> ask_password(const std::string& prompt);

}  // namespace fid::cmd::fetch
