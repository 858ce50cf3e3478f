// SPDX-License-Identifier: MIT
// OSPF version 2 (RFC 2328) and 3 (RFC 5340): the head, the hello, and the heads of the link state advertisements.
#include <array>

#include "packet/field_reader.h"
#include "packet/put.h"
#include "packet/routing/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 5> types{
    {{1, "Hello"}, {2, "Database Description"}, {3, "LS-Request"}, {4, "LS-Update"}, {5, "LS-Ack"}}};
constexpr std::array<Named, 3> auth_types{{{0, "none"}, {1, "simple"}, {2, "MD5"}}};
constexpr std::array<Named, 9> ls_types{{{1, "Router"},
                                         {2, "Network"},
                                         {3, "Summary"},
                                         {4, "ASBR Summary"},
                                         {5, "External"},
                                         {7, "NSSA"},
                                         {9, "Opaque link"},
                                         {10, "Opaque area"},
                                         {11, "Opaque domain"}}};
constexpr std::array<Named, 8> ls_types_v3{{{0x2001, "Router"},
                                            {0x2002, "Network"},
                                            {0x2003, "Inter-Area Prefix"},
                                            {0x2004, "Inter-Area Router"},
                                            {0x4005, "External"},
                                            {0x2007, "NSSA"},
                                            {0x0008, "Link"},
                                            {0x2009, "Intra-Area Prefix"}}};
constexpr std::array<Named, 3> dd_flags{{{1, "Master"}, {2, "More"}, {4, "Init"}}};

enum Field : unsigned {
    version,
    type,
    length,
    router,
    area,
    checksum,
    auth_type,
    auth,
    instance,
    mask,
    interface_id,
    interval,
    options,
    priority,
    dead,
    designated,
    backup,
    neighbor,
    mtu,
    dd_bits,
    dd_sequence,
    count,
    request,
    advertisement,
    age,
    ls_type,
    ls_id,
    ls_router,
    ls_sequence,
    ls_checksum,
    ls_length,
    body
};
constexpr std::array ospf_fields{
    FieldInfo{"ospf.version", FieldType::number, "Version"},
    FieldInfo{"ospf.msg", FieldType::number, "Type"},
    FieldInfo{"ospf.packet_length", FieldType::number, "Length"},
    FieldInfo{"ospf.srcrouter", FieldType::ipv4, "Router"},
    FieldInfo{"ospf.area_id", FieldType::ipv4, "Area"},
    FieldInfo{"ospf.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"ospf.auth.type", FieldType::number, "Authentication"},
    FieldInfo{"ospf.auth.data", FieldType::bytes, "Authentication data"},
    FieldInfo{"ospf.instance_id", FieldType::number, "Instance"},
    FieldInfo{"ospf.hello.network_mask", FieldType::ipv4, "Network mask"},
    FieldInfo{"ospf.hello.interface_id", FieldType::number, "Interface"},
    FieldInfo{"ospf.hello.hello_interval", FieldType::number, "Hello interval (s)"},
    FieldInfo{"ospf.options", FieldType::hex, "Options"},
    FieldInfo{"ospf.hello.router_priority", FieldType::number, "Priority"},
    FieldInfo{"ospf.hello.router_dead_interval", FieldType::number, "Dead interval (s)"},
    FieldInfo{"ospf.hello.designated_router", FieldType::ipv4, "Designated router"},
    FieldInfo{"ospf.hello.backup_designated_router", FieldType::ipv4, "Backup designated router"},
    FieldInfo{"ospf.hello.active_neighbor", FieldType::ipv4, "Neighbor"},
    FieldInfo{"ospf.db.interface_mtu", FieldType::number, "Interface MTU"},
    FieldInfo{"ospf.db.flags", FieldType::hex, "Flags"},
    FieldInfo{"ospf.db.dd_sequence", FieldType::number, "Sequence"},
    FieldInfo{"ospf.ls.number_of_lsas", FieldType::number, "Advertisements"},
    FieldInfo{"ospf.link_state_request", FieldType::group, "Request"},
    FieldInfo{"ospf.lsa", FieldType::group, "Advertisement"},
    FieldInfo{"ospf.lsa.age", FieldType::number, "Age (s)"},
    FieldInfo{"ospf.lsa.type", FieldType::number, "Type"},
    FieldInfo{"ospf.lsa.id", FieldType::ipv4, "Link state ID"},
    FieldInfo{"ospf.advrouter", FieldType::ipv4, "Advertising router"},
    FieldInfo{"ospf.lsa.seqnum", FieldType::hex, "Sequence"},
    FieldInfo{"ospf.lsa.chksum", FieldType::hex, "Checksum"},
    FieldInfo{"ospf.lsa.length", FieldType::number, "Length"},
    FieldInfo{"ospf.lsa.data", FieldType::bytes, "Data"},
};

constexpr std::size_t size_v2 = 24, size_v3 = 16, lsa_head = 20, request_size = 12;

Step step_ospf(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < 4) return short_header(bytes, packet, offset);
    if (bytes[0] != 2 && bytes[0] != 3) return {.refused = true};
    return whole_layer(bytes, packet, offset, bytes[0] == 2 ? size_v2 : size_v3);
}

