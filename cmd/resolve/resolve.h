// SPDX-License-Identifier: MIT
// fid resolve: names to data, by asking DNS servers.
#pragma once

#include "cmd/command.h"

namespace fid::cmd {

extern const Command resolve_command;

}  // namespace fid::cmd
