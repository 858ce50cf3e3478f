// SPDX-License-Identifier: MIT
// Rows for people: a heading, aligned columns, fitted to the terminal. Rows stream: the first few are held back to
// learn the columns' widths, all others are written as they come.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/text.h"

namespace fid::report {

class Table {
  public:
    struct Column {
        std::string heading;
        bool right = false;  ///< numbers stand on the right
    };
    /// `width`: columns of the terminal; cells are cut to it, the widest first, with an ellipsis. `color`: the heading
    /// is bold and the first column in the colour of names.
    Table(std::vector<Column> columns, std::size_t width, bool color);

    /// One cell a column, already safe for a terminal. Appends to `out` what is due; with `live` nothing is held back.
    void row(std::vector<std::string> cells, Text& out, bool live = false);
    /// Appends the rows held back. The table may go on, with the widths it has.
    void finish(Text& out);

    static constexpr std::size_t look_ahead = 200;  ///< rows; a screen or two, so that what is seen together is aligned

  private:
    void settle();
    void put(const std::vector<std::string>& cells, std::string_view first_style, Text& out) const;

    std::vector<Column> columns_;
    std::vector<std::size_t> widths_;
    std::vector<bool> cut_;  ///< columns that had to give way
    std::vector<std::vector<std::string>> held_;
    std::size_t width_;
    bool color_;
    bool begun_ = false;
};

}  // namespace fid::report
