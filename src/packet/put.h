// SPDX-License-Identifier: MIT
// What the one-line listing writes for a value: names, flags, addresses and texts from the wire.
#pragma once

#include "packet/names.h"
#include "report/text.h"

namespace fid::packet {

/// The name, or the number where it has none.
void put_name(Text& out, Names names, std::uint64_t value);
void put_name(Text& out, Words words, std::uint64_t value);
/// The names of the bits set in `value`, in the table's order: "Learn, Forward"; "none" where there are none.
void put_flags(Text& out, Names bits, std::uint64_t value, std::string_view separator = ", ");
/// 4 bytes as IPv4, 16 as IPv6, 6 as a MAC address, anything else as hex.
void put_address(Text& out, Bytes bytes);
/// Bytes of text from the wire up to the first NUL, escaped.
void put_string(Text& out, Bytes bytes);

}  // namespace fid::packet
