// SPDX-License-Identifier: MIT
// Man pages in mdoc(7), made from the commands' definitions.
#pragma once

#include <string>

#include "cmd/command.h"

namespace fid::cmd {

/// fid(1): the commands, the common options, the exit status table.
[[nodiscard]] std::string manual_of_fid();
/// fid-COMMAND(1), with a section for each verb.
[[nodiscard]] std::string manual_of(const Command& command);

}  // namespace fid::cmd
