// SPDX-License-Identifier: MIT
// Ethernet II and IEEE 802.3 frames, and the IEEE 802.1Q tags between their addresses and their type.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {

Step after_type_or_length(Bytes bytes, std::size_t header, std::uint16_t value) {
    if (value >= 0x600) return {.header = header, .next = by_ethertype(value)};
    if (value > 1500) return {.header = header, .next = Protocol::data};
    // Novell's "raw 802.3": IPX straight behind the length, beginning with its unused checksum.
    const bool ipx = bytes.size() >= header + 2 && bytes[header] == 0xff && bytes[header + 1] == 0xff;
    return {.header = header, .payload = value, .next = ipx ? Protocol::data : Protocol::llc};
}

namespace {

constexpr std::size_t ethernet_size = 14;
constexpr std::size_t tag_size = 4;

enum EthernetField : unsigned { eth_dst, eth_src, eth_type, eth_len, eth_padding };
constexpr std::array ethernet_fields{
    FieldInfo{"ethernet.dst", FieldType::mac, "Destination"},   FieldInfo{"ethernet.src", FieldType::mac, "Source"},
    FieldInfo{"ethernet.type", FieldType::hex, "Type"},         FieldInfo{"ethernet.len", FieldType::number, "Length"},
    FieldInfo{"ethernet.padding", FieldType::bytes, "Padding"},
};

void report_type_or_length(FieldReader& in, unsigned type_field, unsigned length_field) {
    const std::uint16_t value = in.u16();
    if (value >= 0x600)
        in.part(type_field, value, ethertype_name(value));
    else
        in.part(length_field, value);
}

Step step_ethernet(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < ethernet_size) return short_header(bytes, packet, offset);
    return after_type_or_length(bytes, ethernet_size, static_cast<std::uint16_t>((bytes[12] << 8U) | bytes[13]));
}

/// Says something only where nobody inside does: the frame of an unknown type, as tcpdump shows it.
void info_ethernet(const Packet& packet, const Layer& layer, Text& out) {
    const Layer* inner = packet.inner(layer);
    if (layer.header < ethernet_size || (inner != nullptr && inner->protocol != Protocol::data)) return;
    const Bytes bytes = packet.bytes(layer);
    out.mac(bytes.subspan(6, 6));
    out.put(" > ");
    out.mac(bytes.first(6));
    const auto type = static_cast<std::uint16_t>((bytes[12] << 8U) | bytes[13]);
    if (type >= 0x600) {
        const std::string_view name = ethertype_name(type);
        out.put(", ethertype ");
        out.put(name.empty() ? "Unknown" : name);
        out.put(" (0x");
        out.hex(type, 4);
        out.put(')');
    } else {
        out.put(", 802.3");
    }
    out.put(", length ");
    out.number(packet.wire_length - layer.offset);
}

void visit_ethernet(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    in.bytes(eth_dst, 6);
    in.bytes(eth_src, 6);
    report_type_or_length(in, eth_type, eth_len);
    // The padding of a frame with a length lies outside the layer, but belongs to nobody else.
    const std::size_t end = layer.offset + layer.length;
    if (layer.offset == 0 && in.ok() && end < packet.data.size())
        sink.bytes(eth_padding, packet.data.subspan(end), layer.length);
}

enum VlanField : unsigned { vlan_priority, vlan_dei, vlan_id, vlan_type, vlan_len };
constexpr std::array vlan_fields{
    FieldInfo{"vlan.priority", FieldType::number, "Priority"}, FieldInfo{"vlan.dei", FieldType::flag, "Drop eligible"},
    FieldInfo{"vlan.id", FieldType::number, "VLAN"},           FieldInfo{"vlan.etype", FieldType::hex, "Type"},
    FieldInfo{"vlan.len", FieldType::number, "Length"},
};

Step step_vlan(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < tag_size) return short_header(bytes, packet, offset);
    return after_type_or_length(bytes, tag_size, static_cast<std::uint16_t>((bytes[2] << 8U) | bytes[3]));
}

void visit_vlan(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    const std::uint64_t tci = in.u16();
    in.part(vlan_priority, tci >> 13U);
    in.part(vlan_dei, (tci >> 12U) & 1U);
    in.part(vlan_id, tci & 0xfffU);
    report_type_or_length(in, vlan_type, vlan_len);
}

}  // namespace

constexpr Dissector ethernet_dissector{Protocol::ethernet, "ethernet",    "Ethernet",    ethernet_fields,
                                       step_ethernet,      info_ethernet, visit_ethernet};
constexpr Dissector vlan_dissector{Protocol::vlan, "vlan",    "802.1Q Virtual LAN", vlan_fields, step_vlan,
                                   no_info,        visit_vlan};

}  // namespace fid::packet
