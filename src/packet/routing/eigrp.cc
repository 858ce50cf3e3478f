// SPDX-License-Identifier: MIT
// EIGRP (RFC 7868): the head and its type-length-values.
#include <algorithm>
#include <array>

#include "packet/field_reader.h"
#include "packet/put.h"
#include "packet/routing/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 8> opcodes{{{1, "Update"},
                                        {2, "Request"},
                                        {3, "Query"},
                                        {4, "Reply"},
                                        {5, "Hello"},
                                        {6, "IPX SAP"},
                                        {10, "SIA Query"},
                                        {11, "SIA Reply"}}};
constexpr std::array<Named, 13> types{{{0x0001, "General Parameters"},
                                       {0x0002, "Authentication"},
                                       {0x0003, "Sequence"},
                                       {0x0004, "Software Version"},
                                       {0x0005, "Next Multicast Sequence"},
                                       {0x0102, "IP Internal routes"},
                                       {0x0103, "IP External routes"},
                                       {0x0402, "IPv6 Internal routes"},
                                       {0x0403, "IPv6 External routes"},
                                       {0x0007, "Peer Termination"},
                                       {0x0008, "Peer Topology ID List"},
                                       {0x0602, "Internal routes"},
                                       {0x0603, "External routes"}}};

constexpr std::array<Named, 4> flag_names{
    {{1, "Init"}, {2, "Conditional Receive"}, {4, "Restart"}, {8, "End of Table"}}};
/// RFC 7868 6.6.2: where an external route came from.
constexpr std::array<std::string_view, 12> external_protocols{"",     "IGRP",  "EIGRP", "Static", "RIP",  "Hello",
                                                              "OSPF", "IS-IS", "EGP",   "BGP",    "IDRP", "Connected"};

