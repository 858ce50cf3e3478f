// SPDX-License-Identifier: MIT
// IPv6 extension headers (RFC 8200 section 4): hop-by-hop and destination options, routing headers including the
// segment routing header (RFC 8754), and fragments.
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/family.h"
#include "packet/network/octets.h"

namespace fid::packet {
namespace {

/// The headers whose second byte counts 8-byte units after the first.
Step step_units(Bytes bytes, Packet&, std::size_t) {
    if (bytes.size() < 8) return {.header = bytes.size(), .truncated = true};
    const std::size_t header = (std::size_t{bytes[1]} + 1) * 8;
    if (header > bytes.size()) return {.header = bytes.size(), .truncated = true};
    return {.header = header, .next = by_ip_protocol(bytes[0])};
}

/// The upper layer writes our word (write_extension_words); where there is none we do.
void info_extension(const Packet& packet, const Layer& layer, Text& out) {
    const Layer* inner = packet.inner(layer);
    if (inner != nullptr && inner->protocol != Protocol::data) return;
    write_extension_words(packet, layer, out);
    write_extension_word(packet, layer, out);
    const Bytes header = packet.header(layer);
    if (layer.truncated || header.empty()) {
        out.put("[|");
        out.put(dissector(layer.protocol).name);
        return out.put(']');
    }
    const bool later_fragment = layer.protocol == Protocol::ip6_fragment && (be16(header, 2) & 0xfff8U) != 0;
    if (later_fragment) return out.truncate(out.size() - 1);
    if (header[0] == 59) return out.put("no next header");
    out.put("ip-proto-");
    out.number(header[0]);
    out.put(' ');
    const std::size_t claimed = claimed_length(packet, layer);
    out.number(claimed > layer.header ? claimed - layer.header : 0);
}

std::string_view option_name(std::uint8_t type) {
    switch (type) {
        case 0x00:
            return "Pad1";
        case 0x01:
            return "PadN";
        case 0x04:
            return "tunnel encapsulation limit";
        case 0x05:
            return "router alert";
        case 0x07:
            return "CALIPSO";
        case 0x1e:
            return "experimental";
        case 0x26:
            return "quick-start";
        case 0x31:
            return "IOAM";
        case 0x63:
            return "RPL";
        case 0x8b:
            return "ILNP nonce";
        case 0xc2:
            return "jumbo payload";
        case 0xc9:
            return "home address";
        default:
            return "unknown";
    }
}

enum OptionsField : unsigned { o_nxt, o_len, o_option, o_type, o_option_len, o_value };

void visit_options(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    reader.u8(o_nxt, ip_protocol_name(reader.peek()));
    reader.u8(o_len);
    while (reader.more()) {
        const std::uint8_t type = reader.peek();
        const std::size_t length = type == 0 ? 1 : std::size_t{reader.peek(1)} + 2;
        if (length > reader.remaining()) return;
        reader.group(o_option, option_name(type), length, [&](FieldReader& one) {
            one.u8(o_type, option_name(type));
            if (type != 0) one.u8(o_option_len);
            one.tail(o_value);
        });
    }
}

constexpr std::array hop_fields{
    FieldInfo{"ip6_hop.nxt", FieldType::number, "Next header"},
    FieldInfo{"ip6_hop.len", FieldType::number, "Length in 8-byte units"},
    FieldInfo{"ip6_hop.option", FieldType::group, "Option"},
    FieldInfo{"ip6_hop.option.type", FieldType::hex, "Type"},
    FieldInfo{"ip6_hop.option.len", FieldType::number, "Length"},
    FieldInfo{"ip6_hop.option.value", FieldType::bytes, "Value"},
};
constexpr std::array destination_fields{
    FieldInfo{"ip6_destination.nxt", FieldType::number, "Next header"},
    FieldInfo{"ip6_destination.len", FieldType::number, "Length in 8-byte units"},
    FieldInfo{"ip6_destination.option", FieldType::group, "Option"},
    FieldInfo{"ip6_destination.option.type", FieldType::hex, "Type"},
    FieldInfo{"ip6_destination.option.len", FieldType::number, "Length"},
    FieldInfo{"ip6_destination.option.value", FieldType::bytes, "Value"},
};

enum RouteField : unsigned { r_nxt, r_len, r_type, r_left, r_last, r_flags, r_tag, r_address, r_data };
constexpr std::array route_fields{
    FieldInfo{"ip6_route.nxt", FieldType::number, "Next header"},
    FieldInfo{"ip6_route.len", FieldType::number, "Length in 8-byte units"},
    FieldInfo{"ip6_route.type", FieldType::number, "Routing type"},
    FieldInfo{"ip6_route.segleft", FieldType::number, "Segments left"},
    FieldInfo{"ip6_route.last", FieldType::number, "Last entry"},
    FieldInfo{"ip6_route.flags", FieldType::hex, "Flags"},
    FieldInfo{"ip6_route.tag", FieldType::hex, "Tag"},
    FieldInfo{"ip6_route.address", FieldType::ipv6, "Segment"},
    FieldInfo{"ip6_route.data", FieldType::bytes, "Data"},
};

std::string_view route_type(std::uint8_t type) {
    switch (type) {
        case 0:
            return "source route";
        case 2:
            return "mobile IPv6";
        case 3:
            return "RPL source route";
        case 4:
            return "segment routing";
        default:
            return {};
    }
}

void visit_route(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    reader.u8(r_nxt, ip_protocol_name(reader.peek()));
    reader.u8(r_len);
    const std::uint8_t type = reader.peek();
    reader.u8(r_type, route_type(type));
    reader.u8(r_left);
    std::size_t segments = 0;
    if (type == 4) {
        segments = std::size_t{reader.peek()} + 1;
        reader.u8(r_last);
        reader.u8(r_flags);
        reader.u16(r_tag);
    } else if (type == 0 || type == 2) {
        reader.skip(4);
        segments = reader.remaining() / 16;
    }
    for (; segments != 0 && reader.remaining() >= 16; --segments) reader.bytes(r_address, 16);
    reader.tail(r_data);
}

enum FragmentField : unsigned { f_nxt, f_offset, f_more, f_id };
constexpr std::array fragment_fields{
    FieldInfo{"ip6_fragment.nxt", FieldType::number, "Next header"},
    FieldInfo{"ip6_fragment.offset", FieldType::number, "Fragment offset"},
    FieldInfo{"ip6_fragment.more", FieldType::flag, "More fragments"},
    FieldInfo{"ip6_fragment.id", FieldType::hex, "Identification"},
};

Step step_fragment(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.size() < 8) return {.header = bytes.size(), .truncated = true};
    const std::uint16_t word = be16(bytes, 2);
    // An atomic fragment (RFC 6946) is the whole packet.
    if ((word & 0xfff9U) != 0) packet.fragment = true;
    return {.header = 8, .next = (word & 0xfff8U) != 0 ? Protocol::data : by_ip_protocol(bytes[0])};
}

void visit_fragment(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    reader.u8(f_nxt, ip_protocol_name(reader.peek()));
    reader.skip(1);
    const std::uint64_t word = reader.u16();
    reader.part(f_offset, word & 0xfff8U);
    reader.part(f_more, word & 1U);
    reader.u32(f_id);
}

}  // namespace

const Dissector ip6_hop_dissector{Protocol::ip6_hop, "ip6_hop",    "IPv6 Hop-by-Hop Options", hop_fields, step_units,
                                  info_extension,    visit_options};
const Dissector ip6_destination_dissector{Protocol::ip6_destination,
                                          "ip6_destination",
                                          "IPv6 Destination Options",
                                          destination_fields,
                                          step_units,
                                          info_extension,
                                          visit_options};
const Dissector ip6_route_dissector{Protocol::ip6_route, "ip6_route", "IPv6 Routing Header", route_fields, step_units,
                                    info_extension,      visit_route};
const Dissector ip6_fragment_dissector{Protocol::ip6_fragment, "ip6_fragment", "IPv6 Fragment Header", fragment_fields,
                                       step_fragment,          info_extension, visit_fragment};

}  // namespace fid::packet
