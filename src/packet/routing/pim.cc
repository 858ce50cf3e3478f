// SPDX-License-Identifier: MIT
// Protocol independent multicast, version 2 (RFC 7761). A register carries the multicast packet itself.
#include <array>

#include "packet/field_reader.h"
#include "packet/put.h"
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
    propagation_delay,
    override_interval,
    tracking,
    designated_priority,
    generation,
    refresh_interval,
    secondary,
    border,
    null_register,
    neighbor,
    group_count,
    hold_time,
    group,
    group_address,
    join_count,
    prune_count,
    join,
    prune,
    source,
    rendezvous,
    rendezvous_count,
    fragment_count,
    fragment_tag,
    hash_length,
    bootstrap_priority,
    bootstrap_router,
    priority,
    prefix_count,
    tree,
    preference,
    metric,
    originator,
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
    FieldInfo{"pim.propagation_delay", FieldType::number, "Propagation delay (ms)"},
    FieldInfo{"pim.override_interval", FieldType::number, "Override interval (ms)"},
    FieldInfo{"pim.t", FieldType::flag, "Join suppression off"},
    FieldInfo{"pim.dr_priority", FieldType::number, "DR priority"},
    FieldInfo{"pim.generation_id", FieldType::hex, "Generation ID"},
    FieldInfo{"pim.state_refresh_interval", FieldType::number, "State refresh interval (s)"},
    FieldInfo{"pim.address_list", FieldType::text, "Secondary address"},
    FieldInfo{"pim.register_flag.border", FieldType::flag, "Border"},
    FieldInfo{"pim.register_flag.null_register", FieldType::flag, "Null register"},
    FieldInfo{"pim.upstream_neighbor", FieldType::text, "Upstream neighbor"},
    FieldInfo{"pim.numgroups", FieldType::number, "Groups"},
    FieldInfo{"pim.holdtime", FieldType::number, "Hold time (s)"},
    FieldInfo{"pim.group_set", FieldType::group, "Group"},
    FieldInfo{"pim.group", FieldType::text, "Group address"},
    FieldInfo{"pim.numjoins", FieldType::number, "Joins"},
    FieldInfo{"pim.numprunes", FieldType::number, "Prunes"},
    FieldInfo{"pim.join_ip", FieldType::text, "Joined source"},
    FieldInfo{"pim.prune_ip", FieldType::text, "Pruned source"},
    FieldInfo{"pim.source", FieldType::text, "Source"},
    FieldInfo{"pim.rp", FieldType::text, "Rendezvous point"},
    FieldInfo{"pim.rp_count", FieldType::number, "Rendezvous points"},
    FieldInfo{"pim.frp_count", FieldType::number, "Rendezvous points in this fragment"},
    FieldInfo{"pim.fragment_tag", FieldType::hex, "Fragment tag"},
    FieldInfo{"pim.hash_mask_len", FieldType::number, "Hash mask length"},
    FieldInfo{"pim.bsr_priority", FieldType::number, "Bootstrap router's priority"},
    FieldInfo{"pim.bsr", FieldType::text, "Bootstrap router"},
    FieldInfo{"pim.priority", FieldType::number, "Priority"},
    FieldInfo{"pim.prefix_count", FieldType::number, "Prefixes"},
    FieldInfo{"pim.rpt", FieldType::flag, "Rendezvous point tree"},
    FieldInfo{"pim.metric_pref", FieldType::number, "Metric preference"},
    FieldInfo{"pim.metric", FieldType::number, "Metric"},
    FieldInfo{"pim.originator", FieldType::text, "Originator"},
    FieldInfo{"pim.data", FieldType::bytes, "Data"},
};

enum Type : unsigned {
    hello,
    registration,
    register_stop,
    join_prune,
    bootstrap,
    assertion,
    graft,
    graft_ack,
    candidate,
    state_refresh,
    election
};
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

/// RFC 7761 4.9.1: the family before an encoded address says its size; 0 where it is none we know.
std::size_t address_size(std::uint8_t family) { return family == 1 ? 4 : family == 2 ? 16 : 0; }
/// A message that holds such an address ends where we cannot read one.
void fail(FieldReader& in) { in.skip(in.remaining() + 1); }

/// An encoded unicast address: family, encoding, address.
void visit_unicast(FieldReader& in, unsigned field) {
    const std::size_t size = address_size(in.peek());
    if (size == 0 || in.peek(1) != 0) return fail(in);
    const Bytes bytes = in.take(2 + size);
    if (!in.ok()) return;
    Text text;
    put_address(text, bytes.subspan(2));
    in.computed(field, text.view());
}
/// Encoded groups and sources: family, encoding, flags, mask length, address. Writes the address and its length; 0 to
/// `highest` are the encodings that are understood. Returns the bytes, none where they cannot be read.
Bytes take_masked(FieldReader& in, std::uint8_t highest, Text& text) {
    const std::size_t size = address_size(in.peek());
    if (size == 0 || in.peek(1) > highest) {
        fail(in);
        return {};
    }
    const Bytes bytes = in.take(4 + size);
    if (!in.ok()) return {};
    put_address(text, bytes.subspan(4));
    text.put('/');
    text.number(bytes[3]);
    return bytes;
}
void visit_group(FieldReader& in) {
    Text text;
    const Bytes bytes = take_masked(in, 0, text);
    if (bytes.empty()) return;
    if ((bytes[2] & 0x80U) != 0) text.put(" bidirectional");
    if ((bytes[2] & 0x01U) != 0) text.put(" zone");
    in.computed(group_address, text.view());
}
/// With tshark's letters: sparse, wildcard, rendezvous point tree.
void visit_source(FieldReader& in, unsigned field) {
    constexpr std::array<Named, 3> letters{{{4, "S"}, {2, "W"}, {1, "R"}}};
    Text text;
    const Bytes bytes = take_masked(in, 1, text);
    if (bytes.empty()) return;
    if ((bytes[2] & 7U) != 0) {
        text.put(" (");
        put_flags(text, letters, bytes[2], "");
        text.put(')');
    }
    in.computed(field, text.view());
    // RFC 5384: attributes behind the address, the last one marked; a length after the type.
    if (bytes[1] != 1) return;
    for (bool last = false; !last && in.more();) {
        last = (in.peek() & 0x40U) != 0;
        in.skip(std::size_t{2} + in.peek(1));
    }
}

