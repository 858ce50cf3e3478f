// SPDX-License-Identifier: MIT
// Dialling, and the user's side of the connection that comes of it.
#pragma once

#include "cmd/command.h"
#include "cmd/connect/settings.h"

namespace fid::cmd::connect {

/// Dials the endpoint and lets standard input and output, or records of what passes, talk with it until both have ended
/// or Ctrl-C. What goes wrong is told; the status is the command's.
[[nodiscard]] Status converse(Context& context, Settings settings);

}  // namespace fid::cmd::connect
