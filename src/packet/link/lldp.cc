// SPDX-License-Identifier: MIT
// The link layer discovery protocol (IEEE 802.1AB): type-length-values, of which the system name is what people look
// for.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/put.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 10> types{{{0, "End"},
                                       {1, "Chassis ID"},
                                       {2, "Port ID"},
                                       {3, "Time to Live"},
                                       {4, "Port Description"},
                                       {5, "System Name"},
                                       {6, "System Description"},
                                       {7, "System Capabilities"},
                                       {8, "Management Address"},
                                       {127, "Organization specific"}}};
constexpr std::array<Named, 7> chassis_kinds{{{1, "Chassis component"},
                                              {2, "Interface alias"},
                                              {3, "Port component"},
                                              {4, "MAC address"},
                                              {5, "Network address"},
                                              {6, "Interface name"},
                                              {7, "Local"}}};
constexpr std::array<Named, 7> port_kinds{{{1, "Interface alias"},
                                           {2, "Port component"},
                                           {3, "MAC address"},
                                           {4, "Network address"},
                                           {5, "Interface name"},
                                           {6, "Agent circuit ID"},
                                           {7, "Local"}}};
constexpr std::array<Named, 8> capability_names{{{0x01, "Other"},
                                                 {0x02, "Repeater"},
                                                 {0x04, "Bridge"},
                                                 {0x08, "WLAN AP"},
                                                 {0x10, "Router"},
                                                 {0x20, "Telephone"},
                                                 {0x40, "Docsis"},
                                                 {0x80, "Station only"}}};
constexpr std::array<Named, 4> organizations{
    {{0x0080c2, "IEEE 802.1"}, {0x00120f, "IEEE 802.3"}, {0x0012bb, "LLDP-MED"}, {0x00000c, "Cisco"}}};

enum Field : unsigned {
    tlv,
    tlv_type,
    tlv_length,
    chassis_kind,
    chassis_text,
    chassis_mac,
    chassis_address,
    port_kind,
    port_text,
    port_mac,
    port_address,
    ttl,
    port_description,
    system_name,
    system_description,
    capabilities,
    enabled,
    management,
    oui,
    subtype,
    value
};
constexpr std::array lldp_fields{
    FieldInfo{"lldp.tlv", FieldType::group, "TLV"},
    FieldInfo{"lldp.tlv.type", FieldType::number, "Type"},
    FieldInfo{"lldp.tlv.len", FieldType::number, "Length"},
    FieldInfo{"lldp.chassis.subtype", FieldType::number, "Chassis ID subtype"},
    FieldInfo{"lldp.chassis.id", FieldType::text, "Chassis ID"},
    FieldInfo{"lldp.chassis.id.mac", FieldType::mac, "Chassis ID"},
    FieldInfo{"lldp.chassis.id.address", FieldType::bytes, "Chassis ID"},
    FieldInfo{"lldp.port.subtype", FieldType::number, "Port ID subtype"},
    FieldInfo{"lldp.port.id", FieldType::text, "Port ID"},
    FieldInfo{"lldp.port.id.mac", FieldType::mac, "Port ID"},
    FieldInfo{"lldp.port.id.address", FieldType::bytes, "Port ID"},
    FieldInfo{"lldp.time_to_live", FieldType::number, "Time to live (s)"},
    FieldInfo{"lldp.port.desc", FieldType::text, "Port description"},
    FieldInfo{"lldp.tlv.system.name", FieldType::text, "System name"},
    FieldInfo{"lldp.tlv.system.desc", FieldType::text, "System description"},
    FieldInfo{"lldp.tlv.system_cap", FieldType::hex, "Capabilities"},
    FieldInfo{"lldp.tlv.enable_system_cap", FieldType::hex, "Enabled capabilities"},
    FieldInfo{"lldp.mgn.addr", FieldType::bytes, "Management address"},
    FieldInfo{"lldp.orgtlv.oui", FieldType::hex, "Organization"},
    FieldInfo{"lldp.orgtlv.subtype", FieldType::number, "Subtype"},
    FieldInfo{"lldp.tlv.value", FieldType::bytes, "Value"},
};

constexpr std::uint8_t end_type = 0, name_type = 5;
constexpr unsigned mac_chassis = 4, address_chassis = 5, mac_port = 3, address_port = 4;

/// Ends at the End TLV; what is behind it is the frame's padding.
Step step_lldp(Bytes bytes, Packet& packet, std::size_t offset) {
    Cursor in(bytes);
    while (in.remaining() >= 2) {
        const std::uint16_t head = in.u16();
        in.skip(head & 0x1ffU);
        if (!in.ok()) return short_header(bytes, packet, offset);
        if (head >> 9U == end_type) return {.header = in.offset(), .payload = 0};
    }
    if (bytes.size() < 2) return short_header(bytes, packet, offset);
    return {.header = bytes.size()};
}

void info_lldp(const Packet& packet, const Layer& layer, Text& out) {
    out.put("LLDP, length ");
    out.number(packet.wire_length - layer.offset);
    Cursor in(packet.bytes(layer));
    while (in.remaining() >= 2) {
        const std::uint16_t head = in.u16();
        const Bytes value_bytes = in.take(head & 0x1ffU);
        if (!in.ok() || head >> 9U == end_type) return;
        if (head >> 9U != name_type) continue;
        out.put(": ");
        out.escaped(value_bytes);
    }
}

void visit_identity(FieldReader& in, unsigned kind_field, Names kinds, unsigned mac_kind, unsigned address_kind) {
    const std::uint64_t kind = in.u8(kind_field, kinds);
    if (kind == mac_kind)
        in.tail(kind_field + 2);
    else
        in.tail(kind == address_kind ? kind_field + 3 : kind_field + 1);
}

void visit_capabilities(FieldReader& in) {
    for (const unsigned field : {capabilities, enabled}) {
        const std::uint64_t bits = in.u16();
        Text names;
        put_flags(names, capability_names, bits);
        in.part(field, bits, names.view());
    }
}

void visit_value(FieldReader& in, std::uint64_t type) {
    switch (type) {
        case 1:
            visit_identity(in, chassis_kind, chassis_kinds, mac_chassis, address_chassis);
            break;
        case 2:
            visit_identity(in, port_kind, port_kinds, mac_port, address_port);
            break;
        case 3:
            in.u16(ttl);
            break;
        case 4:
            in.tail(port_description);
            break;
        case name_type:
            in.tail(system_name);
            break;
        case 6:
            in.tail(system_description);
            break;
        case 7:
            visit_capabilities(in);
            break;
        case 8:
            in.tail(management);
            break;
        case 127:
            in.u24(oui, organizations);
            in.u8(subtype);
            break;
        default:
            break;
    }
    in.tail(value);
}

void visit_lldp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    while (in.more()) {
        const std::uint16_t head = in.peek16();
        in.group(tlv, name_of(types, head >> 9U), 2U + (head & 0x1ffU), [](FieldReader& one) {
            const std::uint64_t both = one.u16();
            one.part(tlv_type, both >> 9U, types);
            one.part(tlv_length, both & 0x1ffU);
            visit_value(one, both >> 9U);
        });
        if (head >> 9U == end_type) return;
    }
}

}  // namespace

constexpr Dissector lldp_dissector{Protocol::lldp, "lldp", "LLDP", lldp_fields, step_lldp, info_lldp, visit_lldp};

}  // namespace fid::packet
