// SPDX-License-Identifier: MIT
#include "cmd/ipcalc/ipcalc.h"

namespace fid::cmd {

const Command ipcalc_command{.name = "ipcalc", .summary = "to come", .description = ""};

}  // namespace fid::cmd
