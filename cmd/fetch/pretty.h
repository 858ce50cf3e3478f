// SPDX-License-Identifier: MIT
// A body for people: JSON indented and coloured, other text safe for the terminal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/output.h"

namespace fid::cmd::fetch {

/// Is it something a terminal cannot show (a NUL, or no text in any encoding)?
[[nodiscard]] bool is_binary(std::string_view bytes);

/// Writes a JSON document with two blanks for each depth; keys, order and numbers are kept as they are. Nothing is
/// written, and false returned, where it is no JSON or nested deeper than `deepest`.
[[nodiscard]] bool write_pretty_json(std::string_view json, report::Output& out);

/// Writes text whose line ends and tabs are kept and whose other controls are escaped.
void write_safe_text(std::string_view text, report::Output& out);

}  // namespace fid::cmd::fetch
