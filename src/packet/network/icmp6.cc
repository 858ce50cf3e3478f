// SPDX-License-Identifier: MIT
// ICMPv6 (RFC 4443), neighbour discovery (RFC 4861) and multicast listener discovery (RFC 2710, 3810).
#include <algorithm>
#include <array>

#include "packet/names.h"
#include "packet/network/enclosing.h"
#include "packet/network/family.h"
#include "packet/network/group_records.h"
#include "packet/network/icmp6_error.h"
#include "packet/network/neighbor.h"
#include "packet/network/node_info.h"
#include "packet/network/octets.h"
#include "packet/put.h"
#include "packet/verbose.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    type,
    code,
    checksum,
    id,
    seq,
    mtu,
    pointer,
    hop_limit,
    managed,
    other,
    router_lifetime,
    reachable,
    retransmit,
    router,
    solicited,
    override_,
    target,
    destination,
    delay,
    group_address,
    source,
    record,
    record_type,
    original,
    original_nxt,
    original_src,
    original_dst,
    original_sport,
    original_dport,
    info_query,
    info_flags,
    info_nonce,
    info_name,
    info_address,
    info_address4,
    info_lifetime,
    option,
    option_type,
    option_len,
    option_link_address,
    option_prefix_length,
    option_on_link,
    option_autonomous,
    option_valid,
    option_preferred,
    option_prefix,
    option_mtu,
    option_lifetime,
    option_server,
    option_search,
    option_value,
    data
};
constexpr std::array fields{
    FieldInfo{"icmp6.type", FieldType::number, "Type"},
    FieldInfo{"icmp6.code", FieldType::number, "Code"},
    FieldInfo{"icmp6.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"icmp6.id", FieldType::number, "Identifier"},
    FieldInfo{"icmp6.seq", FieldType::number, "Sequence number"},
    FieldInfo{"icmp6.mtu", FieldType::number, "MTU"},
    FieldInfo{"icmp6.pointer", FieldType::number, "Pointer"},
    FieldInfo{"icmp6.nd.hlim", FieldType::number, "Hop limit"},
    FieldInfo{"icmp6.nd.managed", FieldType::flag, "Managed addresses"},
    FieldInfo{"icmp6.nd.other", FieldType::flag, "Other configuration"},
    FieldInfo{"icmp6.nd.lifetime", FieldType::number, "Router lifetime (s)"},
    FieldInfo{"icmp6.nd.reachable", FieldType::number, "Reachable time (ms)"},
    FieldInfo{"icmp6.nd.retransmit", FieldType::number, "Retransmission timer (ms)"},
    FieldInfo{"icmp6.nd.router", FieldType::flag, "Is a router"},
    FieldInfo{"icmp6.nd.solicited", FieldType::flag, "Solicited"},
    FieldInfo{"icmp6.nd.override", FieldType::flag, "Override"},
    FieldInfo{"icmp6.nd.target", FieldType::ipv6, "Target address"},
    FieldInfo{"icmp6.nd.destination", FieldType::ipv6, "Destination address"},
    FieldInfo{"icmp6.mld.delay", FieldType::number, "Maximum response code"},
    FieldInfo{"icmp6.mld.address", FieldType::ipv6, "Multicast address"},
    FieldInfo{"icmp6.mld.source", FieldType::ipv6, "Source address"},
    FieldInfo{"icmp6.mld.record", FieldType::group, "Group record"},
    FieldInfo{"icmp6.mld.record.type", FieldType::number, "Record type"},
    FieldInfo{"icmp6.original", FieldType::group, "Original packet"},
    FieldInfo{"icmp6.original.nxt", FieldType::number, "Next header"},
    FieldInfo{"icmp6.original.src", FieldType::ipv6, "Source address"},
    FieldInfo{"icmp6.original.dst", FieldType::ipv6, "Destination address"},
    FieldInfo{"icmp6.original.sport", FieldType::number, "Source port"},
    FieldInfo{"icmp6.original.dport", FieldType::number, "Destination port"},
    FieldInfo{"icmp6.ni.qtype", FieldType::number, "Query type"},
    FieldInfo{"icmp6.ni.flags", FieldType::hex, "Flags"},
    FieldInfo{"icmp6.ni.nonce", FieldType::bytes, "Nonce"},
    FieldInfo{"icmp6.ni.name", FieldType::text, "Name"},
    FieldInfo{"icmp6.ni.ipv6", FieldType::ipv6, "Address"},
    FieldInfo{"icmp6.ni.ipv4", FieldType::ipv4, "Address"},
    FieldInfo{"icmp6.ni.ttl", FieldType::number, "Lifetime (s)"},
    FieldInfo{"icmp6.option", FieldType::group, "Option"},
    FieldInfo{"icmp6.option.type", FieldType::number, "Type"},
    FieldInfo{"icmp6.option.len", FieldType::number, "Length in 8-byte units"},
    FieldInfo{"icmp6.option.link_address", FieldType::mac, "Link-layer address"},
    FieldInfo{"icmp6.option.prefix_length", FieldType::number, "Prefix length"},
    FieldInfo{"icmp6.option.on_link", FieldType::flag, "On link"},
    FieldInfo{"icmp6.option.autonomous", FieldType::flag, "Autonomous configuration"},
    FieldInfo{"icmp6.option.valid", FieldType::number, "Valid lifetime (s)"},
    FieldInfo{"icmp6.option.preferred", FieldType::number, "Preferred lifetime (s)"},
    FieldInfo{"icmp6.option.prefix", FieldType::ipv6, "Prefix"},
    FieldInfo{"icmp6.option.mtu", FieldType::number, "MTU"},
    FieldInfo{"icmp6.option.lifetime", FieldType::number, "Lifetime (s)"},
    FieldInfo{"icmp6.option.server", FieldType::ipv6, "DNS server"},
    FieldInfo{"icmp6.option.search", FieldType::text, "DNS search domain"},
    FieldInfo{"icmp6.option.value", FieldType::bytes, "Value"},
    FieldInfo{"icmp6.data", FieldType::bytes, "Data"},
};
constexpr NeighborFields neighbor_fields{
    option,         option_type,       option_len,    option_link_address, option_prefix_length,
    option_on_link, option_autonomous, option_valid,  option_preferred,    option_prefix,
    option_mtu,     option_lifetime,   option_server, option_search,       option_value};
constexpr NodeInfoFields info_fields{info_query,   info_flags,    info_nonce,   info_name,
                                     info_address, info_address4, info_lifetime};

Step step(Bytes bytes, Packet&, std::size_t) { return {.header = bytes.size(), .truncated = bytes.size() < 4}; }

std::string_view type_name(std::uint8_t value) {
    switch (value) {
        case 1:
            return "destination unreachable";
        case 2:
            return "packet too big";
        case 3:
            return "time exceeded in-transit";
        case 4:
            return "parameter problem";
        case 128:
            return "echo request";
        case 129:
            return "echo reply";
        case 130:
            return "multicast listener query";
        case 131:
            return "multicast listener report";
        case 132:
            return "multicast listener done";
        case 133:
            return "router solicitation";
        case 134:
            return "router advertisement";
        case 135:
            return "neighbor solicitation";
        case 136:
            return "neighbor advertisement";
        case 137:
            return "redirect";
        case 138:
            return "router renumbering";
        case 139:
            return "who-are-you request";
        case 140:
            return "who-are-you reply";
        case 141:
            return "inverse neighbor solicitation";
        case 142:
            return "inverse neighbor advertisement";
        case 143:
            return "multicast listener report v2";
        case 144:
            return "dhaad request";
        case 145:
            return "dhaad reply";
        case 146:
            return "mobile router solicitation";
        case 147:
            return "mobile router advertisement";
        case 155:
            return "RPL";
        default:
            return {};
    }
}

/// Sixteen bytes are the least; fewer are the older request that asked for nothing in particular.
void write_node_info(Bytes message, std::size_t claimed, Text& out) {
    if (message.size() < 16) return out.put(claimed < 16 ? " who-are-you request" : "");
    IgnoreFields ignore;
    FieldReader in(message, ignore);
    in.skip(4);
    read_node_info(in, message[0] == 140, message[1], info_fields, out);
}

void write_address_at(std::string_view words, Bytes message, std::size_t at, Text& out) {
    if (message.size() < at + 16) return;
    out.put(words);
    put_address(out, message.subspan(at, 16));
}

/// -v of a listener query: what the querier asks and how often (RFC 3810 section 5.1.7 to 5.1.9).
void write_querier(Bytes message, Text& out) {
    const unsigned flags = message[24];
    const unsigned code = message[25];
    if ((flags & 8U) != 0) out.put(" sflag");
    if ((flags & 7U) != 0) {
        out.put(" robustness=");
        out.number(flags & 7U);
    }
    out.put(" qqi=");
    out.number(code < 128 ? code : ((code & 0x0fU) | 0x10U) << (((code & 0x70U) >> 4U) + 3));
}

void write_listener(Bytes message, std::size_t claimed, std::uint8_t verbosity, Text& out) {
    if (message[0] == 143) {
        out.put(", ");
        out.number(be16(message, 6));
        out.put(" group record(s)");
        if (verbosity != 0)
            write_group_records(message, {.address_bytes = 16, .unknown_kind = "v2-report-#"}, verbosity > 1, out);
        return;
    }
    if (message[0] == 130 && claimed >= 28) {
        if (message.size() < 28) return;
        const unsigned code = be16(message, 4);
        const unsigned delay = code < 32768 ? code : ((code & 0x0fffU) | 0x1000U) << (((code & 0x7000U) >> 12U) + 3);
        out.put(" v2 [max resp delay=");
        out.number(delay);
        out.put(']');
        const bool general = std::ranges::all_of(message.subspan(8, 16), [](std::uint8_t byte) { return byte == 0; });
        if (general && verbosity == 0) return;
        write_address_at(" [gaddr ", message, 8, out);
        if (verbosity != 0) write_querier(message, out);
        if (be16(message, 26) != 0) {
            out.put(", ");
            out.number(be16(message, 26));
            out.put(" source(s)");
        }
        return out.put(']');
    }
    out.put("max resp delay: ");
    out.number(be16(message, 4));
    write_address_at(" addr: ", message, 8, out);
}

/// Behind the name of the message's type.
void write_body(Bytes message, std::size_t claimed, std::uint8_t verbosity, Text& out) {
    constexpr std::array<Named, 3> advertisement{{{0x80, "router"}, {0x40, "solicited"}, {0x20, "override"}}};
    std::size_t options = 0;  // offset of the neighbour discovery options, 0 where there are none
    switch (message[0]) {
        case 1:
        case 2:
        case 3:
        case 4:
            return write_icmp6_error(message, out);
        case 139:
        case 140:
            return write_node_info(message, claimed, out);
        case 128:
        case 129:
            out.put(", id ");
            out.number(be16(message, 4));
            out.put(", seq ");
            return out.number(be16(message, 6));
        case 130:
        case 131:
        case 132:
        case 143:
            return write_listener(message, claimed, verbosity, out);
        case 133:
            options = 8;
            break;
        case 134:
            if (verbosity != 0) write_router_advertisement(message, out);
            return;
        case 135:
            write_address_at(", who has ", message, 8, out);
            options = 24;
            break;
        case 136:
            write_address_at(", tgt is ", message, 8, out);
            options = 24;
            if (verbosity == 0) break;
            out.put(", Flags [");
            put_flags(out, advertisement, message[4]);
            out.put(']');
            break;
        case 137:
            write_address_at(", ", message, 24, out);
            write_address_at(" to ", message, 8, out);
            options = 40;
            break;
        default:
            return;
    }
    if (verbosity != 0 && message.size() > options) write_neighbor_options(message.subspan(options), out);
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes message = packet.bytes(layer);
    write_extension_words(packet, layer, out);
    if (message.size() < 8) return out.put("[|icmp6]");
    const std::size_t claimed = claimed_length(packet, layer);
    const bool verbose = packet.verbosity != 0;
    if (verbose) write_checksum_note(verify_checksum(packet, layer, claimed, 58, 2), "icmp6", out);
    out.put("ICMP6, ");
    const std::string_view name = type_name(message[0]);
    if (name.empty()) {
        out.put("unknown icmp6 type (");
        out.number(message[0]);
        out.put(')');
    } else {
        out.put(name);
    }
    // Verbose, the length stands where options follow and nowhere else.
    const auto write_length = [&] {
        out.put(", length ");
        out.number(claimed);
    };
    if (verbose && ((message[0] >= 133 && message[0] <= 137) || name.empty())) write_length();
    write_body(message, claimed, packet.verbosity, out);
    if (!verbose) write_length();
}

void visit_original(Bytes message, FieldSink& sink) {
    const QuotedPacket about(message);
    if (!about.valid) return;
    Text summary;
    summary.put("IP6 ");
    put_address(summary, about.from());
    summary.put(" > ");
    put_address(summary, about.to());
    sink.open(original, summary.view(), 8, about.bytes.size());
    sink.number(original_nxt, about.protocol, 8 + 6, 1, ip_protocol_name(about.protocol));
    sink.bytes(original_src, about.from(), 8 + 8);
    sink.bytes(original_dst, about.to(), 8 + 24);
    if (about.ports != 0) {
        sink.number(original_sport, be16(about.bytes, about.ports), 8 + about.ports, 2);
        sink.number(original_dport, be16(about.bytes, about.ports + 2), 8 + about.ports + 2, 2);
    }
    sink.close();
}

void visit_router_advertisement(FieldReader& reader) {
    reader.u8(hop_limit);
    const std::uint64_t flags = reader.u8();
    reader.part(managed, flags >> 7U);
    reader.part(other, (flags >> 6U) & 1U);
    reader.u16(router_lifetime);
    reader.u32(reachable);
    reader.u32(retransmit);
}

void visit_reports(FieldReader& reader) {
    constexpr std::array<std::string_view, 7> kinds{"", "is in", "is exclude", "to in", "to exclude", "allow", "block"};
    reader.skip(2);
    std::size_t records = reader.u16();
    for (; records != 0 && reader.remaining() >= 20; --records) {
        const std::uint8_t kind = reader.peek();
        const std::size_t auxiliary = std::size_t{reader.peek(1)} * 4;
        const std::size_t sources = reader.peek16(2);
        const std::string_view name = name_of(kinds, kind);
        const std::size_t length = 20 + sources * 16 + auxiliary;
        reader.group(record, name, length, [&](FieldReader& one) {
            one.u8(record_type, name);
            one.skip(3);
            one.bytes(group_address, 16);
            for (std::size_t left = sources; left != 0 && one.remaining() >= 16; --left) one.bytes(source, 16);
        });
    }
}

void visit_listener(FieldReader& reader) {
    reader.u16(delay);
    reader.skip(2);
    reader.bytes(group_address, 16);
    if (reader.remaining() < 4) return;
    reader.skip(4);  // flags, querier's interval, number of sources
    while (reader.remaining() >= 16) reader.bytes(source, 16);
}

void visit_body(std::uint8_t kind, std::uint8_t reason, FieldReader& reader) {
    switch (kind) {
        case 2:
            return static_cast<void>(reader.u32(mtu));
        case 4:
            return static_cast<void>(reader.u32(pointer));
        case 128:
        case 129:
            reader.u16(id);
            reader.u16(seq);
            return;
        case 130:
        case 131:
        case 132:
            return visit_listener(reader);
        case 143:
            return visit_reports(reader);
        case 134:
            return visit_router_advertisement(reader);
        case 136: {
            const std::uint64_t flags = reader.u32();
            reader.part(router, flags >> 31U);
            reader.part(solicited, (flags >> 30U) & 1U);
            reader.part(override_, (flags >> 29U) & 1U);
            reader.bytes(target, 16);
            return;
        }
        case 139:
        case 140: {
            Text words;
            return read_node_info(reader, kind == 140, reason, info_fields, words);
        }
        case 135:
        case 137:
            reader.skip(4);
            reader.bytes(target, 16);
            if (kind == 137) reader.bytes(destination, 16);
            return;
        default:
            return reader.skip(4);
    }
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes message = packet.bytes(layer);
    FieldReader reader(message, sink);
    const std::uint8_t kind = reader.peek();
    reader.u8(type, type_name(kind));
    const std::uint8_t reason = reader.u8(code);
    reader.u16(checksum, checksum_verdict(packet, layer, claimed_length(packet, layer), 58));
    visit_body(kind, reason, reader);
    if (!reader.ok()) return;
    if (kind >= 133 && kind <= 137)
        visit_neighbor_options(reader, neighbor_fields);
    else if (kind >= 1 && kind <= 4)
        visit_original(message, sink);
    else
        reader.tail(data);
}

}  // namespace

const Dissector icmp6_dissector{
    Protocol::icmp6, "icmp6", "Internet Control Message Protocol for IPv6", fields, step, info, visit};

}  // namespace fid::packet
