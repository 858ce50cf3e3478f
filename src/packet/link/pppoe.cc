// SPDX-License-Identifier: MIT
// PPP over Ethernet (RFC 2516): discovery packets with their tags, and session packets around PPP.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 6> codes{
    {{0x00, "Session"}, {0x09, "PADI"}, {0x07, "PADO"}, {0x19, "PADR"}, {0x65, "PADS"}, {0xa7, "PADT"}}};
constexpr std::array<Named, 10> tags{{{0x0000, "EOL"},
                                      {0x0101, "Service-Name"},
                                      {0x0102, "AC-Name"},
                                      {0x0103, "Host-Uniq"},
                                      {0x0104, "AC-Cookie"},
                                      {0x0105, "Vendor-Specific"},
                                      {0x0110, "Relay-Session-ID"},
                                      {0x0201, "Service-Name-Error"},
                                      {0x0202, "AC-System-Error"},
                                      {0x0203, "Generic-Error"}}};

enum Field : unsigned { version, type, code, session, length, tag, tag_type, tag_length, tag_value };
constexpr std::array pppoe_fields{
    FieldInfo{"pppoe.version", FieldType::number, "Version"},
    FieldInfo{"pppoe.type", FieldType::number, "Type"},
    FieldInfo{"pppoe.code", FieldType::hex, "Code"},
    FieldInfo{"pppoe.session_id", FieldType::hex, "Session"},
    FieldInfo{"pppoe.payload_length", FieldType::number, "Payload length"},
    FieldInfo{"pppoe.tag", FieldType::group, "Tag"},
    FieldInfo{"pppoe.tag.type", FieldType::hex, "Type"},
    FieldInfo{"pppoe.tag.length", FieldType::number, "Length"},
    FieldInfo{"pppoe.tag.value", FieldType::text, "Value"},
};

constexpr std::size_t header_size = 6;

Step step_pppoe(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < header_size) return short_header(bytes, packet, offset);
    const std::size_t payload = (std::size_t{bytes[4]} << 8U) | bytes[5];
    if (bytes[1] == 0) return {.header = header_size, .payload = payload, .next = Protocol::ppp};
    return {.header = header_size + std::min(payload, bytes.size() - header_size), .payload = 0};
}

void info_pppoe(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in(packet.header(layer));
    in.skip(1);
    const std::uint8_t number = in.u8();
    const std::uint16_t id = in.u16();
    in.skip(2);
    if (!in.ok() || number == 0) return;
    out.put(name_of(codes, number, "Unknown"));
    if (id != 0) {
        out.put(" [ses 0x");
        out.hex(id);
        out.put(']');
    }
    while (in.ok() && in.remaining() >= 4) {
        const std::uint16_t kind = in.u16();
        const Bytes value = in.take(in.u16());
        if (!in.ok() || kind == 0) break;
        out.put(" [");
        out.put(name_of(tags, kind, "Unknown"));
        if (!value.empty()) {
            const bool printable =
                std::ranges::all_of(value, [](std::uint8_t byte) { return byte >= 0x20 && byte < 0x7f; });
            out.put(printable ? " \"" : " 0x");
            if (printable)
                out.escaped(value);
            else
                out.hex_bytes(value);
            if (printable) out.put('"');
        }
        out.put(']');
    }
}

void visit_pppoe(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.header(layer), sink);
    const std::uint64_t first = in.u8();
    in.part(version, first >> 4U);
    in.part(type, first & 15U);
    in.u8(code, codes);
    in.u16(session);
    in.u16(length);
    while (in.more()) {
        in.group(tag, name_of(tags, in.peek16()), std::size_t{4} + in.peek16(2), [](FieldReader& one) {
            one.u16(tag_type, tags);
            one.u16(tag_length);
            one.tail(tag_value);
        });
    }
}

}  // namespace

constexpr Dissector pppoe_dissector{Protocol::pppoe, "pppoe",    "PPP over Ethernet", pppoe_fields,
                                    step_pppoe,      info_pppoe, visit_pppoe};

}  // namespace fid::packet
