// SPDX-License-Identifier: MIT
// The point-to-point protocol (RFC 1661), with or without HDLC framing (RFC 1662), and its control protocols.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 13> protocols{{{0x0021, "IP"},
                                           {0x0023, "OSI"},
                                           {0x002d, "VJ compressed"},
                                           {0x0057, "IP6"},
                                           {0x00fd, "Compressed"},
                                           {0x0281, "MPLS"},
                                           {0x8021, "IPCP"},
                                           {0x8057, "IP6CP"},
                                           {0x80fd, "CCP"},
                                           {0x8281, "MPLSCP"},
                                           {0xc021, "LCP"},
                                           {0xc023, "PAP"},
                                           {0xc223, "CHAP"}}};
constexpr std::array<Named, 15> control_codes{{{0, "Vendor-Extension"},
                                               {1, "Conf-Request"},
                                               {2, "Conf-Ack"},
                                               {3, "Conf-Nack"},
                                               {4, "Conf-Reject"},
                                               {5, "Term-Request"},
                                               {6, "Term-Ack"},
                                               {7, "Code-Reject"},
                                               {8, "Prot-Reject"},
                                               {9, "Echo-Request"},
                                               {10, "Echo-Reply"},
                                               {11, "Discard-Request"},
                                               {12, "Identification"},
                                               {13, "Time-Remaining"},
                                               {14, "Reset-Request"}}};
constexpr std::array<Named, 3> pap_codes{{{1, "Auth-Req"}, {2, "Auth-ACK"}, {3, "Auth-NACK"}}};
constexpr std::array<Named, 4> chap_codes{{{1, "Challenge"}, {2, "Response"}, {3, "Success"}, {4, "Fail"}}};
constexpr std::array<Named, 8> lcp_options{{{1, "MRU"},
                                            {2, "ACCM"},
                                            {3, "Auth-Prot"},
                                            {4, "Qual-Prot"},
                                            {5, "Magic-Num"},
                                            {7, "PFC"},
                                            {8, "ACFC"},
                                            {13, "Call-Back"}}};

enum Field : unsigned {
    direction,
    address,
    control,
    protocol,
    code,
    identifier,
    length,
    option,
    option_type,
    option_length,
    option_value,
    data
};
constexpr std::array ppp_fields{
    FieldInfo{"ppp.direction", FieldType::number, "Direction"},
    FieldInfo{"ppp.address", FieldType::hex, "Address"},
    FieldInfo{"ppp.control", FieldType::hex, "Control"},
    FieldInfo{"ppp.protocol", FieldType::hex, "Protocol"},
    FieldInfo{"ppp.code", FieldType::number, "Code"},
    FieldInfo{"ppp.identifier", FieldType::number, "Identifier"},
    FieldInfo{"ppp.length", FieldType::number, "Length"},
    FieldInfo{"ppp.opt", FieldType::group, "Option"},
    FieldInfo{"ppp.opt.type", FieldType::number, "Type"},
    FieldInfo{"ppp.opt.length", FieldType::number, "Length"},
    FieldInfo{"ppp.opt.value", FieldType::bytes, "Value"},
    FieldInfo{"ppp.data", FieldType::bytes, "Data"},
};

constexpr std::uint16_t link_type_with_direction = 204;

struct Header {
    std::size_t direction = 0, framing = 0, protocol = 0;  ///< sizes of its parts
    std::uint16_t number = 0;
    bool ok = false;
    [[nodiscard]] std::size_t size() const { return direction + framing + protocol; }
};

/// Address and control may be left out (ACFC), and so may the protocol's zero first byte (PFC): RFC 1661 6.5 and 6.6.
Header read_header(Bytes bytes, const Packet& packet, std::size_t offset) {
    Header header;
    Cursor in(bytes);
    if (packet.link_type == link_type_with_direction && offset == 0) header.direction = 1;
    in.skip(header.direction);
    if (in.peek() == 0xff && in.peek(1) == 0x03) header.framing = 2;
    in.skip(header.framing);
    header.protocol = (in.peek() & 1U) != 0 ? 1 : 2;
    header.number = header.protocol == 1 ? in.u8() : in.u16();
    header.ok = in.ok();
    return header;
}

/// 0x8000-0xbfff negotiate a network protocol, 0xc000-0xffff the link (RFC 1661 2): all have code, identifier and
/// length.
bool is_control(std::uint16_t number) { return (number & 0x8000U) != 0; }

Names codes_of(std::uint16_t number) {
    if (number == 0xc023) return pap_codes;
    return number == 0xc223 ? Names(chap_codes) : Names(control_codes);
}

Step step_ppp(Bytes bytes, Packet& packet, std::size_t offset) {
    const Header header = read_header(bytes, packet, offset);
    if (!header.ok) return short_header(bytes, packet, offset);
    if (!is_control(header.number)) return {.header = header.size(), .next = by_ppp_protocol(header.number)};
    if (bytes.size() < header.size() + 4) return short_header(bytes, packet, offset);
    const std::size_t length_at = header.size() + 2;
    const std::size_t claimed = (std::size_t{bytes[length_at]} << 8U) | bytes[length_at + 1];
    return {.header = std::min(bytes.size(), header.size() + std::max<std::size_t>(claimed, 4)),
            .payload = 0,
            .malformed = claimed < 4};
}

void info_ppp(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    const Header header = read_header(bytes, packet, layer.offset);
    if (!header.ok) return;
    if (is_control(header.number)) {
        Cursor in(bytes.subspan(header.size()));
        const std::uint8_t number = in.u8();
        const std::uint8_t id = in.u8();
        const std::uint16_t claimed = in.u16();
        if (!in.ok()) return;
        out.put(name_of(protocols, header.number, "unknown control protocol"));
        out.put(", ");
        out.put(name_of(codes_of(header.number), number, "Unknown"));
        out.put(" (0x");
        out.hex(number, 2);
        out.put("), id ");
        out.number(id);
        out.put(", length ");
        out.number(claimed + 2U);  // tcpdump counts the protocol number
    } else if (const Layer* inner = packet.inner(layer); inner == nullptr || inner->protocol == Protocol::data) {
        out.put(name_of(protocols, header.number, "unknown"));
        out.put(" (0x");
        out.hex(header.number, 4);
        out.put("), length ");
        out.number(wire_size(packet, layer));
    }
}

void visit_options(FieldReader& in) {
    while (in.more()) {
        // An option shorter than its own head would not advance.
        const std::size_t size = std::max<std::size_t>(in.peek(1), 2);
        in.group(option, name_of(lcp_options, in.peek()), size, [](FieldReader& one) {
            one.u8(option_type);
            one.u8(option_length);
            one.tail(option_value);
        });
    }
}

void visit_ppp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Header header = read_header(packet.bytes(layer), packet, layer.offset);
    FieldReader in(packet.header(layer), sink);
    if (header.direction != 0) in.u8(direction);
    if (header.framing != 0) {
        in.u8(address);
        in.u8(control);
    }
    in.number(protocol, header.protocol, protocols);
    if (!is_control(header.number)) return;
    const std::uint64_t number = in.u8(code, codes_of(header.number));
    in.u8(identifier);
    in.u16(length);
    const bool negotiation = header.number != 0xc023 && header.number != 0xc223 && number >= 1 && number <= 4;
    if (negotiation)
        visit_options(in);
    else
        in.tail(data);
}

}  // namespace

constexpr Dissector ppp_dissector{Protocol::ppp, "ppp",    "Point-to-Point Protocol", ppp_fields, step_ppp,
                                  info_ppp,      visit_ppp};

}  // namespace fid::packet
