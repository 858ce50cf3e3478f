// SPDX-License-Identifier: MIT
// Words and lines of the small text files in /etc.
#pragma once

#include <algorithm>
#include <string_view>

namespace fid::dns {

/// Takes the next word off a line; "" at its end.
[[nodiscard]] inline std::string_view take_word(std::string_view& line) {
    constexpr std::string_view blanks = " \t\r";
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(word.size());
    return word;
}

/// Takes the next line off a text, without its end.
[[nodiscard]] inline std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

/// What stands before the first #.
[[nodiscard]] inline std::string_view without_comment(std::string_view line) { return line.substr(0, line.find('#')); }

}  // namespace fid::dns
