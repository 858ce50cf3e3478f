// SPDX-License-Identifier: MIT
// BGP-4 (RFC 4271): the messages of a segment, an UPDATE's prefixes and main attributes, IPv6 ones by RFC 4760.
#include <array>

#include "packet/field_reader.h"
#include "packet/put.h"
#include "packet/routing/dissectors.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 5> types{
    {{1, "Open"}, {2, "Update"}, {3, "Notification"}, {4, "Keepalive"}, {5, "Route Refresh"}}};
constexpr std::array<Named, 17> attribute_names{{{1, "Origin"},
                                                 {2, "AS Path"},
                                                 {3, "Next Hop"},
                                                 {4, "Multi Exit Discriminator"},
                                                 {5, "Local Preference"},
                                                 {6, "Atomic Aggregate"},
                                                 {7, "Aggregator"},
                                                 {8, "Community"},
                                                 {9, "Originator ID"},
                                                 {10, "Cluster List"},
                                                 {14, "Multi-Protocol Reach NLRI"},
                                                 {15, "Multi-Protocol Unreach NLRI"},
                                                 {16, "Extended Community"},
                                                 {17, "AS4 Path"},
                                                 {18, "AS4 Aggregator"},
                                                 {26, "AIGP"},
                                                 {32, "Large Community"}}};
constexpr std::array<Named, 3> origins{{{0, "IGP"}, {1, "EGP"}, {2, "Incomplete"}}};
constexpr std::array<Named, 7> errors{{{1, "Message Header Error"},
                                       {2, "OPEN Message Error"},
                                       {3, "UPDATE Message Error"},
                                       {4, "Hold timer expired"},
                                       {5, "Finite State Machine Error"},
                                       {6, "Cease"},
                                       {7, "Capability Message Error"}}};

enum Field : unsigned {
    message,
    length,
    type,
    open_version,
    open_as,
    hold_time,
    identifier,
    parameters,
    withdrawn_length,
    withdrawn,
    attributes_length,
    attribute,
    flags,
    code,
    attribute_length,
    origin,
    next_hop,
    med,
    local_pref,
    aggregator_as,
    aggregator_origin,
    community,
    originator,
    cluster,
    extended_community,
    aigp,
    large_community,
    next_hop6,
    as_path,
    reach_afi,
    reach_safi,
    value,
    nlri,
    error,
    suberror,
    data
};
constexpr std::array bgp_fields{
    FieldInfo{"bgp.message", FieldType::group, "Message"},
    FieldInfo{"bgp.length", FieldType::number, "Length"},
    FieldInfo{"bgp.type", FieldType::number, "Type"},
    FieldInfo{"bgp.open.version", FieldType::number, "Version"},
    FieldInfo{"bgp.open.myas", FieldType::number, "Autonomous system"},
    FieldInfo{"bgp.open.holdtime", FieldType::number, "Hold time (s)"},
    FieldInfo{"bgp.open.identifier", FieldType::ipv4, "Identifier"},
    FieldInfo{"bgp.open.opt", FieldType::bytes, "Optional parameters"},
    FieldInfo{"bgp.update.withdrawn_routes.length", FieldType::number, "Withdrawn routes length"},
    FieldInfo{"bgp.withdrawn_prefix", FieldType::text, "Withdrawn"},
    FieldInfo{"bgp.update.path_attributes.length", FieldType::number, "Path attributes length"},
    FieldInfo{"bgp.update.path_attribute", FieldType::group, "Attribute"},
    FieldInfo{"bgp.update.path_attribute.flags", FieldType::hex, "Flags"},
    FieldInfo{"bgp.update.path_attribute.type_code", FieldType::number, "Type"},
    FieldInfo{"bgp.update.path_attribute.length", FieldType::number, "Length"},
    FieldInfo{"bgp.update.path_attribute.origin", FieldType::number, "Origin"},
    FieldInfo{"bgp.update.path_attribute.next_hop", FieldType::ipv4, "Next hop"},
    FieldInfo{"bgp.update.path_attribute.multi_exit_disc", FieldType::number, "Multi exit discriminator"},
    FieldInfo{"bgp.update.path_attribute.local_pref", FieldType::number, "Local preference"},
    FieldInfo{"bgp.update.path_attribute.aggregator_as", FieldType::number, "Aggregator's system"},
    FieldInfo{"bgp.update.path_attribute.aggregator_origin", FieldType::ipv4, "Aggregator"},
    FieldInfo{"bgp.update.path_attribute.community", FieldType::text, "Community"},
    FieldInfo{"bgp.update.path_attribute.originator_id", FieldType::ipv4, "Originator"},
    FieldInfo{"bgp.update.path_attribute.cluster_id", FieldType::ipv4, "Cluster"},
    FieldInfo{"bgp.update.path_attribute.extended_community", FieldType::bytes, "Extended community"},
    FieldInfo{"bgp.update.path_attribute.aigp", FieldType::number, "Accumulated metric"},
    FieldInfo{"bgp.update.path_attribute.large_community", FieldType::text, "Large community"},
    FieldInfo{"bgp.update.path_attribute.next_hop_ipv6", FieldType::ipv6, "Next hop"},
    FieldInfo{"bgp.update.path_attribute.as_path", FieldType::text, "AS path"},
    FieldInfo{"bgp.update.path_attribute.afi", FieldType::number, "Address family"},
    FieldInfo{"bgp.update.path_attribute.safi", FieldType::number, "Subsequent address family"},
    FieldInfo{"bgp.update.path_attribute.value", FieldType::bytes, "Value"},
    FieldInfo{"bgp.nlri_prefix", FieldType::text, "Prefix"},
    FieldInfo{"bgp.notify.major_error", FieldType::number, "Error"},
    FieldInfo{"bgp.notify.minor_error", FieldType::number, "Subcode"},
    FieldInfo{"bgp.data", FieldType::bytes, "Data"},
};

