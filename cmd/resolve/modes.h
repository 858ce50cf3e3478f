// SPDX-License-Identifier: MIT
// Which options of `fid resolve` go together.
#pragma once

#include "cmd/resolve/settings.h"

namespace fid::cmd::resolve {

/// What is not asking the servers and showing their answers has a mode of its own: --bulk and --sweep, --trace and so
/// on; one a run. Status usage for an option that a mode does not listen to, for one that belongs to a mode which was
/// not asked for, and for two modes.
[[nodiscard]] Result<void> check_modes(const Arguments& args, const Settings& settings);

}  // namespace fid::cmd::resolve
