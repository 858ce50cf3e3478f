// SPDX-License-Identifier: MIT
// Opening one endpoint or two, and the conversation that comes of it.
#pragma once

#include "cmd/command.h"
#include "cmd/connect/settings.h"

namespace fid::cmd::connect {

/// Opens the endpoint and lets the one of --to, or standard input and output, talk with it until both have ended or
/// Ctrl-C. Records of what passes take the place of standard output's bytes where they are wanted. What goes wrong is
/// told; the status is the command's.
[[nodiscard]] Status converse(Context& context, Settings settings);

}  // namespace fid::cmd::connect