constexpr std::size_t marker_size = 16, head_size = 19;
constexpr std::uint64_t open_type = 1, update_type = 2, notification_type = 3;
constexpr unsigned extended_length = 0x10;

bool is_marker(Bytes bytes) {
    return std::ranges::all_of(bytes.first(std::min(bytes.size(), marker_size)),
                               [](std::uint8_t byte) { return byte == 0xff; });
}

/// A segment may end inside a message, which is no fault; one that begins inside a message is not readable.
Step step_bgp(Bytes bytes, Packet&, std::size_t) {
    if (!is_marker(bytes)) return {.refused = true};
    Step step{.header = bytes.size()};
    if (bytes.size() >= head_size) {
        const std::uint16_t size = Cursor(bytes.subspan(marker_size)).u16();
        step.malformed = size < head_size || bytes[18] == 0 || bytes[18] > 5;
    }
    return step;
}

void info_message(std::uint8_t kind, Bytes body, Text& out) {
    out.put(", ");
    out.put(name_of(types, kind, "Unknown"));
    out.put(" Message (");
    out.number(kind);
    out.put(')');
    Cursor in(body);
    if (kind == open_type && body.size() >= 9) {
        in.skip(1);
        out.put(", my AS ");
        out.number(in.u16());
        out.put(", Holdtime ");
        out.number(in.u16());
        out.put("s, ID ");
        put_address(out, in.take(4));
    } else if (kind == notification_type && body.size() >= 2) {
        const std::uint8_t major = in.u8();
        out.put(", ");
        out.put(name_of(errors, major, "Unknown Error"));
        out.put(" (");
        out.number(major);
        out.put("), subcode ");
        out.number(in.u8());
    }
}

void info_bgp(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in(packet.bytes(layer));
    out.put("BGP");
    while (in.remaining() >= head_size && is_marker(in.rest())) {
        in.skip(marker_size);
        const std::uint16_t size = in.u16();
        const std::uint8_t kind = in.u8();
        if (size < head_size) return;
        info_message(kind, in.take(std::min(size - head_size, in.remaining())), out);
    }
}

