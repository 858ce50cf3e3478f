// SPDX-License-Identifier: MIT
// Domain names on the wire (RFC 1035 section 4.1.4) with the limits hostile ones need. Shared by DNS, NBNS and DHCPv6.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "packet/cursor.h"

namespace fid::packet {

inline constexpr unsigned max_dns_hops = 128;
inline constexpr std::size_t max_dns_name =
    255;  ///< bytes on the wire, the root's zero included (RFC 1035 section 2.3.4)
inline constexpr std::size_t max_dns_label = 63;

/// Hands the labels of the name at the cursor to `label(Bytes)` and leaves the cursor behind the name. Pointers count
/// from `message` and must go strictly backwards; at most 128 of them, at most 255 bytes of labels. A bad name fails
/// the cursor, after those labels that could be read. This is the only reader of compressed names.
template <class Label>
void walk_dns_name(Cursor& cursor, Bytes message, Label label) {
    // Where `cursor` walks over a part of the message (rdata), its start in the message is the difference of the views.
    const auto base =
        cursor.all().empty() ? std::size_t{0} : static_cast<std::size_t>(cursor.all().data() - message.data());
    std::size_t limit = base + cursor.offset();
    std::size_t wire = 0;
    unsigned hops = 0;
    Cursor jumped(message);
    Cursor* at = &cursor;
    while (true) {
        const std::uint8_t length = at->u8();
        if (!at->ok() || length == 0) break;
        if (length >= 0xc0) {
            const std::size_t target = (std::size_t{length} & 0x3fU) << 8U | at->u8();
            if (!at->ok() || target >= limit || ++hops > max_dns_hops) return cursor.fail();
            limit = target;
            jumped.seek(target);
            at = &jumped;
            continue;
        }
        wire += std::size_t{length} + 1;
        const Bytes bytes = at->take(length);
        if (length > max_dns_label || !at->ok() || wire >= max_dns_name) return cursor.fail();
        label(bytes);
    }
    if (!at->ok()) cursor.fail();
}

/// A decoded name in presentation form with its final dot; the root is ".". Dots and backslashes inside labels are
/// escaped, control bytes and invalid UTF-8 are \DDD.
class DnsName {
  public:
    /// Reads the name at the cursor as walk_dns_name does. A bad one shows what was read so far.
    DnsName(Cursor& cursor, Bytes message);

    [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }
    /// For one line of output.
    void write(Text& out) const;

  private:
    void label(Bytes bytes);
    void decimal(std::uint8_t byte);
    void put(char c) { text_[size_++] = c; }

    // 255 bytes of labels, each byte at most \DDD.
    std::array<char, 1024> text_;
    std::size_t size_ = 0;
    bool ascii_ = true;
};

/// Moves the cursor behind a name without decoding it; fails where it cannot be one.
void skip_dns_name(Cursor& cursor);

}  // namespace fid::packet
