// SPDX-License-Identifier: MIT
#include "packet/transport/family.h"

#include <array>

#include "packet/network/enclosing.h"
#include "packet/network/octets.h"

namespace fid::packet {

void write_extended_ports(const Packet& packet, const Layer& layer, Text& out) {
    if (!write_extension_words(packet, layer, out) || layer.header < 4) return;
    const Bytes header = packet.header(layer);
    out.number(be16(header, 0));
    out.put(" > ");
    out.number(be16(header, 2));
    out.put(": ");
}

std::span<const Dissector* const> transport_dissectors() {
    static constexpr std::array family{&tcp_dissector, &udp_dissector, &sctp_dissector, &dccp_dissector};
    return family;
}

}  // namespace fid::packet
