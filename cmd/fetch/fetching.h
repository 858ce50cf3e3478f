// SPDX-License-Identifier: MIT
#pragma once

#include "cmd/command.h"
#include "cmd/fetch/settings.h"

namespace fid::cmd::fetch {

/// Makes the transfers and tells what became of them.
Status fetch_all(Context& context, const Settings& settings);
/// Prints the requests that would be sent.
Status show_requests(Context& context, const Settings& settings);

}  // namespace fid::cmd::fetch