/// A prefix as it travels: a length in bits and as many bytes as hold them. False where it cannot be one.
bool visit_prefix(FieldReader& in, unsigned field, Family family) {
    const unsigned bits = in.peek();
    const std::size_t size = (bits + 7U) / 8U;
    if (bits > width(family) || in.remaining() < size + 1) return false;
    std::array<std::uint8_t, 16> address{};
    for (std::size_t i = 0; i < size; ++i) address[i] = in.peek(i + 1);
    Text text;
    put_address(text, Bytes(address).first(family == Family::v4 ? 4 : 16));
    text.put('/');
    text.number(bits);
    in.take(size + 1);
    in.computed(field, text.view());
    return true;
}

void visit_prefixes(FieldReader& in, unsigned field, Family family) {
    while (in.more() && visit_prefix(in, field, family)) {
    }
    in.tail(data);
}

/// AS numbers have two bytes or four (RFC 6793); the message does not say: four if the segments then fit exactly.
bool fits(Bytes path, std::size_t width_of_as) {
    Cursor in(path);
    while (in.ok() && in.remaining() != 0) {
        in.skip(1);
        in.skip(in.u8() * width_of_as);
    }
    return in.ok();
}

void visit_as_path(FieldReader& in) {
    const Bytes path = in.rest();
    const std::size_t size = fits(path, 4) ? 4 : 2;
    Cursor segments(path);
    Text text;
    while (segments.remaining() >= 2) {
        const bool set = segments.u8() == 1;
        const std::uint8_t count = segments.u8();
        if (set) text.put(text.empty() ? "{" : " {");
        for (unsigned i = 0; i < count && segments.remaining() >= size; ++i) {
            if (i != 0 || (!set && !text.empty())) text.put(' ');
            text.number(size == 4 ? segments.u32() : segments.u16());
        }
        if (set) text.put('}');
    }
    in.take(path.size());
    in.computed(as_path, text.view());
}

/// RFC 2545: the link-local address may stand behind the global one.
void visit_next_hops(FieldReader& in, std::size_t size, bool six) {
    const std::size_t each = six ? 16 : 4;
    size = std::min(size, in.remaining());
    if (size == 0 || size % each != 0) {
        in.bytes(value, size);
        return;
    }
    for (; size != 0; size -= each) in.bytes(six ? next_hop6 : next_hop, each);
}

/// RFC 1997 and its well-known ones; RFC 8092's have three parts.
void visit_communities(FieldReader& in) {
    constexpr std::array<Named, 6> well_known{{{0xffff0000, "GRACEFUL_SHUTDOWN"},
                                               {0xffff029a, "BLACKHOLE"},
                                               {0xffffff01, "NO_EXPORT"},
                                               {0xffffff02, "NO_ADVERTISE"},
                                               {0xffffff03, "NO_EXPORT_SUBCONFED"},
                                               {0xffffff04, "NOPEER"}}};
    while (in.remaining() >= 4) {
        const std::uint32_t word = in.u32();
        Text text;
        if (const std::string_view name = name_of(well_known, word); !name.empty()) {
            text.put(name);
        } else {
            text.number(word >> 16U);
            text.put(':');
            text.number(word & 0xffffU);
        }
        in.computed(community, text.view());
    }
}
void visit_large_communities(FieldReader& in) {
    while (in.remaining() >= 12) {
        Cursor parts(in.take(12));
        Text text;
        text.number(parts.u32());
        text.put(':');
        text.number(parts.u32());
        text.put(':');
        text.number(parts.u32());
        in.computed(large_community, text.view());
    }
}

