// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cmd/fetch/settings.h"
#include "report/error.h"

namespace fid::cmd::fetch {

/// The command line of curl that does the same, quoted for a shell. Passwords of files are left out: curl asks.
[[nodiscard]] Result<std::string> curl_line(const Settings& settings);

}  // namespace fid::cmd::fetch
