// SPDX-License-Identifier: MIT
// Reads a value and reports it as a field in one go; nothing is reported once the bytes have run out.
#pragma once

#include <string_view>

#include "packet/cursor.h"
#include "packet/dissector.h"

namespace fid::packet {

class FieldReader {
  public:
    /// `base` is the offset of the bytes in their layer.
    FieldReader(Bytes bytes, std::size_t base, FieldSink& sink) : at_(bytes), base_(base), sink_(sink) {}

    std::uint64_t u8(unsigned field, std::string_view meaning = {}) { return put(field, at_.u8(), 1, meaning); }
    std::uint64_t u16(unsigned field, std::string_view meaning = {}) { return put(field, at_.u16(), 2, meaning); }
    std::uint64_t u24(unsigned field, std::string_view meaning = {}) { return put(field, at_.u24(), 3, meaning); }
    std::uint64_t u32(unsigned field, std::string_view meaning = {}) { return put(field, at_.u32(), 4, meaning); }
    std::uint64_t u64(unsigned field, std::string_view meaning = {}) { return put(field, at_.u64(), 8, meaning); }
    Bytes bytes(unsigned field, std::size_t count, std::string_view meaning = {}) {
        const std::size_t from = offset();
        const Bytes taken = at_.take(count);
        if (at_.ok()) sink_.bytes(field, taken, from, meaning);
        return taken;
    }
    /// Reports the remaining bytes if there are any.
    void rest(unsigned field) {
        if (at_.ok() && at_.remaining() != 0) bytes(field, at_.remaining());
    }
    /// A part of the byte or word just read.
    void part(unsigned field, std::uint64_t value, std::size_t size, std::string_view meaning = {}) {
        if (at_.ok()) sink_.number(field, value, offset() - size, size, meaning);
    }

    [[nodiscard]] bool ok() const { return at_.ok(); }
    [[nodiscard]] bool more() const { return at_.ok() && at_.remaining() != 0; }
    [[nodiscard]] std::size_t offset() const { return base_ + at_.offset(); }
    Cursor& cursor() { return at_; }
    FieldSink& sink() { return sink_; }

  private:
    std::uint64_t put(unsigned field, std::uint64_t value, std::size_t size, std::string_view meaning) {
        if (at_.ok()) sink_.number(field, value, offset() - size, size, meaning);
        return value;
    }

    Cursor at_;
    std::size_t base_;
    FieldSink& sink_;
};

/// A step for a header that did not fit: cut short by the capture, or not this protocol.
[[nodiscard]] inline Step too_short(Bytes bytes, const Packet& packet) {
    if (packet.data.size() < packet.wire_length && !bytes.empty()) return {.header = bytes.size(), .truncated = true};
    return {.refused = true};
}

/// The word at an index of a table, or "".
template <class Words>
[[nodiscard]] constexpr std::string_view word(const Words& words, std::uint64_t index) {
    return index < words.size() ? words[index] : std::string_view{};
}

}  // namespace fid::packet
