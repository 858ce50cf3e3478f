// SPDX-License-Identifier: MIT
// OSPF version 2 (RFC 2328) and 3 (RFC 5340): the head, the messages, and the link state advertisements.
#include <algorithm>
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

constexpr std::array<Named, 4> link_types{
    {{1, "point-to-point"}, {2, "transit network"}, {3, "stub network"}, {4, "virtual link"}}};
constexpr std::array<Named, 5> router_flags{{{1, "ABR"}, {2, "ASBR"}, {4, "Virtual"}, {8, "Wildcard"}, {16, "NSSA"}}};
constexpr std::array<Named, 8> options_v2{
    {{0x01, "MT"}, {0x02, "E"}, {0x04, "MC"}, {0x08, "NP"}, {0x10, "LLS"}, {0x20, "DC"}, {0x40, "O"}, {0x80, "DN"}}};
constexpr std::array<Named, 9> options_v3{{{0x01, "V6"},
                                           {0x02, "E"},
                                           {0x04, "MC"},
                                           {0x08, "N"},
                                           {0x10, "R"},
                                           {0x20, "DC"},
                                           {0x100, "AF"},
                                           {0x200, "L"},
                                           {0x400, "AT"}}};
constexpr std::array<Named, 5> prefix_flags{{{1, "NU"}, {2, "LA"}, {4, "MC"}, {8, "P"}, {16, "DN"}}};

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
    lsa_flags,
    link_count,
    link,
    link_type,
    link_id,
    link_data,
    tos,
    metric,
    external_type,
    forwarding,
    forwarding6,
    tag,
    attached,
    interface_own,
    interface_neighbor,
    router_neighbor,
    link_local,
    referenced_type,
    referenced_id,
    referenced_router,
    prefix_count,
    prefix,
    prefix_options,
    destination,
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
    FieldInfo{"ospf.lsa.flags", FieldType::hex, "Flags"},
    FieldInfo{"ospf.lsa.number_of_links", FieldType::number, "Links"},
    FieldInfo{"ospf.lsa.link", FieldType::group, "Link"},
    FieldInfo{"ospf.lsa.link.type", FieldType::number, "Link type"},
    FieldInfo{"ospf.lsa.link.id", FieldType::ipv4, "Link ID"},
    FieldInfo{"ospf.lsa.link.data", FieldType::ipv4, "Link data"},
    FieldInfo{"ospf.lsa.tos", FieldType::number, "Type of service"},
    FieldInfo{"ospf.metric", FieldType::number, "Metric"},
    FieldInfo{"ospf.lsa.asext.type", FieldType::number, "External type"},
    FieldInfo{"ospf.lsa.asext.fwdaddr", FieldType::ipv4, "Forwarding address"},
    FieldInfo{"ospf.lsa.asext.fwdaddr6", FieldType::ipv6, "Forwarding address"},
    FieldInfo{"ospf.lsa.asext.extrttag", FieldType::number, "Route tag"},
    FieldInfo{"ospf.lsa.attached_router", FieldType::ipv4, "Attached router"},
    FieldInfo{"ospf.lsa.interface_id", FieldType::number, "Interface"},
    FieldInfo{"ospf.lsa.neighbor_interface_id", FieldType::number, "Neighbor's interface"},
    FieldInfo{"ospf.lsa.neighbor_router_id", FieldType::ipv4, "Neighbor"},
    FieldInfo{"ospf.lsa.link_local_address", FieldType::ipv6, "Link-local address"},
    FieldInfo{"ospf.lsa.referenced_ls_type", FieldType::hex, "Referenced type"},
    FieldInfo{"ospf.lsa.referenced_link_state_id", FieldType::ipv4, "Referenced link state ID"},
    FieldInfo{"ospf.lsa.referenced_advertising_router", FieldType::ipv4, "Referenced router"},
    FieldInfo{"ospf.lsa.num_prefixes", FieldType::number, "Prefixes"},
    FieldInfo{"ospf.prefix", FieldType::text, "Prefix"},
    FieldInfo{"ospf.prefix.options", FieldType::hex, "Prefix options"},
    FieldInfo{"ospf.lsa.destination_router", FieldType::ipv4, "Destination router"},
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

void visit_flags(FieldReader& in, unsigned field, std::uint64_t bits, Names table) {
    Text names;
    if (bits != 0) put_flags(names, table, bits);
    in.part(field, bits, names.view());
}
void visit_options(FieldReader& in, bool v3) {
    const std::uint32_t bits = v3 ? in.u24() : in.u8();
    visit_flags(in, options, bits, v3 ? Names(options_v3) : Names(options_v2));
}

