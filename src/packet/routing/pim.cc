// SPDX-License-Identifier: MIT
// Protocol independent multicast, version 2 (RFC 7761). A register carries the multicast packet itself.
#include <array>

#include "packet/field_reader.h"
#include "packet/routing/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 11> types{{{0, "Hello"},
                                       {1, "Register"},
                                       {2, "Register Stop"},
                                       {3, "Join / Prune"},
                                       {4, "Bootstrap"},
                                       {5, "Assert"},
                                       {6, "Graft"},
                                       {7, "Graft-ACK"},
                                       {8, "Candidate RP Advertisement"},
                                       {9, "State Refresh"},
                                       {10, "DF Election"}}};
constexpr std::array<Named, 8> options{{{1, "Hold Time"},
                                        {2, "LAN Prune Delay"},
                                        {17, "DR Priority (deprecated)"},
                                        {18, "DR Priority"},
                                        {19, "DR Priority"},
                                        {20, "Generation ID"},
                                        {21, "State Refresh Capability"},
                                        {24, "Address List"}}};

enum Field : unsigned {
    version,
    type,
    checksum,
    option,
    option_type,
    option_length,
    option_value,
    border,
    null_register,
    neighbor,
    group_count,
    hold_time,
    data
};
constexpr std::array pim_fields{
    FieldInfo{"pim.version", FieldType::number, "Version"},
    FieldInfo{"pim.type", FieldType::number, "Type"},
    FieldInfo{"pim.cksum", FieldType::hex, "Checksum"},
    FieldInfo{"pim.option", FieldType::group, "Option"},
    FieldInfo{"pim.option.type", FieldType::number, "Type"},
    FieldInfo{"pim.option.length", FieldType::number, "Length"},
    FieldInfo{"pim.option.value", FieldType::bytes, "Value"},
    FieldInfo{"pim.register_flag.border", FieldType::flag, "Border"},
    FieldInfo{"pim.register_flag.null_register", FieldType::flag, "Null register"},
    FieldInfo{"pim.upstream_neighbor", FieldType::bytes, "Upstream neighbor"},
    FieldInfo{"pim.numgroups", FieldType::number, "Groups"},
    FieldInfo{"pim.holdtime", FieldType::number, "Hold time (s)"},
    FieldInfo{"pim.data", FieldType::bytes, "Data"},
};

constexpr unsigned hello = 0, registration = 1, join_prune = 3;
constexpr std::size_t register_size = 8;

Step step_pim(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < 4) return short_header(bytes, packet, offset);
    if (bytes[0] >> 4U != 2 || (bytes[0] & 15U) != registration) return {.header = bytes.size()};
    if (bytes.size() < register_size) return short_header(bytes, packet, offset);
    if (bytes.size() == register_size) return {.header = register_size};
    const unsigned inner = bytes[register_size] >> 4U;
    return {.header = register_size, .next = inner == 4 ? Protocol::ip : inner == 6 ? Protocol::ip6 : Protocol::data};
}

void info_pim(const Packet& packet, const Layer& layer, Text& out) {
    if (layer.length < 1) return;
    const std::uint8_t first = packet.bytes(layer)[0];
    out.put("PIMv");
    out.number(first >> 4U);
    out.put(", ");
    out.put(name_of(types, first & 15U, "unknown type"));
    out.put(", length ");
    out.number(wire_size(packet, layer));
}

/// An encoded address (RFC 7761 4.9.1): family 1 is IPv4, 2 is IPv6.
void visit_neighbor(FieldReader& in) {
    const std::uint8_t family = in.peek();
    in.skip(2);
    in.bytes(neighbor, family == 2 ? 16 : 4);
}

void visit_pim(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.header(layer), sink);
    const std::uint64_t first = in.u8();
    const std::uint64_t kind = first & 15U;
    in.part(version, first >> 4U);
    in.part(type, kind, types);
    in.skip(1);
    in.u16(checksum);
    if (kind == hello) {
        while (in.remaining() >= 4)
            in.group(option, name_of(options, in.peek16()), std::size_t{4} + in.peek16(2), [](FieldReader& one) {
                one.u16(option_type, options);
                one.u16(option_length);
                one.tail(option_value);
            });
    } else if (kind == registration) {
        const std::uint64_t bits = in.u32();
        in.part(border, bits >> 31U);
        in.part(null_register, (bits >> 30U) & 1U);
    } else if (kind == join_prune) {
        visit_neighbor(in);
        in.skip(1);
        in.u8(group_count);
        in.u16(hold_time);
    }
    in.tail(data);
}

}  // namespace

constexpr Dissector pim_dissector{Protocol::pim, "pim",    "Protocol Independent Multicast", pim_fields, step_pim,
                                  info_pim,      visit_pim};

}  // namespace fid::packet
