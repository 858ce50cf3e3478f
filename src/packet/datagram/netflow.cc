// SPDX-License-Identifier: MIT
// The headers of NetFlow v5, v9 (RFC 3954) and IPFIX (RFC 7011), and their sets or v5 flow records.
#include <algorithm>
#include <array>

#include "packet/datagram/family.h"
#include "packet/field_reader.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_version,
    f_count,
    f_length,
    f_uptime,
    f_seconds,
    f_nanoseconds,
    f_sequence,
    f_source,
    f_sampling,
    f_set,
    f_set_id,
    f_set_length,
    f_set_data,
    f_flow,
    f_src,
    f_dst,
    f_next_hop,
    f_packets,
    f_octets,
    f_sport,
    f_dport,
    f_tcp_flags,
    f_protocol,
    f_src6,
    f_dst6,
    f_next_hop6,
    f_first,
    f_last,
    f_input,
    f_output,
    f_src_as,
    f_dst_as,
    f_src_mask,
    f_dst_mask,
    f_tos,
    f_template,
    f_template_id,
    f_element,
    f_element_length,
    f_enterprise,
    f_value
};
constexpr std::array fields{
    FieldInfo{"netflow.version", FieldType::number, "Version"},
    FieldInfo{"netflow.count", FieldType::number, "Records"},
    FieldInfo{"netflow.length", FieldType::number, "Length"},
    FieldInfo{"netflow.uptime", FieldType::number, "System uptime (ms)"},
    FieldInfo{"netflow.seconds", FieldType::number, "Export time (s)"},
    FieldInfo{"netflow.nanoseconds", FieldType::number, "Export time (ns)"},
    FieldInfo{"netflow.sequence", FieldType::number, "Sequence number"},
    FieldInfo{"netflow.source", FieldType::number, "Source or domain"},
    FieldInfo{"netflow.sampling", FieldType::number, "Sampling"},
    FieldInfo{"netflow.set", FieldType::group, "Set"},
    FieldInfo{"netflow.set.id", FieldType::number, "Set ID"},
    FieldInfo{"netflow.set.length", FieldType::number, "Set length"},
    FieldInfo{"netflow.set.data", FieldType::bytes, "Set data"},
    FieldInfo{"netflow.flow", FieldType::group, "Flow"},
    FieldInfo{"netflow.flow.src", FieldType::ipv4, "Source"},
    FieldInfo{"netflow.flow.dst", FieldType::ipv4, "Destination"},
    FieldInfo{"netflow.flow.nexthop", FieldType::ipv4, "Next hop"},
    FieldInfo{"netflow.flow.packets", FieldType::number, "Packets"},
    FieldInfo{"netflow.flow.octets", FieldType::number, "Octets"},
    FieldInfo{"netflow.flow.sport", FieldType::number, "Source port"},
    FieldInfo{"netflow.flow.dport", FieldType::number, "Destination port"},
    FieldInfo{"netflow.flow.tcp_flags", FieldType::hex, "TCP flags"},
    FieldInfo{"netflow.flow.protocol", FieldType::number, "Protocol"},
    FieldInfo{"netflow.flow.src6", FieldType::ipv6, "Source"},
    FieldInfo{"netflow.flow.dst6", FieldType::ipv6, "Destination"},
    FieldInfo{"netflow.flow.nexthop6", FieldType::ipv6, "Next hop"},
    FieldInfo{"netflow.flow.first", FieldType::number, "First packet (ms of uptime)"},
    FieldInfo{"netflow.flow.last", FieldType::number, "Last packet (ms of uptime)"},
    FieldInfo{"netflow.flow.input", FieldType::number, "Input interface"},
    FieldInfo{"netflow.flow.output", FieldType::number, "Output interface"},
    FieldInfo{"netflow.flow.src_as", FieldType::number, "Source system"},
    FieldInfo{"netflow.flow.dst_as", FieldType::number, "Destination system"},
    FieldInfo{"netflow.flow.src_mask", FieldType::number, "Source prefix length"},
    FieldInfo{"netflow.flow.dst_mask", FieldType::number, "Destination prefix length"},
    FieldInfo{"netflow.flow.tos", FieldType::hex, "Type of service"},
    FieldInfo{"netflow.template", FieldType::group, "Template"},
    FieldInfo{"netflow.template.id", FieldType::number, "Template ID"},
    FieldInfo{"netflow.element", FieldType::number, "Element"},
    FieldInfo{"netflow.element.length", FieldType::number, "Element's length"},
    FieldInfo{"netflow.element.enterprise", FieldType::number, "Enterprise"},
    FieldInfo{"netflow.element.value", FieldType::bytes, "Value"},
};
constexpr std::size_t flow5_size = 48;

