// SPDX-License-Identifier: MIT
// IPv4 (RFC 791), with its options.
#include <algorithm>
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/family.h"
#include "packet/network/octets.h"
#include "packet/put.h"
#include "packet/verbose.h"

namespace fid::packet {
namespace {

constexpr std::size_t least = 20;

enum Field : unsigned {
    version,
    hdr_len,
    dscp,
    ecn,
    len,
    id,
    df,
    mf,
    frag_offset,
    ttl,
    proto,
    checksum,
    src,
    dst,
    option,
    option_type,
    option_len,
    option_value,
    option_address
};
constexpr std::array fields{
    FieldInfo{"ip.version", FieldType::number, "Version"},
    FieldInfo{"ip.hdr_len", FieldType::number, "Header length"},
    FieldInfo{"ip.dscp", FieldType::number, "Differentiated services code point"},
    FieldInfo{"ip.ecn", FieldType::number, "Explicit congestion notification"},
    FieldInfo{"ip.len", FieldType::number, "Total length"},
    FieldInfo{"ip.id", FieldType::hex, "Identification"},
    FieldInfo{"ip.flags.df", FieldType::flag, "Don't fragment"},
    FieldInfo{"ip.flags.mf", FieldType::flag, "More fragments"},
    FieldInfo{"ip.frag_offset", FieldType::number, "Fragment offset"},
    FieldInfo{"ip.ttl", FieldType::number, "Time to live"},
    FieldInfo{"ip.proto", FieldType::number, "Protocol"},
    FieldInfo{"ip.checksum", FieldType::hex, "Header checksum"},
    FieldInfo{"ip.src", FieldType::ipv4, "Source address"},
    FieldInfo{"ip.dst", FieldType::ipv4, "Destination address"},
    FieldInfo{"ip.option", FieldType::group, "Option"},
    FieldInfo{"ip.option.type", FieldType::number, "Type"},
    FieldInfo{"ip.option.len", FieldType::number, "Length"},
    FieldInfo{"ip.option.value", FieldType::bytes, "Value"},
    FieldInfo{"ip.option.address", FieldType::ipv4, "Address"},
};

Step step(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.empty()) return {.header = 0, .truncated = true};
    if (bytes[0] >> 4U != 4) return {.refused = true};
    if (bytes.size() < least) return {.header = bytes.size(), .truncated = true};
    if (!packet.has_addresses) {
        packet.has_addresses = true;
        packet.family = Family::v4;
        packet.source_offset = static_cast<std::uint32_t>(offset + 12);
        packet.destination_offset = static_cast<std::uint32_t>(offset + 16);
    }
    const std::size_t header = (bytes[0] & 15U) * 4U;
    if (header < least) return {.header = bytes.size(), .malformed = true};
    if (header > bytes.size()) return {.header = bytes.size(), .truncated = true};
    std::size_t total = be16(bytes, 2);
    if (total == 0) total = bytes.size();  // segmentation offload: the length was left to the card
    if (total < header) return {.header = header, .payload = 0, .malformed = true};
    const std::uint16_t fragment = be16(bytes, 6);
    Protocol next = by_ip_protocol(bytes[9]);
    if ((fragment & 0x3fffU) != 0) {
        packet.fragment = true;
        if ((fragment & 0x1fffU) != 0) next = Protocol::data;
    }
    return {.header = header, .payload = total - header, .next = next};
}

/// "RR a,b^,c": the caret marks the slot that is to be filled next.
void write_route(Bytes option, Text& out) {
    const std::size_t next = option.size() > 2 ? option[2] : 0;
    for (std::size_t at = 3; at + 4 <= option.size(); at += 4) {
        out.put(at == 3 ? ' ' : ',');
        if (next == at + 1) out.put('^');
        put_address(out, option.subspan(at, 4));
    }
}

/// The options' short names as tcpdump has them.
void write_options(Bytes options, Text& out) {
    constexpr std::array<std::pair<std::uint8_t, std::string_view>, 9> names{{{0, "EOL"},
                                                                              {1, "NOP"},
                                                                              {7, "RR"},
                                                                              {68, "timestamp"},
                                                                              {82, "traceroute"},
                                                                              {130, "security"},
                                                                              {131, "LSRR"},
                                                                              {137, "SSRR"},
                                                                              {148, "RA"}}};
    for (bool first = true; !options.empty(); first = false) {
        if (!first) out.put(',');
        const std::uint8_t type = options[0];
        const auto* const name = std::ranges::find(names, type, &std::pair<std::uint8_t, std::string_view>::first);
        if (name != names.end()) {
            out.put(name->second);
        } else {
            out.put("unknown ");
            out.number(type);
        }
        const std::size_t length = type <= 1 ? 1 : options.size() > 1 ? options[1] : 0;
        if (length == 0 || (type > 1 && length < 2) || length > options.size()) return out.put("[|ip]");
        const unsigned number = type & 0x7fU;
        if (type > 1 && (number == 7 || number == 3 || number == 9)) write_route(options.first(length), out);
        if (type == 0) return;
        options = options.subspan(length);
    }
}

/// -v: "(tos 0x0, ttl 64, id 4711, offset 0, flags [DF], proto TCP (6), length 60)", and the rest on a line of its own.
void write_header(Bytes bytes, Text& out) {
    constexpr std::array<std::string_view, 4> ecn_words{"", ",ECT(1)", ",ECT(0)", ",CE"};
    constexpr std::array<Named, 3> flags{{{0x2000, "+"}, {0x4000, "DF"}, {0x8000, "rsvd"}}};
    const auto number = [&](std::string_view words, std::size_t value) {
        out.put(words);
        out.number(value);
    };
    out.put("(tos 0x");
    out.hex(bytes[1]);
    out.put(ecn_words[bytes[1] & 3U]);
    if (bytes[8] != 0) number(", ttl ", bytes[8]);
    number(", id ", be16(bytes, 4));
    number(", offset ", (be16(bytes, 6) & 0x1fffU) * std::size_t{8});
    out.put(", flags [");
    put_flags(out, flags, be16(bytes, 6));
    out.put("], proto ");
    out.put(ip_protocol_word(bytes[9]));
    number(" (", bytes[9]);
    number("), length ", be16(bytes, 2));
    if (bytes.size() > least) {
        out.put(", options (");
        write_options(bytes.subspan(least), out);
        out.put(')');
    }
    if (const std::uint16_t left = checksum_fold(checksum_add(bytes)); left != 0) {
        const std::uint16_t found = be16(bytes, 10);
        out.put(", bad cksum ");
        out.hex(found);
        out.put(" (->");
        out.hex(static_cast<std::uint16_t>(~checksum_fold(std::uint32_t{found} + left)));
        out.put(")!");
    }
    out.put(")\n    ");
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.header(layer);
    if (bytes.size() < least || layer.truncated) return out.put("IP [|ip]");
    out.put("IP ");
    const std::size_t header = (bytes[0] & 15U) * 4U;
    const std::size_t total = be16(bytes, 2);
    if (header < least) {
        out.put("bad-hlen ");
        return out.number(header);
    }
    if (layer.malformed) {
        out.put("bad-len ");
        return out.number(total);
    }
    const bool outermost = !packet.has_addresses || packet.source_offset == layer.offset + 12;
    if (outermost && packet.wire_length >= layer.offset && total > packet.wire_length - layer.offset) {
        out.put("truncated-ip - ");
        out.number(total - (packet.wire_length - layer.offset));
        out.put(" bytes missing! ");
    }
    if (packet.verbosity != 0) write_header(bytes, out);
    write_ends(packet, layer, bytes.subspan(12, 4), bytes.subspan(16, 4), out);
    const Layer* inner = packet.inner(layer);
    const bool later_fragment = (be16(bytes, 6) & 0x1fffU) != 0;
    if (!later_fragment && inner != nullptr && inner->protocol != Protocol::data) return;
    out.put(": ");
    if (inner != nullptr) return write_unknown_upper(packet, *inner, bytes[9], !later_fragment, out);
    out.put("ip-proto-");
    out.number(bytes[9]);
    if (later_fragment) return;
    out.put(' ');
    out.number(total > header ? total - header : 0);
}

std::string_view option_name(std::uint8_t type) {
    switch (type & 0x7fU) {
        case 0:
            return "end of list";
        case 1:
            return "no operation";
        case 2:
            return "security";
        case 3:
            return "loose source route";
        case 4:
            return "timestamp";
        case 5:
            return "extended security";
        case 6:
            return "commercial security";
        case 7:
            return "record route";
        case 8:
            return "stream identifier";
        case 9:
            return "strict source route";
        case 20:
            return "router alert";
        default:
            return "unknown";
    }
}

void visit_options(FieldReader& reader) {
    while (reader.more()) {
        const std::uint8_t type = reader.peek();
        const std::string_view name = option_name(type);
        const std::size_t length = type <= 1 ? 1 : reader.peek(1);
        if ((type > 1 && length < 2) || length > reader.remaining()) return;
        reader.group(option, name, length, [&](FieldReader& one) {
            one.u8(option_type, name);
            if (type <= 1) return;
            one.u8(option_len);
            const bool route = (type & 0x7fU) == 3 || (type & 0x7fU) == 7 || (type & 0x7fU) == 9;
            if (route && one.more()) {
                one.skip(1);  // pointer
                while (one.remaining() >= 4) one.bytes(option_address, 4);
            }
            one.tail(option_value);
        });
        if (type == 0) return;
    }
}

std::string_view ecn_name(unsigned bits) {
    constexpr std::array<std::string_view, 4> names{"not ECN-capable", "ECT(1)", "ECT(0)", "congestion experienced"};
    return names[bits & 3U];
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes header = packet.header(layer);
    FieldReader reader(header, sink);
    const std::uint64_t first = reader.u8();
    reader.part(version, first >> 4U);
    reader.part(hdr_len, (first & 15U) * 4U);
    const std::uint64_t tos = reader.u8();
    reader.part(dscp, tos >> 2U);
    reader.part(ecn, tos & 3U, ecn_name(static_cast<unsigned>(tos & 3U)));
    reader.u16(len);
    reader.u16(id);
    const std::uint64_t fragment = reader.u16();
    reader.part(df, (fragment >> 14U) & 1U);
    reader.part(mf, (fragment >> 13U) & 1U);
    reader.part(frag_offset, (fragment & 0x1fffU) * 8U);
    reader.u8(ttl);
    reader.u8(proto, ip_protocol_name(reader.peek()));
    const bool whole = header.size() >= least && !layer.truncated && !layer.malformed;
    const bool right = whole && checksum_fold(checksum_add(header)) == 0;
    reader.u16(checksum, !whole ? "" : right ? "correct" : "incorrect");
    reader.bytes(src, 4);
    reader.bytes(dst, 4);
    if (whole) visit_options(reader);
}

}  // namespace

const Dissector ip_dissector{Protocol::ip, "ip", "Internet Protocol Version 4", fields, step, info, visit};

}  // namespace fid::packet
