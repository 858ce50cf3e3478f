// SPDX-License-Identifier: MIT
// Looking more than once: --watch and --wait.
#pragma once

#include "cmd/command.h"
#include "cmd/sockets/settings.h"

namespace fid::cmd::sockets {

/// Until Ctrl-C. On a terminal in plain text the list is drawn anew each time, elsewhere changes are written.
[[nodiscard]] Status watch(Context& context, const Settings& settings);

/// Until something that fits listens, which is then shown; status timeout where the time is over.
[[nodiscard]] Status wait(Context& context, const Settings& settings);

}  // namespace fid::cmd::sockets