void info_ospf(const Packet& packet, const Layer& layer, Text& out) {
    if (layer.length < 2) return;
    const Bytes bytes = packet.bytes(layer);
    out.put("OSPFv");
    out.number(bytes[0]);
    out.put(", ");
    out.put(name_of(types, bytes[1], "unknown packet type"));
    out.put(", length ");
    out.number(wire_size(packet, layer));
}

void visit_hello(FieldReader& in, bool v3) {
    if (v3) {
        in.u32(interface_id);
        in.u8(priority);
        in.u24(options);
        in.u16(interval);
        in.u16(dead);
    } else {
        in.bytes(mask, 4);
        in.u16(interval);
        in.u8(options);
        in.u8(priority);
        in.u32(dead);
    }
    in.bytes(designated, 4);
    in.bytes(backup, 4);
    while (in.remaining() >= 4) in.bytes(neighbor, 4);
}

void visit_lsa_head(FieldReader& in, bool v3) {
    in.u16(age);
    if (v3) {
        in.u16(ls_type, ls_types_v3);
    } else {
        in.u8(options);
        in.u8(ls_type, ls_types);
    }
    in.bytes(ls_id, 4);
    in.bytes(ls_router, 4);
    in.u32(ls_sequence);
    in.u16(ls_checksum);
    in.u16(ls_length);
}

std::string_view lsa_name(const FieldReader& in, bool v3) {
    return v3 ? name_of(ls_types_v3, in.peek16(2)) : name_of(ls_types, in.peek(3));
}

void visit_heads(FieldReader& in, bool v3) {
    while (in.remaining() >= lsa_head)
        in.group(advertisement, lsa_name(in, v3), lsa_head, [&](FieldReader& one) { visit_lsa_head(one, v3); });
}

void visit_description(FieldReader& in, bool v3) {
    if (v3) {
        in.skip(1);
        in.u24(options);
        in.u16(mtu);
        in.skip(1);
    } else {
        in.u16(mtu);
        in.u8(options);
    }
    const std::uint64_t bits = in.u8();
    Text names;
    put_flags(names, dd_flags, bits);
    in.part(dd_bits, bits, names.view());
    in.u32(dd_sequence);
    visit_heads(in, v3);
}

void visit_requests(FieldReader& in, bool v3) {
    while (in.remaining() >= request_size)
        in.group(request, {}, request_size, [&](FieldReader& one) {
            if (v3) one.skip(2);
            one.number(ls_type, v3 ? 2 : 4, v3 ? Names(ls_types_v3) : Names(ls_types));
            one.bytes(ls_id, 4);
            one.bytes(ls_router, 4);
        });
}

void visit_update(FieldReader& in, bool v3) {
    in.u32(count);
    while (in.remaining() >= lsa_head) {
        const std::size_t size = std::max<std::size_t>(in.peek16(18), lsa_head);
        in.group(advertisement, lsa_name(in, v3), size, [&](FieldReader& one) {
            visit_lsa_head(one, v3);
            one.tail(body);
        });
    }
}

void visit_ospf(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    const bool v3 = in.u8(version) == 3;
    const std::uint64_t kind = in.u8(type, types);
    in.u16(length);
    in.bytes(router, 4);
    in.bytes(area, 4);
    in.u16(checksum);
    if (v3) {
        in.u8(instance);
        in.skip(1);
    } else {
        in.u16(auth_type, auth_types);
        in.bytes(auth, 8);
    }
    switch (kind) {
        case 1:
            visit_hello(in, v3);
            break;
        case 2:
            visit_description(in, v3);
            break;
        case 3:
            visit_requests(in, v3);
            break;
        case 4:
            visit_update(in, v3);
            break;
        case 5:
            visit_heads(in, v3);
            break;
        default:
            break;
    }
    in.tail(body);
}

}  // namespace

constexpr Dissector ospf_dissector{Protocol::ospf, "ospf",    "Open Shortest Path First", ospf_fields, step_ospf,
                                   info_ospf,      visit_ospf};

}  // namespace fid::packet
