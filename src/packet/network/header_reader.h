// SPDX-License-Identifier: MIT
// Reads a header field by field and reports each one as it goes; past the end of the bytes it reports nothing.
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

class HeaderReader {
  public:
    HeaderReader(Bytes bytes, FieldSink& sink, std::size_t base = 0) : cursor_(bytes), sink_(sink), base_(base) {}

    /// A number of `width` bytes (1 to 8).
    std::uint64_t number(unsigned field, std::size_t width, std::string_view meaning = {}) {
        const std::size_t at = offset();
        const std::uint64_t value = read(width);
        if (ok()) sink_.number(field, value, at, width, meaning);
        return value;
    }
    /// Bytes, an address or a text; nothing is reported for an empty one.
    Bytes bytes(unsigned field, std::size_t count, std::string_view meaning = {}) {
        const std::size_t at = offset();
        const Bytes taken = cursor_.take(count);
        if (!taken.empty()) sink_.bytes(field, taken, at, meaning);
        return taken;
    }
    /// Part of the `width` bytes that were read last (a bit field): shown as standing in those bytes.
    void part(unsigned field, std::uint64_t value, std::size_t width, std::string_view meaning = {}) {
        if (ok()) sink_.number(field, value, offset() - width, width, meaning);
    }
    /// Reads without reporting.
    std::uint64_t read(std::size_t width) {
        std::uint64_t value = 0;
        for (const std::uint8_t byte : cursor_.take(width)) value = (value << 8U) | byte;
        return value;
    }
    void skip(std::size_t count) { cursor_.skip(count); }

    [[nodiscard]] bool ok() const { return cursor_.ok(); }
    [[nodiscard]] std::size_t remaining() const { return cursor_.remaining(); }
    [[nodiscard]] std::uint8_t peek(std::size_t ahead = 0) const { return cursor_.peek(ahead); }
    [[nodiscard]] Bytes rest() const { return cursor_.rest(); }
    /// Relative to the layer.
    [[nodiscard]] std::size_t offset() const { return base_ + cursor_.offset(); }
    [[nodiscard]] FieldSink& sink() { return sink_; }

  private:
    Cursor cursor_;
    FieldSink& sink_;
    std::size_t base_;
};

}  // namespace fid::packet
