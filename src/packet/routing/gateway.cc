// SPDX-License-Identifier: MIT
// Shared gateway addresses: VRRP version 2 (RFC 3768) and 3 (RFC 5798), and Cisco's HSRP (RFC 2281, and its version 2).
#include <array>

#include "packet/field_reader.h"
#include "packet/put.h"
#include "packet/routing/dissectors.h"
#include "packet/steps.h"
#include "packet/verbose.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 3> auth_types{{{0, "none"}, {1, "simple"}, {2, "ah"}}};
constexpr std::array<Named, 1> vrrp_types{{{1, "Advertisement"}}};

enum VrrpField : unsigned {
    vrrp_version,
    vrrp_type,
    vrid,
    vrrp_priority,
    vrrp_count,
    vrrp_auth,
    vrrp_interval,
    vrrp_checksum,
    vrrp_address,
    vrrp_address6,
    vrrp_secret
};
constexpr std::array vrrp_fields{
    FieldInfo{"vrrp.version", FieldType::number, "Version"},
    FieldInfo{"vrrp.type", FieldType::number, "Type"},
    FieldInfo{"vrrp.virt_rtr_id", FieldType::number, "Virtual router"},
    FieldInfo{"vrrp.prio", FieldType::number, "Priority"},
    FieldInfo{"vrrp.addr_count", FieldType::number, "Addresses"},
    FieldInfo{"vrrp.auth_type", FieldType::number, "Authentication"},
    FieldInfo{"vrrp.adver_int", FieldType::number, "Advertisement interval"},
    FieldInfo{"vrrp.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"vrrp.ip_addr", FieldType::ipv4, "Address"},
    FieldInfo{"vrrp.ipv6_addr", FieldType::ipv6, "Address"},
    FieldInfo{"vrrp.auth_string", FieldType::text, "Authentication string"},
};

Step step_vrrp(Bytes bytes, Packet& packet, std::size_t offset) { return whole_layer(bytes, packet, offset, 8); }

/// -v: the addresses that are shared; a password is not shown.
void write_vrrp_addresses(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    const Layer* outer = packet.outer(layer);
    const bool wide = outer != nullptr && outer->protocol == Protocol::ip6;
    const std::size_t count = bytes[3];
    Cursor in(bytes);
    in.skip(8);
    out.put(", addrs");
    if (count > 1) {
        out.put('(');
        out.number(count);
        out.put(')');
    }
    out.put(':');
    for (std::size_t i = 0; i < count && in.ok() && in.remaining() >= (wide ? 16U : 4U); ++i) {
        out.put(i == 0 ? ' ' : ',');
        put_address(out, in.take(wide ? 16 : 4));
    }
    if (bytes[0] >> 4U == 2 && bytes[4] == 1) {
        out.put(" auth ");
        out.put(masked);
    }
}

void info_vrrp(const Packet& packet, const Layer& layer, Text& out) {
    if (layer.length < 8) return;
    const Bytes bytes = packet.bytes(layer);
    const unsigned version = bytes[0] >> 4U;
    out.put("VRRPv");
    out.number(version);
    out.put(", ");
    out.put(name_of(vrrp_types, bytes[0] & 15U, "unknown type"));
    out.put(", vrid ");
    out.number(bytes[1]);
    out.put(", prio ");
    out.number(bytes[2]);
    if (version == 2) {
        out.put(", authtype ");
        out.put(name_of(auth_types, bytes[4], "unknown"));
        out.put(", intvl ");
        out.number(bytes[5]);
        out.put('s');
    } else {
        out.put(", intvl ");
        out.number((bytes[4] & 0x0fU) << 8U | bytes[5]);
        out.put("cs");
    }
    out.put(", length ");
    out.number(wire_size(packet, layer));
    if (packet.verbosity != 0) write_vrrp_addresses(packet, layer, out);
}

void visit_vrrp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    const std::uint64_t first = in.u8();
    const bool v3 = first >> 4U == 3;
    in.part(vrrp_version, first >> 4U);
    in.part(vrrp_type, first & 15U, vrrp_types);
    in.u8(vrid);
    in.u8(vrrp_priority);
    const std::uint64_t count = in.u8(vrrp_count);
    if (v3) {
        in.part(vrrp_interval, in.u16() & 0x0fffU, "1/100 s");
    } else {
        in.u8(vrrp_auth, auth_types);
        in.part(vrrp_interval, in.u8(), "s");
    }
    in.u16(vrrp_checksum);
    const Layer* outer = packet.outer(layer);
    const bool ip6 = outer != nullptr && outer->protocol != Protocol::ip && outer->protocol != Protocol::ah;
    const std::size_t size = ip6 ? 16 : 4;
    for (std::uint64_t i = 0; i < count && in.remaining() >= size; ++i)
        in.bytes(ip6 ? vrrp_address6 : vrrp_address, size);
    in.tail(vrrp_secret);
}

constexpr std::array<Named, 4> operations{{{0, "hello"}, {1, "coup"}, {2, "resign"}, {3, "advertise"}}};
constexpr std::array<Named, 6> states{
    {{0, "initial"}, {1, "learn"}, {2, "listen"}, {4, "speak"}, {8, "standby"}, {16, "active"}}};
constexpr std::array<Named, 6> states_v2{
    {{1, "initial"}, {2, "learn"}, {3, "listen"}, {4, "speak"}, {5, "standby"}, {6, "active"}}};

