// SPDX-License-Identifier: MIT
// Cisco HDLC: an address, a zero and an EtherType; and SLARP, its keep-alive and address protocol.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::uint16_t slarp_type = 0x8035;
constexpr std::uint16_t cdp_type = 0x2000;
constexpr std::uint16_t osi_type = 0xfefe;
constexpr std::size_t header_size = 4;
constexpr std::size_t slarp_size = 14;

constexpr std::array<Named, 2> addresses{{{0x0f, "unicast"}, {0x8f, "multicast"}}};
constexpr std::array<Named, 3> slarp_codes{{{0, "request"}, {1, "reply"}, {2, "keepalive"}}};

enum Field : unsigned { address, protocol, slarp, slarp_address, slarp_mask, mine, yours, reliability };
constexpr std::array chdlc_fields{
    FieldInfo{"chdlc.address", FieldType::hex, "Address"},
    FieldInfo{"chdlc.protocol", FieldType::hex, "Protocol"},
    FieldInfo{"chdlc.slarp", FieldType::number, "SLARP message"},
    FieldInfo{"chdlc.slarp.address", FieldType::ipv4, "Address"},
    FieldInfo{"chdlc.slarp.mask", FieldType::ipv4, "Mask"},
    FieldInfo{"chdlc.slarp.mysequence", FieldType::number, "My sequence"},
    FieldInfo{"chdlc.slarp.yoursequence", FieldType::number, "Your sequence"},
    FieldInfo{"chdlc.slarp.reliability", FieldType::hex, "Reliability"},
};

Step step_chdlc(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < header_size) return short_header(bytes, packet, offset);
    const auto type = static_cast<std::uint16_t>((bytes[2] << 8U) | bytes[3]);
    switch (type) {
        case slarp_type:
            if (bytes.size() < header_size + slarp_size) return short_header(bytes, packet, offset);
            return {.header = bytes.size()};
        case cdp_type:
            return {.header = header_size, .next = Protocol::cdp};
        case osi_type: {
            // A byte of padding may stand before the ISO network layer identifier.
            const bool padded =
                bytes.size() > header_size + 1 && bytes[header_size] != 0x83 && bytes[header_size + 1] == 0x83;
            const std::size_t header = padded ? header_size + 1 : header_size;
            const bool isis = bytes.size() > header && bytes[header] == 0x83;
            return {.header = header, .next = isis ? Protocol::isis : Protocol::data};
        }
        default:
            return {.header = header_size, .next = by_ethertype(type)};
    }
}

void info_chdlc(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in(packet.header(layer));
    in.skip(2);
    const std::uint16_t type = in.u16();
    if (!in.ok()) return;
    if (type != slarp_type) {
        const Layer* inner = packet.inner(layer);
        if (inner != nullptr && inner->protocol != Protocol::data) return;
        out.put("unknown CHDLC protocol (0x");
        out.hex(type, 4);
        out.put(')');
        return;
    }
    const std::uint32_t code = in.u32();
    const std::uint32_t first = in.u32();
    const std::uint32_t second = in.u32();
    const std::uint16_t third = in.u16();
    if (!in.ok()) return;
    out.put("SLARP (length: ");
    out.number(wire_size(packet, layer) - header_size);
    out.put("), ");
    out.put(name_of(slarp_codes, code, "unknown"));
    if (code == 1) {
        out.put(' ');
        out.ipv4(first);
        out.put('/');
        out.ipv4(second);
    } else if (code == 2) {
        out.put(": mineseen=0x");
        out.hex(first, 8);
        out.put(", yourseen=0x");
        out.hex(second, 8);
        out.put(", reliability=0x");
        out.hex(third, 4);
    }
}

void visit_chdlc(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.header(layer), sink);
    in.u8(address, addresses);
    in.skip(1);
    const std::uint16_t type = in.u16();
    in.part(protocol, type, type == slarp_type ? "SLARP" : type == cdp_type ? "CDP" : ethertype_name(type));
    if (type != slarp_type) return;
    if (in.u32(slarp, slarp_codes) == 2) {
        in.u32(mine);
        in.u32(yours);
        in.u16(reliability);
    } else {
        in.bytes(slarp_address, 4);
        in.bytes(slarp_mask, 4);
    }
}

}  // namespace

constexpr Dissector chdlc_dissector{Protocol::chdlc, "chdlc",    "Cisco HDLC", chdlc_fields,
                                    step_chdlc,      info_chdlc, visit_chdlc};

}  // namespace fid::packet
