// SPDX-License-Identifier: MIT
// Which options of `fid connect` go together.
#pragma once

#include "cmd/command.h"

namespace fid::cmd::connect {

/// What is not talking with one endpoint has a mode: --check, --inspect, --measure, --script, --telnet, --to. Status
/// usage for an option that a mode does not listen to, and for one that belongs to a mode which was not asked for.
[[nodiscard]] Result<void> check_modes(const Arguments& args);

}  // namespace fid::cmd::connect