void visit_option(FieldReader& in) {
    const std::uint16_t code = in.u16(option_type, options);
    in.u16(option_length);
    switch (code) {
        case 1:
            in.u16(hold_time);
            break;
        case 2: {
            const std::uint16_t delay = in.u16();
            in.part(tracking, delay >> 15U);
            in.part(propagation_delay, delay & 0x7fffU);
            in.u16(override_interval);
            break;
        }
        case 19:
            in.u32(designated_priority);
            break;
        case 20:
            in.u32(generation);
            break;
        case 21:
            in.skip(1);  // version
            in.u8(refresh_interval);
            in.skip(2);
            break;
        case 24:
        case 65001:
            while (in.more()) visit_unicast(in, secondary);
            break;
        default:
            break;
    }
    in.tail(option_value);
}

/// A group with its sources, as its own counts have it; sources with attributes need what is left.
std::size_t group_length(const FieldReader& in) {
    const std::size_t size = 4 + address_size(in.peek());
    const std::size_t sources = std::size_t{in.peek16(size)} + in.peek16(size + 2);
    const bool plain = in.peek(size + 5) == 0;
    return plain ? size + 4 + sources * size : in.remaining();
}

/// Also graft and graft acknowledgement: the same message.
void visit_join_prune(FieldReader& in) {
    visit_unicast(in, neighbor);
    in.skip(1);
    std::uint8_t groups = in.u8(group_count);
    in.u16(hold_time);
    for (; groups != 0 && in.more(); --groups)
        in.group(group, {}, group_length(in), [](FieldReader& one) {
            visit_group(one);
            std::uint16_t joins = one.u16(join_count);
            std::uint16_t prunes = one.u16(prune_count);
            for (; joins != 0 && one.more(); --joins) visit_source(one, join);
            for (; prunes != 0 && one.more(); --prunes) visit_source(one, prune);
        });
}

void visit_bootstrap(FieldReader& in) {
    in.u16(fragment_tag);
    in.u8(hash_length);
    in.u8(bootstrap_priority);
    visit_unicast(in, bootstrap_router);
    while (in.more()) {
        visit_group(in);
        in.u8(rendezvous_count);
        std::uint8_t here = in.u8(fragment_count);
        in.skip(2);
        for (; here != 0 && in.more(); --here) {
            visit_unicast(in, rendezvous);
            in.u16(hold_time);
            in.u8(priority);
            in.skip(1);
        }
    }
}

void visit_preference(FieldReader& in) {
    const std::uint32_t word = in.u32();
    in.part(tree, word >> 31U);
    in.part(preference, word & 0x7fffffffU);
    in.u32(metric);
}

void visit_candidate(FieldReader& in) {
    std::uint8_t prefixes = in.u8(prefix_count);
    in.u8(priority);
    in.u16(hold_time);
    visit_unicast(in, rendezvous);
    for (; prefixes != 0 && in.more(); --prefixes) visit_group(in);
}

void visit_body(FieldReader& in, unsigned kind) {
    switch (kind) {
        case hello:
            while (in.remaining() >= 4)
                in.group(option, name_of(options, in.peek16()), std::size_t{4} + in.peek16(2), visit_option);
            return;
        case registration: {
            const std::uint64_t bits = in.u32();
            in.part(border, bits >> 31U);
            in.part(null_register, (bits >> 30U) & 1U);
            return;
        }
        case register_stop:
            visit_group(in);
            return visit_unicast(in, source);
        case join_prune:
        case graft:
        case graft_ack:
            return visit_join_prune(in);
        case bootstrap:
            return visit_bootstrap(in);
        case assertion:
            visit_group(in);
            visit_unicast(in, source);
            return visit_preference(in);
        case candidate:
            return visit_candidate(in);
        case state_refresh:
            visit_group(in);
            visit_unicast(in, source);
            visit_unicast(in, originator);
            return visit_preference(in);
        case election:  // RFC 5015 section 3.7: the sender's metric, and in a backoff or pass the other router's
            visit_unicast(in, rendezvous);
            in.u32(preference);
            in.u32(metric);
            if (!in.more()) return;
            visit_unicast(in, source);
            in.u32(preference);
            in.u32(metric);
            return;
        default:
            return;
    }
}

void visit_pim(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.header(layer), sink);
    const unsigned first = in.u8();
    const unsigned kind = first & 15U;
    in.part(version, first >> 4U);
    in.part(type, kind, types);
    in.skip(1);
    in.u16(checksum);
    if (first >> 4U == 2) visit_body(in, kind);
    in.tail(data);
}

}  // namespace

constexpr Dissector pim_dissector{Protocol::pim, "pim",    "Protocol Independent Multicast", pim_fields, step_pim,
                                  info_pim,      visit_pim};

}  // namespace fid::packet
