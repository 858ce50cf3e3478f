// SPDX-License-Identifier: MIT
// The options of every command that opens connections.
#pragma once

#include <vector>

#include "cmd/command.h"
#include "transport/dial.h"

namespace fid::cmd {

/// The command's own options followed by those of dialling and recording.
[[nodiscard]] std::vector<Option> with_dial_options(std::vector<Option> own);
[[nodiscard]] Result<transport::DialOptions> read_dial_options(const Arguments& args);

}  // namespace fid::cmd
