// SPDX-License-Identifier: MIT
// Spanning tree BPDUs: IEEE 802.1D, rapid (802.1w), multiple (802.1s) and Cisco's per-VLAN form.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/put.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 4> versions{{{0, "802.1d"}, {2, "802.1w"}, {3, "802.1s"}, {4, "802.1aq"}}};
constexpr std::array<Named, 3> types{{{0x00, "Config"}, {0x02, "Rapid STP"}, {0x80, "Topology Change"}}};
constexpr std::array<Named, 6> flag_names{{{0x01, "Topology change"},
                                           {0x02, "Proposal"},
                                           {0x10, "Learn"},
                                           {0x20, "Forward"},
                                           {0x40, "Agreement"},
                                           {0x80, "Topology change ACK"}}};
constexpr std::array<Named, 4> roles{{{0, "unknown"}, {1, "alternate or backup"}, {2, "root"}, {3, "designated"}}};

enum Field : unsigned {
    protocol,
    version,
    type,
    flags,
    role,
    root_priority,
    root_mac,
    root_cost,
    bridge_priority,
    bridge_mac,
    port,
    age,
    max_age,
    hello,
    forward,
    version_1_length,
    version_3_length,
    mst_format,
    mst_name,
    mst_revision,
    mst_digest,
    mst_cost,
    mst_priority,
    mst_mac,
    mst_hops,
    instance,
    instance_flags,
    instance_root,
    instance_cost,
    instance_bridge_priority,
    instance_port_priority,
    instance_hops
};
constexpr std::array stp_fields{
    FieldInfo{"stp.protocol", FieldType::hex, "Protocol"},
    FieldInfo{"stp.version", FieldType::number, "Version"},
    FieldInfo{"stp.type", FieldType::hex, "Type"},
    FieldInfo{"stp.flags", FieldType::hex, "Flags"},
    FieldInfo{"stp.flags.port_role", FieldType::number, "Port role"},
    FieldInfo{"stp.root.prio", FieldType::number, "Root priority"},
    FieldInfo{"stp.root.hw", FieldType::mac, "Root"},
    FieldInfo{"stp.root.cost", FieldType::number, "Root path cost"},
    FieldInfo{"stp.bridge.prio", FieldType::number, "Bridge priority"},
    FieldInfo{"stp.bridge.hw", FieldType::mac, "Bridge"},
    FieldInfo{"stp.port", FieldType::hex, "Port"},
    FieldInfo{"stp.msg_age", FieldType::number, "Message age (1/256 s)"},
    FieldInfo{"stp.max_age", FieldType::number, "Maximum age (1/256 s)"},
    FieldInfo{"stp.hello", FieldType::number, "Hello time (1/256 s)"},
    FieldInfo{"stp.forward", FieldType::number, "Forward delay (1/256 s)"},
    FieldInfo{"stp.version_1_length", FieldType::number, "Version 1 length"},
    FieldInfo{"stp.version_3_length", FieldType::number, "Version 3 length"},
    FieldInfo{"mstp.config_format_selector", FieldType::number, "Format"},
    FieldInfo{"mstp.config_name", FieldType::text, "Region"},
    FieldInfo{"mstp.config_revision", FieldType::number, "Revision"},
    FieldInfo{"mstp.config_digest", FieldType::bytes, "Digest"},
    FieldInfo{"mstp.cist_internal_root_path_cost", FieldType::number, "Internal root path cost"},
    FieldInfo{"mstp.cist_bridge.prio", FieldType::number, "CIST bridge priority"},
    FieldInfo{"mstp.cist_bridge.hw", FieldType::mac, "CIST bridge"},
    FieldInfo{"mstp.cist_remaining_hops", FieldType::number, "Remaining hops"},
    FieldInfo{"mstp.msti", FieldType::group, "Instance"},
    FieldInfo{"mstp.msti.flags", FieldType::hex, "Flags"},
    FieldInfo{"mstp.msti.root", FieldType::bytes, "Regional root"},
    FieldInfo{"mstp.msti.root_cost", FieldType::number, "Internal root path cost"},
    FieldInfo{"mstp.msti.bridge_priority", FieldType::number, "Bridge priority"},
    FieldInfo{"mstp.msti.port_priority", FieldType::number, "Port priority"},
    FieldInfo{"mstp.msti.remaining_hops", FieldType::number, "Remaining hops"},
};

