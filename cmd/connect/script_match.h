// SPDX-License-Identifier: MIT
// What a script's peer has said and no step has taken yet, and the search in it: in time that is linear in what comes,
// in whatever pieces it comes, and in memory that is bounded.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/text.h"

namespace re2 {
class RE2;
}

namespace fid::cmd::connect {

/// Where something was found, counted from the first byte that is not taken.
struct ScriptMatch {
    std::size_t begin = 0, end = 0;
    std::vector<std::optional<std::string>> groups;  ///< of an expression: all of it, then its groups
    /// Nothing that may follow makes it another match. Not so where an expression matched up to the very end of what
    /// has come: after "12" of "1234\r\n" \d+ may go on.
    bool settled = true;
};

class MatchBuffer {
  public:
    /// At least so many of the newest bytes are searched; older ones in which nothing was found are forgotten.
    static constexpr std::size_t kept_bytes = std::size_t{1} << 20U;

    void append(Bytes bytes) { data_.append(as_text(bytes)); }
    /// What no step has taken.
    [[nodiscard]] std::string_view untaken() const { return std::string_view(data_).substr(start_); }
    /// Nothing more should be read until something is taken or forgotten.
    [[nodiscard]] bool full() const { return untaken().size() >= 2 * kept_bytes; }

    /// Another thing is looked for from now on.
    void begin_search() { searched_ = 0; }
    /// A search of all now is in proportion to what has come since the last: many small pieces would make it quadratic.
    [[nodiscard]] bool worth_searching() const;
    [[nodiscard]] std::optional<ScriptMatch> find_text(std::string_view text);
    [[nodiscard]] std::optional<ScriptMatch> find_pattern(const re2::RE2& pattern);
    /// Forgets what need not be searched again for the same thing.
    void forget_old();
    /// The first `count` bytes are dealt with.
    void take(std::size_t count);

  private:
    [[nodiscard]] bool may_change(const re2::RE2& pattern, const ScriptMatch& match);

    std::string data_;
    std::size_t start_ = 0;     ///< of what is not taken
    std::size_t searched_ = 0;  ///< bytes of it that the last search has seen
};

}  // namespace fid::cmd::connect
