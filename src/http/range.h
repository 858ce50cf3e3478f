// SPDX-License-Identifier: MIT
// Byte ranges of a representation (RFC 9110 section 14).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace fid::http {

struct ByteRange {
    std::uint64_t first = 0, length = 0;
    [[nodiscard]] std::uint64_t last() const { return first + length - 1; }
    bool operator==(const ByteRange&) const = default;
};

struct RangeSet {
    enum class Verdict : std::uint8_t {
        ignored,  ///< no ranges of bytes, malformed, or too many: the whole is sent
        satisfiable,
        unsatisfiable,  ///< 416
    };
    Verdict verdict = Verdict::ignored;
    /// In the order in which they were asked for, or ascending where some touched and have become one: no byte is ever
    /// sent twice.
    std::vector<ByteRange> ranges;
};

/// Reads the value of a Range field, for a representation of `size` bytes.
[[nodiscard]] RangeSet parse_ranges(std::string_view text, std::uint64_t size);

}  // namespace fid::http
