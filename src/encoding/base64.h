// SPDX-License-Identifier: MIT
// Base64 (RFC 4648): bytes to letters, and back as strictly as the place demands.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fid::encoding {

/// The alphabet of section 4 with = at the end, in one line.
[[nodiscard]] std::string base64(std::string_view bytes);

/// A long text in lines of 76 letters, each with CR LF, as mail has it (RFC 2045 section 6.8), from blocks of any size.
class Base64Lines {
  public:
    void put(std::string_view bytes, std::string& out);
    /// Ends the text; begins another where more is put.
    void finish(std::string& out);

  private:
    void put_group(std::string_view bytes, std::string& out);

    std::array<char, 3> carried_{};  ///< bytes that make no whole group yet
    std::size_t carried_count_ = 0;
    std::size_t column_ = 0;
};

/// What a protocol's peer must have written: section 4, in whole groups, = where it belongs. Nothing for anything else,
/// nor for "".
[[nodiscard]] std::optional<std::vector<std::uint8_t>> read_base64_strict(std::string_view text);
/// What people and their tools write: also the alphabet of section 5 (- and _ stand for + and /), and the = at the end
/// may be missing. Nothing for anything else, blanks included.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> read_base64_lenient(std::string_view text);

}  // namespace fid::encoding
