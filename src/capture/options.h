// SPDX-License-Identifier: MIT
// The option lists of pcapng blocks: code, length, value padded to four bytes. The end marker may be missing.
#pragma once

#include <cstdint>

#include "capture/format.h"

namespace fid::capture {

class Options {
  public:
    Options(Bytes bytes, bool big_endian) : rest_(bytes), big_endian_(big_endian) {}

    /// The next option; false at the end marker, the end, or an option longer than what is left (damaged() then).
    bool next() {
        constexpr std::size_t head = 4;
        if (rest_.size() < head) return false;
        code = load16(rest_.data(), big_endian_);
        const std::size_t length = load16(rest_.data() + 2, big_endian_);
        if (code == 0) return false;
        if (length > rest_.size() - head) {
            damaged_ = true;
            return false;
        }
        value = rest_.subspan(head, length);
        const std::size_t padded = head + ((length + 3) & ~std::size_t{3});
        rest_ = padded < rest_.size() ? rest_.subspan(padded) : Bytes{};
        return true;
    }
    [[nodiscard]] bool damaged() const { return damaged_; }
    [[nodiscard]] std::uint32_t number32() const { return value.size() >= 4 ? load32(value.data(), big_endian_) : 0; }
    [[nodiscard]] std::uint64_t number64() const {
        return value.size() >= 8 ? load<std::uint64_t>(value.data(), big_endian_) : 0;
    }
    /// The value as text; some writers count a terminating NUL.
    [[nodiscard]] std::string text() const {
        std::string_view view = as_text(value);
        while (view.ends_with('\0')) view.remove_suffix(1);
        return std::string(view);
    }

    std::uint16_t code = 0;
    Bytes value;

  private:
    Bytes rest_;
    bool big_endian_;
    bool damaged_ = false;
};

inline constexpr std::uint16_t option_comment = 1;

}  // namespace fid::capture
