// SPDX-License-Identifier: MIT
// IS-IS (ISO/IEC 10589, RFC 1195): hellos, link state and sequence number PDUs, and their type-length-values.
#include <array>

#include "packet/field_reader.h"
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
constexpr std::array<Named, 17> tlv_names{{{1, "Area address(es)"},
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
                                           {232, "IPv6 Interface address(es)"},
                                           {236, "IPv6 reachability"},
                                           {240, "Point-to-point Adjacency State"}}};

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
    hostname,
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
    FieldInfo{"isis.hostname", FieldType::text, "Hostname"},
    FieldInfo{"isis.tlv.value", FieldType::bytes, "Value"},
};

constexpr std::uint8_t isis_discriminator = 0x83;
constexpr std::size_t common_size = 8;
constexpr std::uint64_t hostname_tlv = 137;

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
        in.group(tlv, name_of(tlv_names, in.peek()), std::size_t{2} + in.peek(1), [](FieldReader& one) {
            const std::uint64_t code = one.u8(tlv_type, tlv_names);
            one.u8(tlv_length);
            one.tail(code == hostname_tlv ? hostname : value);
        });
    in.tail(value);
}

}  // namespace

constexpr Dissector isis_dissector{Protocol::isis, "isis", "IS-IS", isis_fields, step_isis, info_isis, visit_isis};

}  // namespace fid::packet
