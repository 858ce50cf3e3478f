// SPDX-License-Identifier: MIT
// Shell completion: small fixed scripts for bash, zsh and fish call `fid __complete`, which answers from the commands'
// definitions. One code path for three shells.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fid::cmd {

struct Candidate {
    std::string word;
    std::string doc;
};

struct Completion {
    std::vector<Candidate> candidates;
    bool files = false;  ///< the shell should offer file names too
};

/// What may stand for the last of `words` (which may be empty or begun); `words` without the program's name.
[[nodiscard]] Completion complete(std::span<const std::string> words);

/// The script of a shell: "bash", "zsh" or "fish"; "" for others.
[[nodiscard]] std::string completion_script(std::string_view shell);

}  // namespace fid::cmd
