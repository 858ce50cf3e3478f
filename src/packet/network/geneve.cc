// SPDX-License-Identifier: MIT
// Generic Network Virtualization Encapsulation (RFC 8926).
#include <array>

#include "packet/field_reader.h"
#include "packet/network/family.h"
#include "packet/network/octets.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    version,
    hdr_len,
    control,
    critical,
    proto,
    vni,
    option,
    option_class,
    option_type,
    option_value
};
constexpr std::array fields{
    FieldInfo{"geneve.version", FieldType::number, "Version"},
    FieldInfo{"geneve.hdr_len", FieldType::number, "Header length"},
    FieldInfo{"geneve.control", FieldType::flag, "Control packet"},
    FieldInfo{"geneve.critical", FieldType::flag, "Critical options present"},
    FieldInfo{"geneve.proto", FieldType::hex, "Protocol type"},
    FieldInfo{"geneve.vni", FieldType::number, "Network identifier"},
    FieldInfo{"geneve.option", FieldType::group, "Option"},
    FieldInfo{"geneve.option.class", FieldType::hex, "Class"},
    FieldInfo{"geneve.option.type", FieldType::hex, "Type"},
    FieldInfo{"geneve.option.value", FieldType::bytes, "Value"},
};

Step step(Bytes bytes, Packet&, std::size_t) {
    if (bytes.size() < 8) return {.header = bytes.size(), .truncated = true};
    if (bytes[0] >> 6U != 0) return {.refused = true};
    const std::size_t header = 8 + (bytes[0] & 0x3fU) * 4U;
    if (header > bytes.size()) return {.header = bytes.size(), .truncated = true};
    const std::uint16_t type = be16(bytes, 2);
    return {.header = header, .next = type == 0x6558 ? Protocol::ethernet : by_ethertype(type)};
}

std::string_view proto_name(std::uint16_t type) {
    switch (type) {
        case 0x0800:
            return "IPv4";
        case 0x6558:
            return "TEB";
        case 0x86dd:
            return "IPv6";
        case 0x8847:
            return "MPLS";
        default:
            return "unknown";
    }
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes header = packet.header(layer);
    if (header.size() < 8) return out.put("[|geneve]");
    out.put("Geneve, Flags [");
    if ((header[1] & 0x80U) != 0) out.put('O');
    if ((header[1] & 0x40U) != 0) out.put('C');
    if ((header[1] & 0xc0U) == 0) out.put("none");
    out.put("], vni 0x");
    out.hex(be32(header, 4) >> 8U);
    out.put(", proto ");
    out.put(proto_name(be16(header, 2)));
    out.put(" (0x");
    out.hex(be16(header, 2), 4);
    out.put(')');
    if (packet.verbosity != 0 && packet.inner(layer) != nullptr) out.put("\n\t");
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    const std::uint64_t first = reader.u8();
    reader.part(version, first >> 6U);
    reader.part(hdr_len, 8 + (first & 0x3fU) * 4);
    const std::uint64_t flags = reader.u8();
    reader.part(control, flags >> 7U);
    reader.part(critical, (flags >> 6U) & 1U);
    reader.u16(proto, proto_name(reader.peek16()));
    reader.u24(vni);
    reader.skip(1);
    while (reader.ok() && reader.remaining() >= 4) {
        const std::size_t length = (reader.peek(3) & 0x1fU) * 4U;
        if (length + 4 > reader.remaining()) return;
        reader.group(option, {}, length + 4, [](FieldReader& one) {
            one.u16(option_class);
            one.u8(option_type);
            one.skip(1);
            one.tail(option_value);
        });
    }
}

}  // namespace

const Dissector geneve_dissector{
    Protocol::geneve, "geneve", "Generic Network Virtualization Encapsulation", fields, step, info, visit};

}  // namespace fid::packet
