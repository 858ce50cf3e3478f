// SPDX-License-Identifier: MIT
// IS-IS (ISO/IEC 10589, RFC 1195): hellos, link state and sequence number PDUs, and their type-length-values.
#include <algorithm>
#include <array>
#include <bit>

#include "packet/field_reader.h"
#include "packet/put.h"
#include "packet/routing/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 9> types{{{15, "L1 Lan IIH"},
                                      {16, "L2 Lan IIH"},
                                      {17, "p2p IIH"},
                                      {18, "L1 LSP"},
                                      {20, "L2 LSP"},
                                      {24, "L1 CSNP"},
                                      {25, "L2 CSNP"},
                                      {26, "L1 PSNP"},
                                      {27, "L2 PSNP"}}};
constexpr std::array<Named, 23> tlv_names{{{1, "Area address(es)"},
                                           {2, "IS Reachability"},
                                           {6, "IS Neighbor(s)"},
                                           {8, "Padding"},
                                           {9, "LSP entries"},
                                           {10, "Authentication"},
                                           {12, "Checksum"},
                                           {22, "Extended IS Reachability"},
                                           {128, "IPv4 Internal Reachability"},
                                           {129, "Protocols supported"},
                                           {130, "IPv4 External Reachability"},
                                           {132, "IPv4 Interface address(es)"},
                                           {135, "Extended IPv4 Reachability"},
                                           {137, "Hostname"},
                                           {134, "Traffic Engineering Router ID"},
                                           {211, "Restart Signaling"},
                                           {222, "Multi-Topology IS Reachability"},
                                           {229, "Multi Topology"},
                                           {232, "IPv6 Interface address(es)"},
                                           {235, "Multi-Topology IPv4 reachability"},
                                           {236, "IPv6 reachability"},
                                           {237, "Multi-Topology IP6 reachability"},
                                           {240, "Point-to-point Adjacency State"}}};
constexpr std::array<Named, 3> nlpids{{{0x81, "CLNP"}, {0x8e, "IPv6"}, {0xcc, "IPv4"}}};
constexpr std::array<std::string_view, 3> adjacency_states{"Up", "Initializing", "Down"};