enum Field : unsigned {
    version,
    opcode,
    checksum,
    flags,
    sequence,
    acknowledge,
    router,
    system,
    tlv,
    tlv_type,
    tlv_length,
    k,
    hold,
    release,
    tlv_version,
    next_sequence,
    peer,
    address_family,
    topology,
    origin,
    origin_as,
    tag,
    external_metric,
    external_protocol,
    external_flags,
    next_hop,
    next_hop6,
    delay,
    bandwidth,
    mtu,
    hops,
    reliability,
    load,
    route,
    value
};
constexpr std::array eigrp_fields{
    FieldInfo{"eigrp.version", FieldType::number, "Version"},
    FieldInfo{"eigrp.opcode", FieldType::number, "Opcode"},
    FieldInfo{"eigrp.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"eigrp.flags", FieldType::hex, "Flags"},
    FieldInfo{"eigrp.seq", FieldType::number, "Sequence"},
    FieldInfo{"eigrp.ack", FieldType::number, "Acknowledge"},
    FieldInfo{"eigrp.vrid", FieldType::number, "Virtual router"},
    FieldInfo{"eigrp.as", FieldType::number, "Autonomous system"},
    FieldInfo{"eigrp.tlv", FieldType::group, "TLV"},
    FieldInfo{"eigrp.tlv.type", FieldType::hex, "Type"},
    FieldInfo{"eigrp.tlv.len", FieldType::number, "Length"},
    FieldInfo{"eigrp.par.k", FieldType::number, "K value"},
    FieldInfo{"eigrp.par.holdtime", FieldType::number, "Hold time (s)"},
    FieldInfo{"eigrp.release_version", FieldType::text, "Release"},
    FieldInfo{"eigrp.tlv_version", FieldType::text, "TLV version"},
    FieldInfo{"eigrp.next_mcast_seq", FieldType::number, "Next multicast sequence"},
    FieldInfo{"eigrp.peer", FieldType::text, "Peer"},
    FieldInfo{"eigrp.afi", FieldType::number, "Address family"},
    FieldInfo{"eigrp.tid", FieldType::number, "Topology"},
    FieldInfo{"eigrp.extdata.origrid", FieldType::ipv4, "Originating router"},
    FieldInfo{"eigrp.extdata.as", FieldType::number, "Originating system"},
    FieldInfo{"eigrp.extdata.tag", FieldType::number, "Administrative tag"},
    FieldInfo{"eigrp.extdata.metric", FieldType::number, "External metric"},
    FieldInfo{"eigrp.extdata.proto", FieldType::number, "External protocol"},
    FieldInfo{"eigrp.extdata.flags", FieldType::hex, "External flags"},
    FieldInfo{"eigrp.ipv4.nexthop", FieldType::ipv4, "Next hop"},
    FieldInfo{"eigrp.ipv6.nexthop", FieldType::ipv6, "Next hop"},
    FieldInfo{"eigrp.metric.delay", FieldType::number, "Delay"},
    FieldInfo{"eigrp.metric.bandwidth", FieldType::number, "Bandwidth"},
    FieldInfo{"eigrp.metric.mtu", FieldType::number, "MTU"},
    FieldInfo{"eigrp.metric.hopcount", FieldType::number, "Hop count"},
    FieldInfo{"eigrp.metric.reliability", FieldType::number, "Reliability (1/255)"},
    FieldInfo{"eigrp.metric.load", FieldType::number, "Load (1/255)"},
    FieldInfo{"eigrp.route", FieldType::text, "Destination"},
    FieldInfo{"eigrp.tlv.value", FieldType::bytes, "Value"},
};

constexpr std::size_t header_size = 20;

Step step_eigrp(Bytes bytes, Packet& packet, std::size_t offset) {
    return whole_layer(bytes, packet, offset, header_size);
}

void info_eigrp(const Packet& packet, const Layer& layer, Text& out) {
    if (layer.length < 2) return;
    out.put("EIGRP ");
    out.put(name_of(opcodes, packet.bytes(layer)[1], "unknown"));
    out.put(", length: ");
    out.number(wire_size(packet, layer));
}

void visit_version(FieldReader& in, unsigned field) {
    Text text;
    const Bytes both = in.take(2);
    if (!in.ok()) return;
    text.number(both[0]);
    text.put('.');
    text.padded(both[1], 2);
    in.computed(field, text.view());
}

/// The classic TLVs' vector metric; delay and bandwidth in EIGRP's scaled units.
void visit_metric(FieldReader& in) {
    in.u32(delay);
    in.u32(bandwidth);
    in.u24(mtu);
    in.u8(hops);
    in.u8(reliability);
    in.u8(load);
    in.u8(tag);
    in.skip(1);  // flags
}

/// RFC 7868 6.6.2: what only an external route has.
void visit_external(FieldReader& in) {
    in.bytes(origin, 4);
    in.u32(origin_as);
    in.u32(tag);
    in.u32(external_metric);
    in.skip(2);
    in.u8(external_protocol, external_protocols);
    in.u8(external_flags);
}

/// A length in bits and as many bytes as it needs; several in a row share the metric.
void visit_routes(FieldReader& in, std::size_t whole) {
    while (in.more()) {
        const std::size_t bits = in.peek();
        const std::size_t size = (bits + 7) / 8;
        if (size > whole || size + 1 > in.remaining()) return;
        std::array<std::uint8_t, 16> bytes{};
        std::ranges::copy(in.take(size + 1).subspan(1), bytes.begin());
        Text text;
        put_address(text, Bytes(bytes).first(whole));
        text.put('/');
        text.number(bits);
        in.computed(route, text.view());
    }
}

void visit_sequence(FieldReader& in) {
    while (in.more()) {
        const std::size_t size = in.u8();
        Text text;
        put_address(text, in.take(size));
        in.computed(peer, text.view());
    }
}

/// RFC 7868 6.9: the wide metric's delay is in picoseconds, its bandwidth in kbit/s.
void visit_multiprotocol(FieldReader& in, bool outside) {
    in.u16(topology);
    const std::uint16_t family = in.u16(address_family);
    in.bytes(origin, 4);
    const std::size_t attributes = std::size_t{in.u8()} * 2;  // counted in 16-bit words
    in.skip(1);
    in.u8(reliability);
    in.u8(load);
    in.u24(mtu);
    in.u8(hops);
    in.u48(delay);
    in.u48(bandwidth);
    in.skip(4 + attributes);  // reserved and flags, then the attributes
    const std::size_t whole = family == 2 ? 16 : 4;
    in.bytes(family == 2 ? next_hop6 : next_hop, whole);
    if (outside) visit_external(in);
    visit_routes(in, whole);
}

void visit_tlv(FieldReader& in) {
    const std::uint16_t code = in.u16(tlv_type, types);
    in.u16(tlv_length);
    switch (code) {
        case 0x0001:
            for (int i = 0; i < 6; ++i) in.u8(k);
            in.u16(hold);
            break;
        case 0x0003:
            visit_sequence(in);
            break;
        case 0x0004:
            visit_version(in, release);
            visit_version(in, tlv_version);
            break;
        case 0x0005:
            in.u32(next_sequence);
            break;
        case 0x0102:
        case 0x0103:
            in.bytes(next_hop, 4);
            if (code == 0x0103) visit_external(in);
            visit_metric(in);
            visit_routes(in, 4);
            break;
        case 0x0402:
        case 0x0403:
            in.bytes(next_hop6, 16);
            if (code == 0x0403) visit_external(in);
            visit_metric(in);
            visit_routes(in, 16);
            break;
        case 0x0602:
        case 0x0603:
            visit_multiprotocol(in, code == 0x0603);
            break;
        default:
            break;
    }
    in.tail(value);
}

void visit_eigrp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    in.u8(version);
    in.u8(opcode, opcodes);
    in.u16(checksum);
    const std::uint32_t bits = in.u32();
    Text names;
    if (bits != 0) put_flags(names, flag_names, bits);
    in.part(flags, bits, names.view());
    in.u32(sequence);
    in.u32(acknowledge);
    in.u16(router);
    in.u16(system);
    while (in.more()) {
        // The length counts its own four bytes; less would not advance.
        const std::size_t size = std::max<std::size_t>(in.peek16(2), 4);
        in.group(tlv, name_of(types, in.peek16()), size, visit_tlv);
    }
}

}  // namespace

constexpr Dissector eigrp_dissector{Protocol::eigrp, "eigrp",    "Enhanced Interior Gateway Routing Protocol",
                                    eigrp_fields,    step_eigrp, info_eigrp,
                                    visit_eigrp};

}  // namespace fid::packet
