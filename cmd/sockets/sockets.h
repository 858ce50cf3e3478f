// SPDX-License-Identifier: MIT
// fid sockets: which sockets this machine has, who holds them, and who may reach them.
#pragma once

#include "cmd/command.h"

namespace fid::cmd {

extern const Command sockets_command;

}  // namespace fid::cmd
