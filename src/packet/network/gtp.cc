// SPDX-License-Identifier: MIT
// GPRS tunnelling, user plane (3GPP TS 29.281): the IP packets of a mobile subscriber.
#include <array>

#include "packet/field_reader.h"
#include "packet/network/family.h"
#include "packet/network/octets.h"

namespace fid::packet {
namespace {

enum Field : unsigned { version, flags, type, length, teid, seq, npdu, next_extension, extension };
constexpr std::array fields{
    FieldInfo{"gtp.version", FieldType::number, "Version"},
    FieldInfo{"gtp.flags", FieldType::hex, "Flags"},
    FieldInfo{"gtp.type", FieldType::number, "Message type"},
    FieldInfo{"gtp.length", FieldType::number, "Length"},
    FieldInfo{"gtp.teid", FieldType::hex, "Tunnel endpoint identifier"},
    FieldInfo{"gtp.seq", FieldType::number, "Sequence number"},
    FieldInfo{"gtp.npdu", FieldType::number, "N-PDU number"},
    FieldInfo{"gtp.next_extension", FieldType::hex, "Next extension header type"},
    FieldInfo{"gtp.extension", FieldType::bytes, "Extension header"},
};
constexpr std::uint8_t g_pdu = 255;

std::string_view type_name(std::uint8_t value) {
    switch (value) {
        case 1:
            return "echo request";
        case 2:
            return "echo response";
        case 26:
            return "error indication";
        case 31:
            return "supported extension headers notification";
        case 253:
            return "tunnel status";
        case 254:
            return "end marker";
        case g_pdu:
            return "G-PDU";
        default:
            return {};
    }
}

Step step(Bytes bytes, Packet&, std::size_t) {
    if (bytes.size() < 8) return {.header = bytes.size(), .truncated = true};
    // Version 1, protocol type GTP (not GTP').
    if ((bytes[0] & 0xf0U) != 0x30) return {.refused = true};
    const std::size_t end = 8 + std::size_t{be16(bytes, 2)};
    std::size_t header = 8;
    if ((bytes[0] & 7U) != 0) {
        header = 12;
        std::uint8_t next = bytes.size() >= 12 && (bytes[0] & 4U) != 0 ? bytes[11] : 0;
        while (next != 0 && header < bytes.size()) {
            const std::size_t units = bytes[header];
            if (units == 0) return {.header = bytes.size(), .malformed = true};
            header += units * 4;
            if (header > bytes.size()) break;
            next = bytes[header - 1];
        }
    }
    if (header > bytes.size()) return {.header = bytes.size(), .truncated = true};
    if (bytes[1] != g_pdu) return {.header = std::min(end, bytes.size())};
    if (end < header) return {.header = header, .payload = 0, .malformed = true};
    Protocol inner = Protocol::data;
    if (header < bytes.size() && bytes[header] >> 4U == 4) inner = Protocol::ip;
    if (header < bytes.size() && bytes[header] >> 4U == 6) inner = Protocol::ip6;
    return {.header = header, .payload = end - header, .next = inner};
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes header = packet.header(layer);
    if (header.size() < 8) return out.put("[|gtp]");
    out.put("GTP-U, ");
    const std::string_view name = type_name(header[1]);
    if (name.empty()) {
        out.put("type ");
        out.number(header[1]);
    } else {
        out.put(name);
    }
    out.put(", TEID 0x");
    out.hex(be32(header, 4), 8);
    out.put(", length ");
    out.number(be16(header, 2));
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    const std::uint64_t first = reader.u8();
    reader.part(version, first >> 5U);
    reader.part(flags, first);
    reader.u8(type, type_name(reader.peek()));
    reader.u16(length);
    reader.u32(teid);
    if ((first & 7U) == 0) return;
    reader.u16(seq);
    reader.u8(npdu);
    std::uint64_t next = reader.u8(next_extension);
    while (reader.ok() && next != 0 && (first & 4U) != 0 && reader.remaining() != 0) {
        const std::size_t size = std::size_t{reader.peek()} * 4;
        if (size == 0 || size > reader.remaining()) return;
        reader.bytes(extension, size - 1);
        next = reader.u8(next_extension);
    }
}

}  // namespace

const Dissector gtp_dissector{Protocol::gtp, "gtp", "GPRS Tunnelling Protocol, user plane", fields, step, info, visit};

}  // namespace fid::packet
