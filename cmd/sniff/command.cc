// SPDX-License-Identifier: MIT
#include "cmd/sniff/sniff.h"

namespace fid::cmd {

const Command sniff_command{.name = "sniff", .summary = "to come", .description = ""};

}  // namespace fid::cmd