enum HsrpField : unsigned {
    hsrp_version,
    hsrp_operation,
    hsrp_state,
    hello_time,
    hold_time,
    hsrp_priority,
    hsrp_group,
    secret,
    hsrp_address,
    hsrp_address6,
    identifier,
    tlv,
    tlv_type,
    tlv_length,
    hsrp_data
};
constexpr std::array hsrp_fields{
    FieldInfo{"hsrp.version", FieldType::number, "Version"},
    FieldInfo{"hsrp.opcode", FieldType::number, "Operation"},
    FieldInfo{"hsrp.state", FieldType::number, "State"},
    FieldInfo{"hsrp.hellotime", FieldType::number, "Hello time (v1: s, v2: ms)"},
    FieldInfo{"hsrp.holdtime", FieldType::number, "Hold time (v1: s, v2: ms)"},
    FieldInfo{"hsrp.priority", FieldType::number, "Priority"},
    FieldInfo{"hsrp.group", FieldType::number, "Group"},
    FieldInfo{"hsrp.auth_data", FieldType::text, "Authentication"},
    FieldInfo{"hsrp.virt_ip", FieldType::ipv4, "Virtual address"},
    FieldInfo{"hsrp.virt_ip_v6", FieldType::ipv6, "Virtual address"},
    FieldInfo{"hsrp.identifier", FieldType::mac, "Identifier"},
    FieldInfo{"hsrp.tlv", FieldType::group, "TLV"},
    FieldInfo{"hsrp.tlv.type", FieldType::number, "Type"},
    FieldInfo{"hsrp.tlv.length", FieldType::number, "Length"},
    FieldInfo{"hsrp.data", FieldType::bytes, "Data"},
};

constexpr std::uint8_t group_state = 1;  // version 2's first TLV, where version 1 has its version 0
constexpr std::uint8_t group_state_size = 40;
constexpr std::uint8_t advertise = 3;

bool is_v2(Bytes bytes) { return bytes.size() >= 2 && bytes[0] == group_state && bytes[1] == group_state_size; }

Step step_hsrp(Bytes bytes, Packet& packet, std::size_t offset) {
    const bool notice = bytes.size() >= 2 && bytes[1] == advertise;
    return whole_layer(bytes, packet, offset, is_v2(bytes) ? group_state_size + std::size_t{2} : notice ? 8 : 20);
}

void info_hsrp(const Packet& packet, const Layer& layer, Text& out) {
    if (layer.malformed || layer.truncated) return;
    const Bytes bytes = packet.bytes(layer);
    const bool v2 = is_v2(bytes);
    out.put(v2 ? "HSRPv1-" : "HSRPv");
    if (!v2) {
        out.number(bytes[0]);
        out.put('-');
    }
    out.put(name_of(operations, bytes[v2 ? 3 : 1], "unknown"));
    out.put(' ');
    out.number(wire_size(packet, layer));
    if (!v2 && bytes[1] == advertise) return;
    out.put(": state=");
    out.put(v2 ? name_of(states_v2, bytes[4], "unknown") : name_of(states, bytes[2], "unknown"));
    out.put(" group=");
    out.number(v2 ? static_cast<unsigned>((bytes[6] << 8U) | bytes[7]) : bytes[6]);
    out.put(" addr=");
    put_address(out, v2 ? bytes.subspan(26, bytes[5] == 6 ? 16 : 4) : bytes.subspan(16, 4));
    if (packet.verbosity == 0 || v2) return;
    out.put(" hellotime=");
    write_duration(bytes[3], out);
    out.put(" holdtime=");
    write_duration(bytes[4], out);
    out.put(" priority=");
    out.number(bytes[5]);
    out.put(" auth=");
    out.put(masked);
}

void visit_group_state(FieldReader& in) {
    in.u8(tlv_type);
    in.u8(tlv_length);
    in.u8(hsrp_version);
    in.u8(hsrp_operation, operations);
    in.u8(hsrp_state, states_v2);
    const bool ip6 = in.u8() == 6;
    in.u16(hsrp_group);
    in.bytes(identifier, 6);
    in.u32(hsrp_priority);
    in.u32(hello_time);
    in.u32(hold_time);
    in.bytes(ip6 ? hsrp_address6 : hsrp_address, ip6 ? 16 : 4);
}

void visit_hsrp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    if (is_v2(packet.bytes(layer))) {
        in.group(tlv, "Group state", std::size_t{2} + in.peek(1), visit_group_state);
        return in.tail(hsrp_data);
    }
    in.u8(hsrp_version);
    if (in.u8(hsrp_operation, operations) == advertise) return in.tail(hsrp_data);
    in.u8(hsrp_state, states);
    in.u8(hello_time);
    in.u8(hold_time);
    in.u8(hsrp_priority);
    in.u8(hsrp_group);
    in.skip(1);
    in.bytes(secret, 8);
    in.bytes(hsrp_address, 4);
    in.tail(hsrp_data);
}

}  // namespace

constexpr Dissector vrrp_dissector{
    Protocol::vrrp, "vrrp", "Virtual Router Redundancy Protocol", vrrp_fields, step_vrrp, info_vrrp, visit_vrrp};
constexpr Dissector hsrp_dissector{Protocol::hsrp, "hsrp",    "Hot Standby Router Protocol", hsrp_fields, step_hsrp,
                                   info_hsrp,      visit_hsrp};

}  // namespace fid::packet