/// The information elements that have fields of their own (IANA's IPFIX registry; NetFlow v9 numbers the same ones the
/// same way). `size` is what the element must have to be read as that; 0: a number of 1 to 8 bytes.
struct Element {
    std::uint16_t number;
    std::string_view name;
    Field field = f_value;
    std::uint8_t size = 0;
};
constexpr std::array elements{
    Element{1, "octetDeltaCount", f_octets},
    Element{2, "packetDeltaCount", f_packets},
    Element{4, "protocolIdentifier", f_protocol},
    Element{5, "ipClassOfService", f_tos},
    Element{6, "tcpControlBits", f_tcp_flags},
    Element{7, "sourceTransportPort", f_sport},
    Element{8, "sourceIPv4Address", f_src, 4},
    Element{9, "sourceIPv4PrefixLength", f_src_mask},
    Element{10, "ingressInterface", f_input},
    Element{11, "destinationTransportPort", f_dport},
    Element{12, "destinationIPv4Address", f_dst, 4},
    Element{13, "destinationIPv4PrefixLength", f_dst_mask},
    Element{14, "egressInterface", f_output},
    Element{15, "ipNextHopIPv4Address", f_next_hop, 4},
    Element{16, "bgpSourceAsNumber", f_src_as},
    Element{17, "bgpDestinationAsNumber", f_dst_as},
    Element{21, "flowEndSysUpTime", f_last},
    Element{22, "flowStartSysUpTime", f_first},
    Element{27, "sourceIPv6Address", f_src6, 16},
    Element{28, "destinationIPv6Address", f_dst6, 16},
    Element{29, "sourceIPv6PrefixLength", f_src_mask},
    Element{30, "destinationIPv6PrefixLength", f_dst_mask},
    Element{62, "ipNextHopIPv6Address", f_next_hop6, 16},
    Element{85, "octetTotalCount", f_octets},
    Element{86, "packetTotalCount", f_packets},
};
const Element* find_element(std::uint16_t number) {
    const auto* const found = std::ranges::lower_bound(elements, number, {}, &Element::number);
    return found != elements.end() && found->number == number ? found : nullptr;
}

std::size_t header_size(unsigned version) { return version == 5 ? 24 : version == 9 ? 20 : version == 10 ? 16 : 0; }

Step step(Bytes bytes, Packet& packet, std::size_t) {
    Cursor at(bytes);
    const unsigned version = at.u16();
    const unsigned second = at.u16();
    if (!at.ok()) return too_short(bytes, packet);
    const std::size_t least = header_size(version);
    if (least == 0) return {.refused = true};
    if (bytes.size() < least) return too_short(bytes, packet);
    const std::size_t wanted = version == 5 ? least + second * flow5_size : version == 10 ? second : least;
    if (version == 10 && second < least) return {.refused = true};
    return whole_message(bytes, packet, wanted > bytes.size());
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    Cursor at(packet.bytes(layer));
    const unsigned version = at.u16();
    const unsigned count = at.u16();
    if (version == 10)
        out.put("IPFIX");
    else {
        out.put("NetFlow v");
        out.number(version);
        out.put(", ");
        out.number(count);
        out.put(version == 5 ? " recs" : " records");
    }
    out.put(", length ");
    out.number(layer.length);
}

void visit_flow(FieldReader& at) {
    at.bytes(f_src, 4);
    at.bytes(f_dst, 4);
    at.bytes(f_next_hop, 4);
    at.skip(4);
    at.u32(f_packets);
    at.u32(f_octets);
    at.skip(8);
    at.u16(f_sport);
    at.u16(f_dport);
    at.skip(1);
    at.u8(f_tcp_flags);
    at.u8(f_protocol);
}

constexpr std::uint16_t variable_length = 65535;  // RFC 7011 section 7: the record says it itself
constexpr unsigned enterprise_bit = 0x8000;

/// A template of this packet: its element specifiers as they stand on the wire.
struct Template {
    std::uint16_t id = 0;
    Bytes specifiers;
};
/// Only what the packet itself brings along is known; a few, as exporters send a few at a time.
struct Templates {
    std::array<Template, 16> known;
    std::size_t count = 0;
    bool ipfix = false;  ///< enterprise numbers and variable lengths are IPFIX's
};

struct Specifier {
    std::uint16_t element = 0, length = 0;
    bool enterprise = false;
};
Specifier next_specifier(Cursor& in, bool ipfix) {
    Specifier one{.element = in.u16(), .length = in.u16()};
    one.enterprise = ipfix && (one.element & enterprise_bit) != 0;
    if (one.enterprise) in.skip(4);
    return one;
}

/// Reports the specifiers; false where the template is of no use: cut, or with elements of no bytes, which would let a
/// few bytes stand for any number of records.
bool visit_specifiers(FieldReader& in, std::size_t count, bool ipfix) {
    bool useful = count != 0;
    for (; count != 0 && in.remaining() >= 4; --count) {
        const std::uint16_t number = in.u16();
        const bool enterprise = ipfix && (number & enterprise_bit) != 0;
        const Element* known = enterprise ? nullptr : find_element(number);
        in.part(f_element, enterprise ? number & ~enterprise_bit : number, known == nullptr ? "" : known->name);
        useful = in.u16(f_element_length) != 0 && useful;
        if (enterprise) in.u32(f_enterprise);
    }
    return useful && count == 0 && in.ok();
}

