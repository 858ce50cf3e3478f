// SPDX-License-Identifier: MIT
#pragma once

#include "cmd/command.h"

namespace fid::cmd {

extern const Command sniff_info_command;

}  // namespace fid::cmd