constexpr std::uint8_t config_type = 0x00, rapid_type = 0x02;
constexpr std::size_t notification_size = 4, config_size = 35, instance_size = 16;

Step step_stp(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < notification_size) return short_header(bytes, packet, offset);
    if (bytes[0] != 0 || bytes[1] != 0) return {.refused = true};
    const bool config = bytes[3] == config_type || bytes[3] == rapid_type;
    return whole_layer(bytes, packet, offset, config ? config_size : notification_size);
}

void info_stp(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in(packet.bytes(layer));
    in.skip(2);
    const std::uint8_t number = in.u8();
    const std::uint8_t kind = in.u8();
    if (!in.ok()) return;
    out.put("STP ");
    out.put(name_of(versions, number, "unknown version"));
    out.put(", ");
    out.put(name_of(types, kind, "unknown type"));
    if (kind != config_type && kind != rapid_type) return;
    const std::uint8_t bits = in.u8();
    in.skip(12);
    const std::uint16_t priority = in.u16();
    const Bytes mac = in.take(6);
    const std::uint16_t port_number = in.u16();
    if (!in.ok()) return;
    out.put(number >= 3 ? ", CIST Flags [" : ", Flags [");
    put_flags(out, flag_names, bits);
    out.put(']');
    if (number < 3) {
        out.put(", bridge-id ");
        out.hex(priority, 4);
        out.put('.');
        out.mac(mac);
        out.put('.');
        out.hex(port_number, 4);
    }
    out.put(", length ");
    out.number(wire_size(packet, layer));
}

void visit_instance(FieldReader& in) {
    in.group(instance, {}, instance_size, [](FieldReader& one) {
        one.u8(instance_flags);
        one.bytes(instance_root, 8);
        one.u32(instance_cost);
        one.u8(instance_bridge_priority);
        one.u8(instance_port_priority);
        one.u8(instance_hops);
    });
}

/// What IEEE 802.1s puts behind a rapid BPDU.
void visit_multiple(FieldReader& in) {
    in.u16(version_3_length);
    in.u8(mst_format);
    // Filled up with zeros.
    const Bytes name = in.rest().first(std::min<std::size_t>(32, in.remaining()));
    const std::size_t used = std::min(as_text(name).find('\0'), name.size());
    in.bytes(mst_name, used);
    in.skip(32 - used);
    in.u16(mst_revision);
    in.bytes(mst_digest, 16);
    in.u32(mst_cost);
    in.u16(mst_priority);
    in.bytes(mst_mac, 6);
    in.u8(mst_hops);
    while (in.ok() && in.remaining() >= instance_size) visit_instance(in);
}

void visit_stp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    in.u16(protocol);
    const std::uint64_t number = in.u8(version, versions);
    const std::uint64_t kind = in.u8(type, types);
    if (kind != config_type && kind != rapid_type) return;
    const std::uint64_t bits = in.u8();
    Text names;
    put_flags(names, flag_names, bits);
    in.part(flags, bits, names.view());
    if (kind == rapid_type) in.part(role, (bits >> 2U) & 3U, roles);
    in.u16(root_priority);
    in.bytes(root_mac, 6);
    in.u32(root_cost);
    in.u16(bridge_priority);
    in.bytes(bridge_mac, 6);
    in.u16(port);
    for (const unsigned time : {age, max_age, hello, forward}) in.u16(time);
    if (kind == rapid_type && in.more()) in.u8(version_1_length);
    if (number >= 3 && in.remaining() >= 66) visit_multiple(in);
}

}  // namespace

constexpr Dissector stp_dissector{Protocol::stp, "stp", "STP", stp_fields, step_stp, info_stp, visit_stp};

}  // namespace fid::packet
