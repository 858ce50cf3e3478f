// SPDX-License-Identifier: MIT
// What the link and routing dissectors share: reading and reporting a field in one go, names of numbers, short headers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "packet/cursor.h"
#include "packet/dissector.h"

namespace fid::packet {

/// A number with a name: a table of them is what a protocol's registry says.
struct Named {
    std::uint32_t value;
    std::string_view name;
};
using Names = std::span<const Named>;

[[nodiscard]] constexpr std::string_view name_of(Names names, std::uint64_t value, std::string_view otherwise = {}) {
    const auto found = std::ranges::find(names, value, &Named::value);
    return found == names.end() ? otherwise : found->name;
}

/// The names of the bits set in `value`, most significant table entry first: "Learn, Forward"; "none" where there are
/// none.
void put_flags(Text& out, Names bits, std::uint64_t value, std::string_view separator = ", ");
/// 4 bytes as IPv4, 16 as IPv6, 6 as a MAC address, anything else as hex.
void put_address(Text& out, Bytes bytes);
/// Bytes of text from the wire up to the first NUL, escaped.
void put_string(Text& out, Bytes bytes);

/// The step of a layer whose header does not fit its bytes: cut by the snap length, or wrong.
[[nodiscard]] inline Step short_header(Bytes bytes, const Packet& packet, std::size_t offset) {
    const bool cut = packet.wire_length > packet.data.size() && offset + bytes.size() == packet.data.size();
    return {.header = bytes.size(), .payload = 0, .next = Protocol::none, .malformed = !cut, .truncated = cut};
}
/// A layer that is read as a whole and has nothing behind it, of at least `least` bytes.
[[nodiscard]] inline Step whole_layer(Bytes bytes, const Packet& packet, std::size_t offset, std::size_t least) {
    if (bytes.size() < least) return short_header(bytes, packet, offset);
    return {.header = bytes.size()};
}
/// Length of the layer on the wire: the snap length may have left less of it.
[[nodiscard]] inline std::size_t wire_size(const Packet& packet, const Layer& layer) {
    const bool to_the_end = layer.offset + layer.length == packet.data.size();
    return to_the_end && packet.wire_length > packet.data.size() ? packet.wire_length - layer.offset : layer.length;
}

/// Reads fields in wire order and reports each as it goes; reports nothing once the bytes have ended.
class FieldWalk {
  public:
    FieldWalk(Bytes bytes, FieldSink& sink, std::size_t base = 0) : cursor_(bytes), sink_(sink), base_(base) {}

    [[nodiscard]] bool more() const { return cursor_.ok() && cursor_.remaining() != 0; }
    [[nodiscard]] bool ok() const { return cursor_.ok(); }
    /// Nothing remains once a read has failed, so that a loop over it ends.
    [[nodiscard]] std::size_t remaining() const { return cursor_.ok() ? cursor_.remaining() : 0; }
    [[nodiscard]] std::size_t offset() const { return cursor_.offset(); }
    [[nodiscard]] Bytes rest() const { return cursor_.rest(); }
    [[nodiscard]] std::uint8_t peek(std::size_t ahead = 0) const { return cursor_.peek(ahead); }
    [[nodiscard]] std::uint16_t peek16(std::size_t ahead = 0) const {
        return static_cast<std::uint16_t>((peek(ahead) << 8U) | peek(ahead + 1));
    }
    void skip(std::size_t count) { cursor_.skip(count); }

    /// Reads without reporting; part() reports bits of what was read last.
    std::uint64_t read(std::size_t size) {
        start(size);
        std::uint64_t value = 0;
        for (const std::uint8_t byte : cursor_.take(size)) value = (value << 8U) | byte;
        return value;
    }
    std::uint64_t read_little(std::size_t size) {
        start(size);
        const Bytes taken = cursor_.take(size);
        std::uint64_t value = 0;
        for (std::size_t i = taken.size(); i-- > 0;) value = (value << 8U) | taken[i];
        return value;
    }
    void part(unsigned field, std::uint64_t value, Names names = {}) { meaning(field, value, name_of(names, value)); }
    void meaning(unsigned field, std::uint64_t value, std::string_view text) {
        if (cursor_.ok()) sink_.number(field, value, base_ + from_, size_, text);
    }
    std::uint64_t number(unsigned field, std::size_t size, Names names = {}) {
        const std::uint64_t value = read(size);
        part(field, value, names);
        return value;
    }
    std::uint64_t little(unsigned field, std::size_t size, Names names = {}) {
        const std::uint64_t value = read_little(size);
        part(field, value, names);
        return value;
    }
    Bytes bytes(unsigned field, std::size_t count, std::string_view text = {}) {
        start(count);
        const Bytes taken = cursor_.take(count);
        if (cursor_.ok()) sink_.bytes(field, taken, base_ + from_, text);
        return taken;
    }
    /// What is left, if anything.
    void tail(unsigned field) {
        if (more()) bytes(field, cursor_.remaining());
    }
    /// Reports a field of the last read whose value is a text computed from it.
    void computed(unsigned field, std::string_view text) {
        if (cursor_.ok()) sink_.text(field, text, base_ + from_, size_);
    }
    /// A group over the next `count` bytes (or what there is of them), read by `body(FieldWalk&)`.
    template <class Body>
    void group(unsigned field, std::string_view text, std::size_t count, Body body) {
        if (!cursor_.ok()) return;
        const std::size_t at = cursor_.offset();
        FieldWalk inner(cursor_.take(std::min(count, cursor_.remaining())), sink_, base_ + at);
        sink_.open(field, text, base_ + at, inner.remaining());
        body(inner);
        sink_.close();
    }

  private:
    void start(std::size_t size) {
        from_ = cursor_.offset();
        size_ = size;
    }

    Cursor cursor_;
    FieldSink& sink_;
    std::size_t base_;
    std::size_t from_ = 0;
    std::size_t size_ = 0;
};

inline void no_info(const Packet&, const Layer&, Text&) {}

}  // namespace fid::packet
