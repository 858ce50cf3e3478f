// SPDX-License-Identifier: MIT
#pragma once

#include "cmd/command.h"

namespace fid::cmd {

extern const Command fetch_command;

}  // namespace fid::cmd
