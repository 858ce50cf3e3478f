// SPDX-License-Identifier: MIT
// Generic Routing Encapsulation: version 0 (RFC 2784, 2890; routing of RFC 1701) and version 1, PPTP's (RFC 2637).
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/family.h"
#include "packet/network/octets.h"

namespace fid::packet {
namespace {

constexpr unsigned flag_checksum = 0x8000, flag_routing = 0x4000, flag_key = 0x2000, flag_sequence = 0x1000,
                   flag_ack = 0x0080;

enum Field : unsigned { flags, version, proto, checksum, offset_, key, payload_len, call, seq, ack, routing };
constexpr std::array fields{
    FieldInfo{"gre.flags", FieldType::hex, "Flags"},
    FieldInfo{"gre.version", FieldType::number, "Version"},
    FieldInfo{"gre.proto", FieldType::hex, "Protocol type"},
    FieldInfo{"gre.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"gre.offset", FieldType::number, "Offset"},
    FieldInfo{"gre.key", FieldType::hex, "Key"},
    FieldInfo{"gre.payload_len", FieldType::number, "Payload length"},
    FieldInfo{"gre.call", FieldType::number, "Call identifier"},
    FieldInfo{"gre.seq", FieldType::number, "Sequence number"},
    FieldInfo{"gre.ack", FieldType::number, "Acknowledgement number"},
    FieldInfo{"gre.routing", FieldType::bytes, "Routing entry"},
};

Protocol next_of(std::uint16_t type) {
    // RFC 1701 lists OSI by a number that is no EtherType.
    constexpr std::uint16_t ppp = 0x880b, osi = 0x00fe;
    return type == ppp ? Protocol::ppp : type == osi ? Protocol::isis : by_ethertype(type);
}

/// Source route entries end with one of length 0; 0 where the bytes end first.
std::size_t routing_end(Bytes bytes, std::size_t at) {
    while (at + 4 <= bytes.size()) {
        const std::size_t length = bytes[at + 3];
        const bool last = be16(bytes, at) == 0 && length == 0;
        at += 4 + length;
        if (last) return at;
    }
    return 0;
}

Step step(Bytes bytes, Packet&, std::size_t) {
    if (bytes.size() < 4) return {.header = bytes.size(), .truncated = true};
    const unsigned word = be16(bytes, 0);
    if ((word & 7U) > 1) return {.header = bytes.size(), .malformed = true};
    std::size_t header = 4;
    const bool v1 = (word & 7U) == 1;
    if (!v1 && (word & (flag_checksum | flag_routing)) != 0) header += 4;
    if (v1 || (word & flag_key) != 0) header += 4;
    if ((word & flag_sequence) != 0) header += 4;
    if (v1 && (word & flag_ack) != 0) header += 4;
    if (!v1 && (word & flag_routing) != 0) header = routing_end(bytes, header);
    if (header == 0 || header > bytes.size()) return {.header = bytes.size(), .truncated = true};
    return {.header = header, .next = next_of(be16(bytes, 2))};
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes header = packet.header(layer);
    if (header.size() < 4) return out.put("[|gre]");
    const unsigned word = be16(header, 0);
    out.put("GREv");
    out.number(word & 7U);
    Cursor cursor(header);
    cursor.skip(4);
    const auto number = [&](std::string_view before) {
        out.put(before);
        out.number(cursor.u32());
    };
    if ((word & 7U) == 1) {
        cursor.skip(2);
        out.put(", call ");
        out.number(cursor.u16());
        if ((word & flag_sequence) != 0) number(", seq ");
        if ((word & flag_ack) != 0) number(", ack ");
        if ((word & flag_sequence) == 0) out.put(", no-payload");
    } else {
        if ((word & (flag_checksum | flag_routing)) != 0) cursor.skip(4);
        if ((word & flag_key) != 0) {
            out.put(", key=0x");
            out.hex(cursor.u32());
        }
        if ((word & flag_sequence) != 0) number(", seq ");
    }
    out.put(", length ");
    out.number(claimed_length(packet, layer));
    const Layer* inner = packet.inner(layer);
    if (inner == nullptr || inner->protocol != Protocol::data) return;
    out.put(": gre-proto-0x");
    out.hex(be16(header, 2));
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    const std::uint64_t word = reader.u16();
    reader.part(flags, word & 0xfff8U);
    reader.part(version, word & 7U);
    reader.u16(proto);
    if ((word & 7U) == 1) {
        reader.u16(payload_len);
        reader.u16(call);
    } else {
        if ((word & (flag_checksum | flag_routing)) != 0) {
            reader.u16(checksum);
            reader.u16(offset_);
        }
        if ((word & flag_key) != 0) reader.u32(key);
    }
    if ((word & flag_sequence) != 0) reader.u32(seq);
    if ((word & 7U) == 1 && (word & flag_ack) != 0) reader.u32(ack);
    reader.tail(routing);
}

}  // namespace

const Dissector gre_dissector{Protocol::gre, "gre", "Generic Routing Encapsulation", fields, step, info, visit};

}  // namespace fid::packet
