// SPDX-License-Identifier: MIT
// Domain names on the wire (RFC 1035 section 4.1.4) with the limits hostile ones need. Shared by DNS, NBNS and DHCPv6.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "packet/cursor.h"

namespace fid::packet {

/// A decoded name in presentation form with its final dot; the root is ".". Dots and backslashes inside labels are
/// escaped, control bytes and invalid UTF-8 are \DDD.
class DnsName {
  public:
    /// Reads the name at the cursor and leaves the cursor behind it. Pointers count from `message` and must go
    /// strictly backwards; at most 128 of them, at most 255 bytes of labels. A bad name fails the cursor and shows what
    /// was read so far.
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
