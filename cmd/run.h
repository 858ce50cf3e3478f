// SPDX-License-Identifier: MIT
// One run of fid: words in, exit status out.
#pragma once

#include <span>
#include <string>

namespace fid::cmd {

/// `words` without the program's name. Writes to standard output and standard error.
[[nodiscard]] int run(std::span<const std::string> words);

}  // namespace fid::cmd
