// SPDX-License-Identifier: MIT
// The one way a dissector reads bytes. A read past the end returns zero (or an empty view) and the cursor stays failed,
// so a dissector reads straight on and asks ok() once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "report/text.h"

namespace fid::packet {

class Cursor {
  public:
    explicit Cursor(Bytes bytes) : bytes_(bytes) {}

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] std::size_t offset() const { return at_; }
    [[nodiscard]] std::size_t remaining() const { return bytes_.size() - at_; }
    [[nodiscard]] Bytes all() const { return bytes_; }
    [[nodiscard]] Bytes rest() const { return bytes_.subspan(at_); }

    std::uint8_t u8() { return static_cast<std::uint8_t>(big(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(big(2)); }
    std::uint32_t u24() { return static_cast<std::uint32_t>(big(3)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(big(4)); }
    std::uint64_t u48() { return big(6); }
    std::uint64_t u64() { return big(8); }
    std::uint16_t le16() { return static_cast<std::uint16_t>(little(2)); }
    std::uint32_t le24() { return static_cast<std::uint32_t>(little(3)); }
    std::uint32_t le32() { return static_cast<std::uint32_t>(little(4)); }
    std::uint64_t le64() { return little(8); }
    Bytes take(std::size_t count) {
        if (!have(count)) return {};
        const Bytes taken = bytes_.subspan(at_, count);
        at_ += count;
        return taken;
    }
    void skip(std::size_t count) {
        if (have(count)) at_ += count;
    }
    /// Moves to an absolute offset (for compression pointers and the like).
    void seek(std::size_t offset) {
        if (offset > bytes_.size())
            ok_ = false;
        else
            at_ = offset;
    }
    /// A cursor over the next `count` bytes, which this one skips; failed and empty if there are fewer.
    Cursor sub(std::size_t count) {
        Cursor inner(take(count));
        inner.ok_ = ok_;
        return inner;
    }
    [[nodiscard]] std::uint8_t peek(std::size_t ahead = 0) const {
        return ahead < remaining() ? bytes_[at_ + ahead] : 0;
    }
    void fail() { ok_ = false; }

  private:
    bool have(std::size_t count) {
        if (!ok_ || count > remaining()) ok_ = false;
        return ok_;
    }
    std::uint64_t big(std::size_t count) {
        if (!have(count)) return 0;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) value = (value << 8U) | bytes_[at_++];
        return value;
    }
    std::uint64_t little(std::size_t count) {
        if (!have(count)) return 0;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) value |= std::uint64_t{bytes_[at_++]} << (8U * i);
        return value;
    }

    Bytes bytes_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

}  // namespace fid::packet