void visit_templates(FieldReader& set, Templates& templates) {
    while (set.remaining() >= 4) {
        const std::uint16_t id = set.peek16();
        // The padding behind the last template is zeros; no template has a number that low.
        if (id < 256) return;
        Cursor ahead(set.rest());
        ahead.skip(2);
        const std::size_t count = ahead.u16();
        const Bytes specifiers = ahead.rest();
        for (std::size_t i = 0; i < count && ahead.ok(); ++i) next_specifier(ahead, templates.ipfix);
        if (!ahead.ok()) return;
        set.group(f_template, {}, ahead.offset(), [&](FieldReader& one) {
            one.u16(f_template_id);
            one.u16(f_count);
            if (!visit_specifiers(one, count, templates.ipfix)) return;
            auto* const end = templates.known.begin() + templates.count;
            auto* const place = std::ranges::find(templates.known.begin(), end, id, &Template::id);
            if (place == templates.known.end()) return;
            if (place == end) ++templates.count;
            *place = {id, specifiers.first(ahead.offset() - 4)};
        });
    }
}

void visit_element(FieldReader& in, const Specifier& one, std::size_t size) {
    const Element* known = one.enterprise ? nullptr : find_element(one.element);
    if (known != nullptr && known->size == 0 && size >= 1 && size <= 8)
        in.number(known->field, size);
    else if (known != nullptr && known->size == size)
        in.bytes(known->field, size);
    else
        in.bytes(f_value, size, known == nullptr ? "" : known->name);
}

/// The bytes of an element of the record at `in`.
std::size_t element_size(Cursor& in, const Specifier& one, bool ipfix) {
    if (!ipfix || one.length != variable_length) return one.length;
    const std::size_t size = in.u8();
    return size == 255 ? in.u16() : size;
}

/// The bytes of the record that begins these; 0 where they end first: what is left is padding.
std::size_t record_size(Bytes bytes, Bytes specifiers, bool ipfix) {
    Cursor in(bytes);
    for (Cursor wanted(specifiers); wanted.remaining() != 0 && in.ok();)
        in.skip(element_size(in, next_specifier(wanted, ipfix), ipfix));
    return in.ok() ? in.offset() : 0;
}

void visit_record(FieldReader& in, Bytes specifiers, bool ipfix) {
    for (Cursor wanted(specifiers); wanted.remaining() != 0;) {
        const Specifier one = next_specifier(wanted, ipfix);
        Cursor ahead(in.rest());
        const std::size_t size = element_size(ahead, one, ipfix);
        in.skip(ahead.offset());
        visit_element(in, one, size);
    }
}

void visit_data(FieldReader& set, std::uint16_t id, const Templates& templates) {
    const auto* const end = templates.known.begin() + templates.count;
    const auto* const known = std::ranges::find(templates.known.begin(), end, id, &Template::id);
    if (known == end) return;
    while (const std::size_t size = record_size(set.rest(), known->specifiers, templates.ipfix))
        set.group(f_flow, {}, size, [&](FieldReader& one) { visit_record(one, known->specifiers, templates.ipfix); });
}

void visit_sets(FieldReader& at, unsigned version) {
    Templates templates{.known = {}, .ipfix = version == 10};
    while (at.remaining() >= 4) {
        const std::size_t length = at.peek16(2);
        if (length < 4 || length > at.remaining()) return;
        const std::uint16_t id = at.peek16();
        const unsigned first = version == 9 ? 0 : 2;
        const std::string_view name = id == first       ? "templates"
                                      : id == first + 1 ? "option templates"
                                      : id >= 256       ? "data"
                                                        : "";
        at.group(f_set, name, length, [&](FieldReader& set) {
            set.u16(f_set_id, name);
            set.u16(f_set_length);
            if (id == first) visit_templates(set, templates);
            if (id >= 256) visit_data(set, id, templates);
            set.tail(f_set_data);
        });
    }
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader at(packet.bytes(layer), sink);
    const unsigned version = at.u16(f_version);
    const std::uint64_t count = at.u16(version == 10 ? f_length : f_count);
    if (version != 10) at.u32(f_uptime);
    at.u32(f_seconds);
    if (version == 5) at.u32(f_nanoseconds);
    at.u32(f_sequence);
    if (version != 5) {
        at.u32(f_source);
        return visit_sets(at, version);
    }
    at.u16(f_source);
    at.u16(f_sampling);
    for (std::uint64_t i = 0; i < count && at.remaining() >= flow5_size; ++i)
        at.group(f_flow, {}, flow5_size, visit_flow);
}

}  // namespace

const Dissector netflow_dissector{Protocol::netflow, "netflow", "NetFlow and IPFIX", fields, step, info, visit};

}  // namespace fid::packet
