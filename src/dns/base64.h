// SPDX-License-Identifier: MIT
// Base64 as people and protocols write it, back to bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace fid::dns {

/// RFC 4648, both alphabets (- and _ stand for + and /); the = at the end may be missing. Nothing for anything else,
/// blanks included.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> read_base64(std::string_view text);

}  // namespace fid::dns
