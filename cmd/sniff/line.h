// SPDX-License-Identifier: MIT
// One packet as one line in tcpdump's manner.
#pragma once

#include "capture/packet_record.h"
#include "packet/packet.h"
#include "report/text.h"

namespace fid::cmd::sniff {

/// What the layers have to say, from the outermost that says something, joined with ": ".
void put_info(const packet::Packet& packet, Text& out);

/// The same without the addresses, for records that have them as fields.
void put_summary(const packet::Packet& packet, Text& out);

/// -e: addresses of the link layer, EtherType and length, as tcpdump prints them; false where the link has no such
/// header.
bool put_link_header(const packet::Packet& packet, Text& out);

/// The bytes behind the link layer's header: what -x, -X and -A show.
[[nodiscard]] Bytes above_link(const packet::Packet& packet);

}  // namespace fid::cmd::sniff
