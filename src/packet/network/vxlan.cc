// SPDX-License-Identifier: MIT
// Virtual eXtensible LAN (RFC 7348), and its generic protocol extension's next-protocol byte where the P flag is set.
#include <array>

#include "packet/field_reader.h"
#include "packet/network/family.h"
#include "packet/network/octets.h"

namespace fid::packet {
namespace {

enum Field : unsigned { flags, next, vni };
constexpr std::array fields{
    FieldInfo{"vxlan.flags", FieldType::hex, "Flags"},
    FieldInfo{"vxlan.next", FieldType::number, "Next protocol"},
    FieldInfo{"vxlan.vni", FieldType::number, "Network identifier"},
};

Protocol next_of(Bytes bytes) {
    if ((bytes[0] & 0x04U) == 0) return Protocol::ethernet;
    switch (bytes[3]) {
        case 1:
            return Protocol::ip;
        case 2:
            return Protocol::ip6;
        case 3:
            return Protocol::ethernet;
        case 5:
            return Protocol::mpls;
        default:
            return Protocol::data;
    }
}

Step step(Bytes bytes, Packet&, std::size_t) {
    if (bytes.size() < 8) return {.header = bytes.size(), .truncated = true};
    // The I flag is what makes it VXLAN; without it this is something else on port 4789.
    if ((bytes[0] & 0x08U) == 0) return {.refused = true};
    return {.header = 8, .next = next_of(bytes)};
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes header = packet.header(layer);
    if (header.size() < 8) return out.put("[|VXLAN]");
    out.put("VXLAN, flags [I] (0x");
    out.hex(header[0], 2);
    out.put("), vni ");
    out.number(be32(header, 4) >> 8U);
    if (packet.verbosity != 0 && packet.inner(layer) != nullptr) out.put('\n');
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    const bool extended = (reader.peek() & 0x04U) != 0;
    reader.u8(flags);
    reader.skip(2);
    if (extended)
        reader.u8(next);
    else
        reader.skip(1);
    reader.u24(vni);
}

}  // namespace

const Dissector vxlan_dissector{Protocol::vxlan, "vxlan", "Virtual eXtensible LAN", fields, step, info, visit};

}  // namespace fid::packet
