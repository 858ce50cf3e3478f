// SPDX-License-Identifier: MIT
// IPv6 (RFC 8200). Its extension headers are layers of their own: ip6_extension.cc.
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/family.h"
#include "packet/network/octets.h"

namespace fid::packet {
namespace {

constexpr std::size_t header_size = 40;

enum Field : unsigned { version, traffic_class, dscp, ecn, flow, plen, nxt, hlim, src, dst };
constexpr std::array fields{
    FieldInfo{"ip6.version", FieldType::number, "Version"},
    FieldInfo{"ip6.tclass", FieldType::hex, "Traffic class"},
    FieldInfo{"ip6.dscp", FieldType::number, "Differentiated services code point"},
    FieldInfo{"ip6.ecn", FieldType::number, "Explicit congestion notification"},
    FieldInfo{"ip6.flow", FieldType::hex, "Flow label"},
    FieldInfo{"ip6.plen", FieldType::number, "Payload length"},
    FieldInfo{"ip6.nxt", FieldType::number, "Next header"},
    FieldInfo{"ip6.hlim", FieldType::number, "Hop limit"},
    FieldInfo{"ip6.src", FieldType::ipv6, "Source address"},
    FieldInfo{"ip6.dst", FieldType::ipv6, "Destination address"},
};

Step step(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.empty()) return {.header = 0, .truncated = true};
    if (bytes[0] >> 4U != 6) return {.refused = true};
    if (bytes.size() < header_size) return {.header = bytes.size(), .truncated = true};
    if (!packet.has_addresses) {
        packet.has_addresses = true;
        packet.family = Family::v6;
        packet.source_offset = static_cast<std::uint32_t>(offset + 8);
        packet.destination_offset = static_cast<std::uint32_t>(offset + 24);
    }
    std::size_t payload = be16(bytes, 4);
    if (payload == 0) payload = bytes.size() - header_size;  // a jumbogram (RFC 2675) or segmentation offload
    return {.header = header_size, .payload = payload, .next = by_ip_protocol(bytes[6])};
}

/// -v: "(flowlabel 0x12345, hlim 64, next-header TCP (6) payload length: 40) ".
void write_header(Bytes bytes, Text& out) {
    const std::uint32_t first = be32(bytes, 0);
    out.put('(');
    if (const unsigned klass = (first >> 20U) & 0xffU; klass != 0) {
        out.put("class 0x");
        out.hex(klass, 2);
        out.put(", ");
    }
    if (const std::uint32_t label = first & 0xfffffU; label != 0) {
        out.put("flowlabel 0x");
        out.hex(label, 5);
        out.put(", ");
    }
    out.put("hlim ");
    out.number(bytes[7]);
    out.put(", next-header ");
    out.put(ip_protocol_word(bytes[6]));
    out.put(" (");
    out.number(bytes[6]);
    out.put(") payload length: ");
    out.number(be16(bytes, 4));
    out.put(") ");
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.header(layer);
    if (bytes.size() < header_size) return out.put("IP6 [|ip6]");
    out.put("IP6 ");
    if (packet.verbosity != 0) write_header(bytes, out);
    const std::size_t total = be16(bytes, 4) + header_size;
    const bool outermost = packet.source_offset == layer.offset + 8;
    if (outermost && packet.wire_length >= layer.offset && total > packet.wire_length - layer.offset) {
        out.put("truncated-ip6 - ");
        out.number(total - (packet.wire_length - layer.offset));
        out.put(" bytes missing!");
    }
    write_ends(packet, layer, bytes.subspan(8, 16), bytes.subspan(24, 16), out);
    const Layer* inner = packet.inner(layer);
    if (inner != nullptr && inner->protocol != Protocol::data) return;
    out.put(": ");
    if (bytes[6] == 59) return out.put("no next header");
    out.put("ip-proto-");
    out.number(bytes[6]);
    out.put(' ');
    out.number(total - header_size);
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    const std::uint64_t first = reader.u32();
    reader.part(version, first >> 28U);
    reader.part(traffic_class, (first >> 20U) & 0xffU);
    reader.part(dscp, (first >> 22U) & 0x3fU);
    reader.part(ecn, (first >> 20U) & 3U);
    reader.part(flow, first & 0xfffffU);
    reader.u16(plen);
    reader.u8(nxt, ip_protocol_name(reader.peek()));
    reader.u8(hlim);
    reader.bytes(src, 16);
    reader.bytes(dst, 16);
}

}  // namespace

const Dissector ip6_dissector{Protocol::ip6, "ip6", "Internet Protocol Version 6", fields, step, info, visit};

}  // namespace fid::packet
