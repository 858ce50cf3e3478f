// SPDX-License-Identifier: MIT
// The options of every command that opens connections.
#pragma once

#include <memory>
#include <vector>

#include "cmd/command.h"
#include "transport/dial.h"

namespace fid::cmd {

/// The command's own options followed by those of dialling.
[[nodiscard]] std::vector<Option> with_dial_options(std::vector<Option> own);
[[nodiscard]] Result<transport::DialOptions> read_dial_options(const Arguments& args);
/// The recorder of --record, or null where it was not given. Its owner closes it at the end and tells what failed.
[[nodiscard]] Result<std::unique_ptr<transport::Recorder>> start_recorder(const Arguments& args);

}  // namespace fid::cmd
