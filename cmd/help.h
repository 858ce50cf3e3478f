// SPDX-License-Identifier: MIT
// --help, made from the command's definition: examples first, grouped options, wrapped to the terminal.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cmd/command.h"

namespace fid::cmd {

enum class HelpLength : std::uint8_t { brief, full };

/// Help of the command at the end of `path` (fid itself where it is empty), at most `width` columns.
[[nodiscard]] std::string help(std::span<const Command* const> path, HelpLength length, std::size_t width, bool color);

/// "fid ipcalc split PREFIX [OPTIONS]"
[[nodiscard]] std::string synopsis(std::span<const Command* const> path);

/// The records a command writes: its own and, of its verbs, theirs.
[[nodiscard]] std::vector<const report::RecordType*> record_types(const Command& command);

}  // namespace fid::cmd
