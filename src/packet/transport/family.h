// SPDX-License-Identifier: MIT
// The transport family's dissectors, one per file; family.cc collects them.
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

extern const Dissector tcp_dissector, udp_dissector, sctp_dissector, dccp_dissector;

/// The ports of the layer at hand: always the innermost ones, and the packet's if it has none yet.
inline void set_ports(Packet& packet, std::uint16_t source, std::uint16_t destination) {
    packet.inner_source_port = source;
    packet.inner_destination_port = destination;
    if (packet.has_ports) return;
    packet.has_ports = true;
    packet.source_port = source;
    packet.destination_port = destination;
}

/// "HBH 5000 > 80: ": behind extension headers tcpdump writes the ports apart from the addresses.
void write_extended_ports(const Packet& packet, const Layer& layer, Text& out);

}  // namespace fid::packet
