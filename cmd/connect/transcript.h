// SPDX-License-Identifier: MIT
// What a peer says, as lines that are safe on a terminal.
#pragma once

#include <string>

#include "report/text.h"

namespace fid::cmd::connect {

class Transcript {
  public:
    /// Takes bytes cut anywhere. Appends the lines they complete, each with its LF, to `out`; what begins a line is
    /// kept. A line whose beginning is longer than `columns` is broken there.
    void take(Bytes bytes, std::size_t columns, Text& out);
    /// The line that was begun, to be shown before what is being typed.
    [[nodiscard]] std::string_view begun() const { return begun_.view(); }
    [[nodiscard]] std::size_t begun_columns() const { return begun_columns_; }
    [[nodiscard]] bool empty() const { return begun_.empty() && kept_.empty(); }
    /// It was shown for good: the user has ended the row.
    void end_line();

  private:
    void put(std::string_view text);

    std::string kept_;  ///< bytes of a character, or a CR, whose meaning the next byte tells
    Text begun_;        ///< escaped
    std::size_t begun_columns_ = 0;
};

}  // namespace fid::cmd::connect