/// Multi-protocol reach (with a next hop) and unreach attributes, unicast and multicast IPv4 and IPv6.
void visit_multiprotocol(FieldReader& in, bool reach) {
    const std::uint64_t afi = in.u16(reach_afi);
    const std::uint64_t safi = in.u8(reach_safi);
    const bool plain = (afi == 1 || afi == 2) && (safi == 1 || safi == 2);
    if (reach) {
        visit_next_hops(in, in.u8(), afi == 2);
        in.skip(1);
    }
    if (plain) visit_prefixes(in, reach ? nlri : withdrawn, afi == 1 ? Family::v4 : Family::v6);
}

void visit_attribute(FieldReader& in) {
    const std::uint64_t bits = in.u8(flags);
    const std::uint64_t kind = in.u8(code, attribute_names);
    in.number(attribute_length, (bits & extended_length) != 0 ? 2 : 1);
    switch (kind) {
        case 1:
            in.u8(origin, origins);
            break;
        case 2:
        case 17:
            visit_as_path(in);
            break;
        case 3:
            in.bytes(next_hop, 4);
            break;
        case 4:
            in.u32(med);
            break;
        case 5:
            in.u32(local_pref);
            break;
        case 7:
        case 18:
            in.number(aggregator_as, in.remaining() >= 8 ? 4 : 2);
            in.bytes(aggregator_origin, 4);
            break;
        case 8:
            visit_communities(in);
            break;
        case 9:
            in.bytes(originator, 4);
            break;
        case 10:
            while (in.remaining() >= 4) in.bytes(cluster, 4);
            break;
        case 16:
            while (in.remaining() >= 8) in.bytes(extended_community, 8);
            break;
        case 26:  // RFC 7311: one TLV of type 1 and 11 bytes
            if (in.peek() != 1 || in.peek16(1) != 11) break;
            in.skip(3);
            in.u64(aigp);
            break;
        case 32:
            visit_large_communities(in);
            break;
        case 14:
        case 15:
            visit_multiprotocol(in, kind == 14);
            break;
        default:
            break;
    }
    in.tail(value);
}

void visit_attributes(FieldReader& in) {
    while (in.more()) {
        const bool extended = (in.peek() & extended_length) != 0;
        const std::size_t size = extended ? std::size_t{4} + in.peek16(2) : std::size_t{3} + in.peek(2);
        in.group(attribute, name_of(attribute_names, in.peek(1)), size, visit_attribute);
    }
}

/// The three lists of an UPDATE: withdrawn prefixes, attributes, announced prefixes.
void visit_update(FieldReader& in) {
    const auto list = [&](std::size_t size, auto body) {
        const std::size_t start = in.offset();
        FieldReader inner(in.take(std::min(size, in.remaining())), in.sink(), start);
        body(inner);
    };
    const std::uint64_t gone = in.u16(withdrawn_length);
    list(gone, [](FieldReader& inner) { visit_prefixes(inner, withdrawn, Family::v4); });
    const std::uint64_t size = in.u16(attributes_length);
    list(size, visit_attributes);
    visit_prefixes(in, nlri, Family::v4);
}

void visit_message(FieldReader& in) {
    in.skip(marker_size);
    in.u16(length);
    const std::uint64_t kind = in.u8(type, types);
    if (kind == open_type) {
        in.u8(open_version);
        in.u16(open_as);
        in.u16(hold_time);
        in.bytes(identifier, 4);
        in.skip(1);
        in.tail(parameters);
    } else if (kind == update_type) {
        visit_update(in);
    } else if (kind == notification_type) {
        in.u8(error, errors);
        in.u8(suberror);
    }
    in.tail(data);
}

void visit_bgp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    while (in.remaining() >= head_size && is_marker(in.rest())) {
        const std::size_t size = std::max<std::size_t>(in.peek16(marker_size), head_size);
        in.group(message, name_of(types, in.peek(18)), size, visit_message);
    }
    in.tail(data);
}

}  // namespace

constexpr Dissector bgp_dissector{Protocol::bgp, "bgp",    "Border Gateway Protocol", bgp_fields, step_bgp,
                                  info_bgp,      visit_bgp};

}  // namespace fid::packet
