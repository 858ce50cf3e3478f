// SPDX-License-Identifier: MIT
// Words, quoted texts and signs of a filter, each with the column it starts at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"

namespace fid::packet::filter {

enum class Kind : std::uint8_t { word, quoted, sign, end };

struct Token {
    Kind kind = Kind::end;
    std::string text;        ///< a quoted text without its quotes and escapes
    std::size_t column = 0;  ///< from 0
    std::size_t end = 0;     ///< column behind the last character

    [[nodiscard]] bool is_sign(std::string_view sign) const { return kind == Kind::sign && text == sign; }
    [[nodiscard]] bool is_word(std::string_view word) const { return kind == Kind::word && text == word; }
};

/// The error for a place in a filter: the sentence, the column, the filter and a caret under it.
[[nodiscard]] std::unexpected<Error> fail_at(std::string_view filter, std::size_t column, std::string cause,
                                             std::string hint = {});

/// Ends with one token of kind end.
[[nodiscard]] Result<std::vector<Token>> tokenize(std::string_view filter);

}  // namespace fid::packet::filter
