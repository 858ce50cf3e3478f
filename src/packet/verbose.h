// SPDX-License-Identifier: MIT
// The pieces that the texts of -v are made of.
#pragma once

#include <cstdint>
#include <string_view>

#include "packet/packet.h"
#include "report/text.h"

namespace fid::packet {

/// What stands for a credential in every text of a listing.
inline constexpr std::string_view masked = "***";

/// A line for every 16 bytes: `indent`, offset, hexadecimal in pairs and, where wished, the printable characters.
/// `indent` begins with the line break. At most 4 KiB of them.
void write_hex_rows(Bytes bytes, std::string_view indent, bool characters, Text& out);

/// The lines of a text protocol, each on a line of its own behind a tab, up to the first that is not printable text.
/// A header named in HTTP's or SIP's way that carries credentials is masked.
void write_text_lines(Bytes bytes, Text& out);

/// "name: value" carries something that lets its reader log in (Authorization, Cookie, ...).
[[nodiscard]] bool is_credential_header(std::string_view name);

/// Seconds as tcpdump writes durations: "1m45s", "51m12s", "2h", "1d".
void write_duration(std::uint32_t seconds, Text& out);

/// A packet quoted in another (an ICMP error, a PIM register): its line behind a line break and a tab, with the quoting
/// packet's verbosity; what it quotes in turn is told in one line only, so the depth is bounded. `length` is what its
/// own header claims.
void write_quoted(Bytes bytes, std::size_t length, const Packet& quoting, Text& out);

}  // namespace fid::packet
