// SPDX-License-Identifier: MIT
// The words of the command line as curl's users type them, in our spelling.
#pragma once

#include <string>
#include <vector>

#include "report/error.h"

namespace fid::cmd::fetch {

/// Puts the options of -K FILE where it stands, and gives `--json DATA` the name by which we tell it from the --json of
/// all commands: it is curl's before a JSON object, array or string and before @FILE, and as --json=DATA. With --load,
/// -c and -n are that one's.
[[nodiscard]] Result<void> prepare_words(std::vector<std::string>& words);

}  // namespace fid::cmd::fetch
