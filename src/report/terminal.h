// SPDX-License-Identifier: MIT
// The terminal that is written to, if there is one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fid::report {

/// Columns of the terminal behind a descriptor; nothing where it is none, or does not say.
[[nodiscard]] std::optional<std::size_t> terminal_columns(int descriptor);

/// Columns that UTF-8 text takes: one for each character (no line of ours has wide or combining ones on purpose).
[[nodiscard]] std::size_t text_columns(std::string_view text);

/// The beginning of `text` that fits into `columns`; where that is not all of it, the last column is an ellipsis.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t columns);

}  // namespace fid::report