enum Field : unsigned {
    discriminator,
    header_length,
    version,
    id_length,
    type,
    max_areas,
    circuit,
    source,
    holding,
    length,
    priority,
    lan,
    local_circuit,
    lifetime,
    lsp,
    sequence,
    checksum,
    bits,
    start,
    end,
    tlv,
    tlv_type,
    tlv_length,
    area,
    nlpid,
    address,
    address6,
    hostname,
    snpa,
    lsp_entry,
    reach,
    neighbor,
    prefix,
    metric,
    external,
    down,
    sub,
    sub_type,
    adjacency,
    topology,
    value
};
constexpr std::array isis_fields{
    FieldInfo{"isis.irpd", FieldType::hex, "Discriminator"},
    FieldInfo{"isis.len", FieldType::number, "Header length"},
    FieldInfo{"isis.version", FieldType::number, "Version"},
    FieldInfo{"isis.sysid_len", FieldType::number, "System ID length"},
    FieldInfo{"isis.type", FieldType::number, "Type"},
    FieldInfo{"isis.max_area_adr", FieldType::number, "Maximum areas"},
    FieldInfo{"isis.hello.circuit_type", FieldType::number, "Circuit type"},
    FieldInfo{"isis.source_id", FieldType::bytes, "Source"},
    FieldInfo{"isis.hello.holding_timer", FieldType::number, "Holding time (s)"},
    FieldInfo{"isis.pdu_length", FieldType::number, "PDU length"},
    FieldInfo{"isis.hello.priority", FieldType::number, "Priority"},
    FieldInfo{"isis.hello.lan_id", FieldType::bytes, "LAN"},
    FieldInfo{"isis.hello.local_circuit_id", FieldType::number, "Local circuit"},
    FieldInfo{"isis.lsp.remaining_life", FieldType::number, "Lifetime (s)"},
    FieldInfo{"isis.lsp.lsp_id", FieldType::bytes, "LSP"},
    FieldInfo{"isis.lsp.sequence_number", FieldType::hex, "Sequence"},
    FieldInfo{"isis.lsp.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"isis.lsp.flags", FieldType::hex, "Flags"},
    FieldInfo{"isis.csnp.start_lsp_id", FieldType::bytes, "First LSP"},
    FieldInfo{"isis.csnp.end_lsp_id", FieldType::bytes, "Last LSP"},
    FieldInfo{"isis.tlv", FieldType::group, "TLV"},
    FieldInfo{"isis.tlv.type", FieldType::number, "Type"},
    FieldInfo{"isis.tlv.len", FieldType::number, "Length"},
    FieldInfo{"isis.area_address", FieldType::text, "Area"},
    FieldInfo{"isis.nlpid", FieldType::hex, "Protocol"},
    FieldInfo{"isis.ipv4_address", FieldType::ipv4, "Address"},
    FieldInfo{"isis.ipv6_address", FieldType::ipv6, "Address"},
    FieldInfo{"isis.hostname", FieldType::text, "Hostname"},
    FieldInfo{"isis.neighbor_snpa", FieldType::mac, "Neighbor"},
    FieldInfo{"isis.lsp_entry", FieldType::group, "LSP entry"},
    FieldInfo{"isis.reachability", FieldType::group, "Reachable"},
    FieldInfo{"isis.neighbor", FieldType::text, "Neighbor"},
    FieldInfo{"isis.prefix", FieldType::text, "Prefix"},
    FieldInfo{"isis.metric", FieldType::number, "Metric"},
    FieldInfo{"isis.metric.external", FieldType::flag, "External metric"},
    FieldInfo{"isis.metric.down", FieldType::flag, "Down"},
    FieldInfo{"isis.subtlv", FieldType::group, "Sub-TLV"},
    FieldInfo{"isis.subtlv.type", FieldType::number, "Type"},
    FieldInfo{"isis.adjacency_state", FieldType::number, "State"},
    FieldInfo{"isis.topology", FieldType::number, "Topology"},
    FieldInfo{"isis.tlv.value", FieldType::bytes, "Value"},
};

constexpr std::uint8_t isis_discriminator = 0x83;
constexpr std::size_t common_size = 8;

/// What a PDU type is, of either level.
enum class Kind : std::uint8_t { lan_hello, p2p_hello, lsp, complete, partial, unknown };
Kind kind_of(unsigned number) {
    switch (number) {
        case 15:
        case 16:
            return Kind::lan_hello;
        case 17:
            return Kind::p2p_hello;
        case 18:
        case 20:
            return Kind::lsp;
        case 24:
        case 25:
            return Kind::complete;
        case 26:
        case 27:
            return Kind::partial;
        default:
            return Kind::unknown;
    }
}

/// Bytes before the type-length-values, with the usual system ID of six bytes.
std::size_t fixed_size(Kind kind) {
    switch (kind) {
        case Kind::lan_hello:
        case Kind::lsp:
            return 27;
        case Kind::p2p_hello:
            return 20;
        case Kind::complete:
            return 33;
        case Kind::partial:
            return 17;
        case Kind::unknown:
            break;
    }
    return common_size;
}

Step step_isis(Bytes bytes, Packet& packet, std::size_t offset) {
    if (!bytes.empty() && bytes[0] != isis_discriminator) return {.refused = true};
    if (bytes.size() < common_size) return short_header(bytes, packet, offset);
    return whole_layer(bytes, packet, offset, fixed_size(kind_of(bytes[4] & 0x1fU)));
}

/// 1921.6800.1001 for a system, .02 behind it for a node, -00 for a fragment.
void put_id(Text& out, Bytes id) {
    for (std::size_t i = 0; i < id.size(); ++i) {
        if (i == 7)
            out.put('-');
        else if (i != 0 && i % 2 == 0)
            out.put('.');
        out.hex(id[i], 2);
    }
}

void info_isis(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    if (bytes.size() < common_size || layer.malformed || layer.truncated) return;
    const unsigned number = bytes[4] & 0x1fU;
    out.put("IS-IS, ");
    out.put(name_of(types, number, "unknown PDU"));
    switch (kind_of(number)) {
        case Kind::lan_hello:
            out.put(", src-id ");
            put_id(out, bytes.subspan(9, 6));
            out.put(", lan-id ");
            put_id(out, bytes.subspan(20, 7));
            out.put(", prio ");
            out.number(bytes[19] & 0x7fU);
            break;
        case Kind::p2p_hello:
            out.put(", src-id ");
            put_id(out, bytes.subspan(9, 6));
            break;
        case Kind::lsp: {
            out.put(", lsp-id ");
            put_id(out, bytes.subspan(12, 8));
            out.put(", seq 0x");
            out.hex(Cursor(bytes.subspan(20)).u32(), 8);
            out.put(", lifetime ");
            const unsigned seconds = Cursor(bytes.subspan(10)).u16();
            for (unsigned width = 10000; width > 1 && seconds < width; width /= 10) out.put(' ');
            out.number(seconds);
            out.put('s');
            break;
        }
        case Kind::complete:
        case Kind::partial:
            out.put(", src-id ");
            put_id(out, bytes.subspan(10, 7));
            break;
        case Kind::unknown:
            break;
    }
    out.put(", length ");
    out.number(wire_size(packet, layer));
}

void visit_fixed(FieldReader& in, Kind kind) {
    switch (kind) {
        case Kind::lan_hello:
        case Kind::p2p_hello:
            in.u8(circuit);
            in.bytes(source, 6);
            in.u16(holding);
            in.u16(length);
            if (kind == Kind::p2p_hello) {
                in.u8(local_circuit);
                break;
            }
            in.u8(priority);
            in.bytes(lan, 7);
            break;
        case Kind::lsp:
            in.u16(length);
            in.u16(lifetime);
            in.bytes(lsp, 8);
            in.u32(sequence);
            in.u16(checksum);
            in.u8(bits);
            break;
        case Kind::complete:
        case Kind::partial:
            in.u16(length);
            in.bytes(source, 7);
            if (kind == Kind::partial) break;
            in.bytes(start, 8);
            in.bytes(end, 8);
            break;
        case Kind::unknown:
            break;
    }
}

/// ISO 10589 9.5: one byte of length, then 49.0001.02: the first byte, then pairs.
void visit_areas(FieldReader& in) {
    while (in.more()) {
        const std::size_t size = in.u8();
        Text text;
        const Bytes id = in.take(size);
        for (std::size_t i = 0; i < id.size(); ++i) {
            if (i % 2 == 1) text.put('.');
            text.hex(id[i], 2);
        }
        in.computed(area, text.view());
    }
}

void visit_neighbor(FieldReader& in) {
    Text text;
    put_id(text, in.take(7));
    in.computed(neighbor, text.view());
}

/// The default metric of a narrow entry, then delay, expense and error, which nobody supports.
void visit_narrow_metric(FieldReader& in) {
    const std::uint64_t byte = in.u8();
    in.part(metric, byte & 0x3fU);
    in.part(external, (byte >> 6U) & 1U);
    in.part(down, byte >> 7U);
    in.skip(3);
}

/// RFC 5305, RFC 7794 and others: what hangs on an entry, unread but told apart.
void visit_subtlvs(FieldReader& in, std::size_t size) {
    FieldReader within(in.rest().first(std::min(size, in.remaining())), in.sink(), in.offset());
    while (within.remaining() >= 2)
        within.group(sub, {}, std::size_t{2} + within.peek(1), [](FieldReader& one) {
            one.u8(sub_type);
            one.skip(1);
            one.tail(value);
        });
    in.skip(size);
}

/// As many bytes of the prefix as its length needs.
void visit_prefix(FieldReader& in, unsigned bits, Family family) {
    const unsigned whole = family == Family::v4 ? 32 : 128;
    if (bits > whole) return in.skip(in.remaining() + 1);
    std::array<std::uint8_t, 16> bytes{};
    std::ranges::copy(in.take((bits + 7) / 8), bytes.begin());
    Text text;
    put_address(text, Bytes(bytes).first(whole / 8));
    text.put('/');
    text.number(bits);
    in.computed(prefix, text.view());
}

void visit_is_reachability(FieldReader& in) {
    in.skip(1);  // virtual
    while (in.remaining() >= 11)
        in.group(reach, {}, 11, [](FieldReader& one) {
            visit_narrow_metric(one);
            visit_neighbor(one);
        });
}

void visit_extended_is(FieldReader& in) {
    while (in.remaining() >= 11)
        in.group(reach, {}, std::size_t{11} + in.peek(10), [](FieldReader& one) {
            visit_neighbor(one);
            one.u24(metric);
            visit_subtlvs(one, one.u8());
        });
}

/// RFC 1195: a metric, an address and its mask.
void visit_ip_reachability(FieldReader& in) {
    while (in.remaining() >= 12)
        in.group(reach, {}, 12, [](FieldReader& one) {
            visit_narrow_metric(one);
            Text text;
            const Bytes both = one.take(8);
            put_address(text, both.first(4));
            text.put('/');
            text.number(static_cast<unsigned>(std::popcount(Cursor(both.subspan(4)).u32())));
            one.computed(prefix, text.view());
        });
}

/// RFC 5305: up/down, sub-TLVs and the prefix's length share a byte.
void visit_extended_ip(FieldReader& in) {
    while (in.remaining() >= 5) {
        const std::uint8_t control = in.peek(4);
        std::size_t size = 5 + ((control & 0x3fU) + 7) / 8;
        if ((control & 0x40U) != 0) size += std::size_t{1} + in.peek(size);
        in.group(reach, {}, size, [](FieldReader& one) {
            one.u32(metric);
            const std::uint8_t bits = one.u8();
            one.part(down, bits >> 7U);
            visit_prefix(one, bits & 0x3fU, Family::v4);
            if ((bits & 0x40U) != 0) visit_subtlvs(one, one.u8());
        });
    }
}

/// RFC 5308: the flags stand before the length.
void visit_ip6_reachability(FieldReader& in) {
    while (in.remaining() >= 6) {
        std::size_t size = 6 + (std::size_t{in.peek(5)} + 7) / 8;
        if ((in.peek(4) & 0x20U) != 0) size += std::size_t{1} + in.peek(size);
        in.group(reach, {}, size, [](FieldReader& one) {
            one.u32(metric);
            const unsigned bits = one.u8();
            one.part(down, bits >> 7U);
            one.part(external, (bits >> 6U) & 1U);
            visit_prefix(one, one.u8(), Family::v6);
            if ((bits & 0x20U) != 0) visit_subtlvs(one, one.u8());
        });
    }
}

void visit_lsp_entries(FieldReader& in) {
    while (in.remaining() >= 16)
        in.group(lsp_entry, {}, 16, [](FieldReader& one) {
            one.u16(lifetime);
            one.bytes(lsp, 8);
            one.u32(sequence);
            one.u16(checksum);
        });
}

/// RFC 5303: the state, our circuit, and the neighbor as far as it is known.
void visit_adjacency(FieldReader& in) {
    in.u8(adjacency, adjacency_states);
    if (in.remaining() >= 4) in.u32(local_circuit);
    if (in.remaining() >= 6) in.bytes(source, 6);
}

void visit_tlv(FieldReader& in) {
    const std::uint64_t code = in.u8(tlv_type, tlv_names);
    in.u8(tlv_length);
    if (code == 222 || code == 235 || code == 237) in.part(topology, in.u16() & 0x0fffU);
    switch (code) {
        case 1:
            visit_areas(in);
            break;
        case 2:
            visit_is_reachability(in);
            break;
        case 6:
            while (in.remaining() >= 6) in.bytes(snpa, 6);
            break;
        case 9:
            visit_lsp_entries(in);
            break;
        case 12:
            in.u16(checksum);
            break;
        case 22:
        case 222:
            visit_extended_is(in);
            break;
        case 128:
        case 130:
            visit_ip_reachability(in);
            break;
        case 129:
            while (in.more()) in.u8(nlpid, nlpids);
            break;
        case 132:
        case 134:
            while (in.remaining() >= 4) in.bytes(address, 4);
            break;
        case 135:
        case 235:
            visit_extended_ip(in);
            break;
        case 137:
            in.tail(hostname);
            break;
        case 229:
            while (in.remaining() >= 2) in.part(topology, in.u16() & 0x0fffU);
            break;
        case 232:
            while (in.remaining() >= 16) in.bytes(address6, 16);
            break;
        case 236:
        case 237:
            visit_ip6_reachability(in);
            break;
        case 240:
            visit_adjacency(in);
            break;
        default:
            break;
    }
    in.tail(value);
}

void visit_isis(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    in.u8(discriminator);
    in.u8(header_length);
    in.u8(version);
    in.u8(id_length);
    const std::uint64_t number = in.u8() & 0x1fU;
    in.part(type, number, types);
    in.skip(2);
    in.u8(max_areas);
    const Kind kind = kind_of(static_cast<unsigned>(number));
    visit_fixed(in, kind);
    while (kind != Kind::unknown && in.more())
        in.group(tlv, name_of(tlv_names, in.peek()), std::size_t{2} + in.peek(1), visit_tlv);
    in.tail(value);
}

}  // namespace

constexpr Dissector isis_dissector{Protocol::isis, "isis", "IS-IS", isis_fields, step_isis, info_isis, visit_isis};

}  // namespace fid::packet
