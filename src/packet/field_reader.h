// SPDX-License-Identifier: MIT
// Reads values in wire order and reports each as a field in one go. Once a read has gone past the end of the bytes
// nothing more is reported and nothing remains, so a dissector reads straight on and its loops end.
#pragma once

#include <concepts>

#include "packet/cursor.h"
#include "packet/dissector.h"
#include "packet/names.h"

namespace fid::packet {

/// What stands behind a number in the tree: a text, or the table its name is looked up in.
class Meaning {
  public:
    constexpr Meaning() = default;
    template <std::convertible_to<std::string_view> Value>
    constexpr Meaning(const Value& text) : text_(text) {}
    template <std::convertible_to<Names> Value>
    constexpr Meaning(const Value& names) : names_(names) {}
    template <std::convertible_to<Words> Value>
    constexpr Meaning(const Value& words) : words_(words) {}

    [[nodiscard]] constexpr std::string_view of(std::uint64_t value) const {
        return name_of(names_, value, name_of(words_, value, text_));
    }

  private:
    std::string_view text_;
    Names names_;
    Words words_;
};

/// For readers that make words and fields in one go, where only the words are wanted.
class IgnoreFields final : public FieldSink {
  public:
    void put(unsigned, const FieldValue&, std::size_t, std::size_t) override {}
    void open(unsigned, std::string_view, std::size_t, std::size_t) override {}
    void close() override {}
};

class FieldReader {
  public:
    /// `base` is the offset of the bytes in their layer.
    FieldReader(Bytes bytes, FieldSink& sink, std::size_t base = 0) : at_(bytes), sink_(sink), base_(base) {}

    /// Where the next byte stands in the layer.
    [[nodiscard]] std::size_t offset() const { return base_ + at_.offset(); }
    [[nodiscard]] bool ok() const { return at_.ok(); }
    [[nodiscard]] bool more() const { return remaining() != 0; }
    [[nodiscard]] std::size_t remaining() const { return at_.ok() ? at_.remaining() : 0; }
    [[nodiscard]] Bytes rest() const { return at_.ok() ? at_.rest() : Bytes{}; }
    [[nodiscard]] std::uint8_t peek(std::size_t ahead = 0) const { return at_.peek(ahead); }
    [[nodiscard]] std::uint16_t peek16(std::size_t ahead = 0) const {
        return static_cast<std::uint16_t>((peek(ahead) << 8U) | peek(ahead + 1));
    }
    [[nodiscard]] FieldSink& sink() { return sink_; }
    void skip(std::size_t count) { at_.skip(count); }

    /// Reads without reporting; part() and computed() report what was made of it.
    std::uint8_t u8() { return static_cast<std::uint8_t>(read(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(read(2)); }
    std::uint32_t u24() { return static_cast<std::uint32_t>(read(3)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(read(4)); }
    std::uint64_t u48() { return read(6); }
    std::uint64_t u64() { return read(8); }
    std::uint16_t le16() { return static_cast<std::uint16_t>(read_little(2)); }
    std::uint32_t le32() { return static_cast<std::uint32_t>(read_little(4)); }
    std::uint64_t le64() { return read_little(8); }
    Bytes take(std::size_t count) {
        from_ = offset();
        size_ = count;
        return at_.take(count);
    }

    /// Reads a number and reports it.
    std::uint8_t u8(unsigned field, Meaning meaning = {}) { return report(field, u8(), meaning); }
    std::uint16_t u16(unsigned field, Meaning meaning = {}) { return report(field, u16(), meaning); }
    std::uint32_t u24(unsigned field, Meaning meaning = {}) { return report(field, u24(), meaning); }
    std::uint32_t u32(unsigned field, Meaning meaning = {}) { return report(field, u32(), meaning); }
    std::uint64_t u48(unsigned field, Meaning meaning = {}) { return report(field, u48(), meaning); }
    std::uint64_t u64(unsigned field, Meaning meaning = {}) { return report(field, u64(), meaning); }
    std::uint16_t le16(unsigned field, Meaning meaning = {}) { return report(field, le16(), meaning); }
    std::uint32_t le32(unsigned field, Meaning meaning = {}) { return report(field, le32(), meaning); }
    std::uint64_t le64(unsigned field, Meaning meaning = {}) { return report(field, le64(), meaning); }
    /// The same where only the bytes say how wide the number is (1 to 8).
    std::uint64_t number(unsigned field, std::size_t size, Meaning meaning = {}) {
        return report(field, read(size), meaning);
    }

    /// Reports a number made of what was read last: some of its bits, or all of them in another unit.
    void part(unsigned field, std::uint64_t value, Meaning meaning = {}) {
        if (ok()) sink_.number(field, value, from_, size_, meaning.of(value));
    }
    /// Reports a text made of what was read last.
    void computed(unsigned field, std::string_view text) {
        if (ok()) sink_.text(field, text, from_, size_);
    }
    /// Bytes, an address or a text; an empty one is reported too.
    Bytes bytes(unsigned field, std::size_t count, std::string_view meaning = {}) {
        const Bytes taken = take(count);
        if (ok()) sink_.bytes(field, taken, from_, meaning);
        return taken;
    }
    /// What is left, if anything.
    void tail(unsigned field) {
        if (more()) bytes(field, remaining());
    }
    /// A group over the next `count` bytes (or what there is of them), read by `body(FieldReader&)`.
    template <std::invocable<FieldReader&> Body>
    void group(unsigned field, std::string_view text, std::size_t count, Body body) {
        if (!ok()) return;
        const std::size_t start = offset();
        FieldReader inner(at_.take(std::min(count, at_.remaining())), sink_, start);
        sink_.open(field, text, start, inner.remaining());
        body(inner);
        sink_.close();
    }

  private:
    template <class Number>
    Number report(unsigned field, Number value, Meaning meaning) {
        part(field, value, meaning);
        return value;
    }
    std::uint64_t read(std::size_t size) {
        std::uint64_t value = 0;
        for (const std::uint8_t byte : take(size)) value = (value << 8U) | byte;
        return value;
    }
    std::uint64_t read_little(std::size_t size) {
        const Bytes taken = take(size);
        std::uint64_t value = 0;
        for (std::size_t i = taken.size(); i-- > 0;) value = (value << 8U) | taken[i];
        return value;
    }

    Cursor at_;
    FieldSink& sink_;
    std::size_t base_;
    std::size_t from_ = 0;  ///< the last read: where, and of how many bytes
    std::size_t size_ = 0;
};

}  // namespace fid::packet
