// SPDX-License-Identifier: MIT
// The "slow protocols" (IEEE 802.3 annex 57A): link aggregation control and marker; others by subtype only.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/put.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 4> subtypes{{{1, "LACP"}, {2, "Marker"}, {3, "OAM"}, {10, "OSSP"}}};
constexpr std::array<Named, 4> tlv_types{
    {{0, "Terminator"}, {1, "Actor Information"}, {2, "Partner Information"}, {3, "Collector Information"}}};
constexpr std::array<Named, 8> state_names{{{0x01, "Activity"},
                                            {0x02, "Timeout"},
                                            {0x04, "Aggregation"},
                                            {0x08, "Synchronization"},
                                            {0x10, "Collecting"},
                                            {0x20, "Distributing"},
                                            {0x40, "Default"},
                                            {0x80, "Expired"}}};

enum Field : unsigned {
    subtype,
    version,
    tlv,
    tlv_type,
    tlv_length,
    priority,
    system,
    key,
    port_priority,
    port,
    state,
    max_delay,
    data
};
constexpr std::array lacp_fields{
    FieldInfo{"lacp.subtype", FieldType::number, "Subtype"},
    FieldInfo{"lacp.version", FieldType::number, "Version"},
    FieldInfo{"lacp.tlv", FieldType::group, "TLV"},
    FieldInfo{"lacp.tlv.type", FieldType::number, "Type"},
    FieldInfo{"lacp.tlv.length", FieldType::number, "Length"},
    FieldInfo{"lacp.system.priority", FieldType::number, "System priority"},
    FieldInfo{"lacp.system", FieldType::mac, "System"},
    FieldInfo{"lacp.key", FieldType::number, "Key"},
    FieldInfo{"lacp.port.priority", FieldType::number, "Port priority"},
    FieldInfo{"lacp.port", FieldType::number, "Port"},
    FieldInfo{"lacp.state", FieldType::hex, "State"},
    FieldInfo{"lacp.collector.max_delay", FieldType::number, "Maximum delay (10 us)"},
    FieldInfo{"lacp.data", FieldType::bytes, "Data"},
};

constexpr std::uint64_t lacp_subtype = 1;

Step step_slow(Bytes bytes, Packet& packet, std::size_t offset) { return whole_layer(bytes, packet, offset, 2); }

void info_slow(const Packet& packet, const Layer& layer, Text& out) {
    if (layer.length < 2) return;
    const Bytes bytes = packet.bytes(layer);
    const std::string_view name = name_of(subtypes, bytes[0]);
    if (name.empty()) {
        out.put("unknown (");
        out.number(bytes[0]);
        out.put(')');
    } else {
        out.put(name);
        out.put('v');
        out.number(bytes[1]);
    }
    out.put(", length ");
    out.number(wire_size(packet, layer));
}

void visit_tlv(FieldReader& in) {
    const std::uint64_t type = in.u8(tlv_type, tlv_types);
    in.u8(tlv_length);
    if (type == 1 || type == 2) {
        in.u16(priority);
        in.bytes(system, 6);
        in.u16(key);
        in.u16(port_priority);
        in.u16(port);
        const std::uint64_t bits = in.u8();
        Text names;
        put_flags(names, state_names, bits);
        in.part(state, bits, names.view());
    } else if (type == 3) {
        in.u16(max_delay);
    }
}

void visit_slow(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    const std::uint64_t kind = in.u8(subtype, subtypes);
    in.u8(version);
    // A terminator (type 0) ends the list; the rest of the frame is reserved.
    while (kind == lacp_subtype && in.more() && in.peek() != 0) {
        const std::size_t size = std::max<std::size_t>(in.peek(1), 2);
        in.group(tlv, name_of(tlv_types, in.peek()), size, visit_tlv);
    }
    in.tail(data);
}

}  // namespace

constexpr Dissector lacp_dissector{Protocol::lacp, "lacp",    "Slow Protocols", lacp_fields,
                                   step_slow,      info_slow, visit_slow};

}  // namespace fid::packet
