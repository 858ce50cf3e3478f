// SPDX-License-Identifier: MIT
// Many facts about one thing, for people: a label and its text on each line, all texts in the same column.
#pragma once

#include <cstdint>
#include <string_view>

#include "report/output.h"

namespace fid::report {

class Block {
  public:
    /// `column`: where the texts begin; `indent`: blanks before the labels.
    Block(Output& out, std::size_t column, std::size_t indent = 0);

    /// Nothing where there is no text. On a terminal a long text is broken at its blanks and goes on in its column.
    void line(std::string_view label, std::string_view text);
    void count(std::string_view label, std::uint64_t value, std::string_view unit = {});
    /// "5468 bytes", with the size in a unit people grasp where it is large.
    void size(std::string_view label, std::uint64_t bytes);
    void real(std::string_view label, double value, unsigned digits, std::string_view unit);

  private:
    void put_label(std::string_view label);

    Output& out_;
    std::size_t column_;
    std::size_t indent_;
    std::size_t room_;  ///< columns for the text
};

}  // namespace fid::report