void visit_hello(FieldReader& in, bool v3) {
    if (v3) {
        in.u32(interface_id);
        in.u8(priority);
        visit_options(in, true);
        in.u16(interval);
        in.u16(dead);
    } else {
        in.bytes(mask, 4);
        in.u16(interval);
        visit_options(in, false);
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
        visit_options(in, false);
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
        visit_options(in, true);
        in.u16(mtu);
        in.skip(1);
    } else {
        in.u16(mtu);
        visit_options(in, false);
    }
    visit_flags(in, dd_bits, in.u8(), dd_flags);
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

/// RFC 2328 A.4.2; the metrics of further types of service are history, and told as such.
void visit_router_v2(FieldReader& in) {
    visit_flags(in, lsa_flags, in.u8(), router_flags);
    in.skip(1);
    in.u16(link_count);
    while (in.remaining() >= 12)
        in.group(link, name_of(link_types, in.peek(8)), 12 + std::size_t{in.peek(9)} * 4, [](FieldReader& one) {
            one.bytes(link_id, 4);
            one.bytes(link_data, 4);
            one.u8(link_type, link_types);
            one.skip(1);
            one.u16(metric);
            while (one.remaining() >= 4) {
                one.u8(tos);
                one.skip(1);
                one.u16(metric);
            }
        });
}

void visit_external_v2(FieldReader& in) {
    in.bytes(mask, 4);
    while (in.remaining() >= 12) {
        const std::uint8_t kind = in.u8();
        in.part(external_type, (kind >> 7U) + 1U);
        in.part(tos, kind & 0x7fU);
        in.u24(metric);
        in.bytes(forwarding, 4);
        in.u32(tag);
    }
}

void visit_body_v2(FieldReader& in, std::uint8_t kind) {
    switch (kind) {
        case 1:
            return visit_router_v2(in);
        case 2:
            in.bytes(mask, 4);
            while (in.remaining() >= 4) in.bytes(attached, 4);
            return;
        case 3:
        case 4:
            in.bytes(mask, 4);
            while (in.remaining() >= 4) {
                in.u8(tos);
                in.u24(metric);
            }
            return;
        case 5:
        case 7:
            return visit_external_v2(in);
        default:
            return;
    }
}

/// RFC 5340 A.4.1: length, options, a word of the advertisement's own, and the bytes of the prefix in words.
void visit_prefix(FieldReader& in, unsigned own) {
    const unsigned bits = in.u8();
    const unsigned flags = in.u8();
    visit_flags(in, prefix_options, flags, prefix_flags);
    const std::uint16_t word = in.u16();
    if (own != 0) in.part(own, word);
    if (bits > 128) return in.skip(in.remaining() + 1);
    std::array<std::uint8_t, 16> bytes{};
    std::ranges::copy(in.take((bits + 31) / 32 * std::size_t{4}), bytes.begin());
    Text text;
    put_address(text, Bytes(bytes));
    text.put('/');
    text.number(bits);
    in.computed(prefix, text.view());
}

void visit_router_v3(FieldReader& in) {
    visit_flags(in, lsa_flags, in.u8(), router_flags);
    visit_options(in, true);
    while (in.remaining() >= 16)
        in.group(link, name_of(link_types, in.peek()), 16, [](FieldReader& one) {
            one.u8(link_type, link_types);
            one.skip(1);
            one.u16(metric);
            one.u32(interface_own);
            one.u32(interface_neighbor);
            one.bytes(router_neighbor, 4);
        });
}

/// RFC 5340 A.4.7: the bits say which of the optional words are there.
void visit_external_v3(FieldReader& in) {
    const std::uint8_t flags = in.u8();
    in.part(external_type, ((flags >> 2U) & 1U) + 1U);
    in.u24(metric);
    const bool referenced = in.peek16(2) != 0;
    visit_prefix(in, referenced_type);
    if ((flags & 2U) != 0) in.bytes(forwarding6, 16);
    if ((flags & 1U) != 0) in.u32(tag);
    if (referenced) in.bytes(referenced_id, 4);
}

void visit_body_v3(FieldReader& in, std::uint16_t kind) {
    switch (kind & 0x1fffU) {
        case 1:
            return visit_router_v3(in);
        case 2:
            in.skip(1);
            visit_options(in, true);
            while (in.remaining() >= 4) in.bytes(attached, 4);
            return;
        case 3:
            in.skip(1);
            in.u24(metric);
            return visit_prefix(in, 0);
        case 4:
            in.skip(1);
            visit_options(in, true);
            in.skip(1);
            in.u24(metric);
            in.bytes(destination, 4);
            return;
        case 5:
        case 7:
            return visit_external_v3(in);
        case 8:
            in.u8(priority);
            visit_options(in, true);
            in.bytes(link_local, 16);
            for (std::uint32_t left = in.u32(prefix_count); left != 0 && in.remaining() >= 4; --left)
                visit_prefix(in, 0);
            return;
        case 9: {
            std::uint16_t left = in.u16(prefix_count);
            in.u16(referenced_type, ls_types_v3);
            in.bytes(referenced_id, 4);
            in.bytes(referenced_router, 4);
            for (; left != 0 && in.remaining() >= 4; --left) visit_prefix(in, metric);
            return;
        }
        default:
            return;
    }
}

void visit_update(FieldReader& in, bool v3) {
    in.u32(count);
    while (in.remaining() >= lsa_head) {
        const std::size_t size = std::max<std::size_t>(in.peek16(18), lsa_head);
        in.group(advertisement, lsa_name(in, v3), size, [&](FieldReader& one) {
            const std::uint16_t kind = one.peek16(2);
            visit_lsa_head(one, v3);
            if (v3)
                visit_body_v3(one, kind);
            else
                visit_body_v2(one, static_cast<std::uint8_t>(kind));
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
