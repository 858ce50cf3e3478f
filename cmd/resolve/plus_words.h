// SPDX-License-Identifier: MIT
// The words that begin with + in dig: +short, +norecurse, +bufsize=1232. One table: what is not in it is refused.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cmd/resolve/settings.h"

namespace fid::cmd::resolve {

struct PlusWord {
    std::string_view name;
    std::string_view value;  ///< placeholder; "" for one that is on or off (+no...), "[...]" where it may be missing
    std::string_view help;   ///< one phrase; "" for a synonym of the one before
    Result<void> (*apply)(Settings& settings, bool on, std::string_view value);
};

[[nodiscard]] std::span<const PlusWord> plus_words();
/// `word` without its +. A word may be shortened as long as it means one only, as dig's users do (+norec).
[[nodiscard]] Result<void> apply_plus_word(Settings& settings, std::string_view word);
/// The table as the parser's words with +.
[[nodiscard]] std::vector<Option> plus_options();

}  // namespace fid::cmd::resolve
