// SPDX-License-Identifier: MIT
// The layers' texts put together: a packet's line of the listing.
#pragma once

#include "packet/packet.h"
#include "report/text.h"

namespace fid::packet {

/// What the layers have to say, from the outermost that says something, joined with ": ". Appends nothing where no
/// layer says anything.
void write_line(const Packet& packet, Text& out);

/// The same for a reader who knows packet.source() and destination() and the ports already: without them and the word
/// "IP" or "IP6" in front of them.
void write_line_without_ends(const Packet& packet, Text& out);

}  // namespace fid::packet
