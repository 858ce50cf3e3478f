// SPDX-License-Identifier: MIT
// The options of fid fetch: curl's, the house's, and what curl has and we have not.
#pragma once

#include <vector>

#include "cmd/command.h"

namespace fid::cmd::fetch {

[[nodiscard]] std::vector<Option> option_list();
[[nodiscard]] std::vector<ForeignOption> foreign_options();

}  // namespace fid::cmd::fetch
