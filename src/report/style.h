// SPDX-License-Identifier: MIT
// What colours mean, and when there are any.
#pragma once

#include <cstdint>
#include <string_view>

namespace fid::report {

enum class ColorChoice : std::uint8_t { automatic, always, never };
enum class Style : std::uint8_t { plain, heading, name, good, bad, dim };

/// Does a stream get colour? --color > NO_COLOR > CLICOLOR_FORCE/FORCE_COLOR > is it a terminal with TERM != dumb.
[[nodiscard]] bool wants_color(int descriptor, ColorChoice choice);

/// The escape sequence that starts a style; plain ends all others.
[[nodiscard]] std::string_view escape_sequence(Style style);

}  // namespace fid::report
