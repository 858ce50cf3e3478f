// SPDX-License-Identifier: MIT
// Layer Two Tunnelling Protocol, version 2 (RFC 2661): PPP frames and the control messages around them.
#include <array>

#include "packet/field_reader.h"
#include "packet/network/family.h"
#include "packet/network/octets.h"
#include "packet/put.h"

namespace fid::packet {
namespace {

constexpr unsigned flag_type = 0x8000, flag_length = 0x4000, flag_sequence = 0x0800, flag_offset = 0x0200,
                   flag_priority = 0x0100;

enum Field : unsigned { flags, version, len, tunnel, session, ns, nr, offset_, avp, avp_vendor, avp_type, avp_value };
constexpr std::array fields{
    FieldInfo{"l2tp.flags", FieldType::hex, "Flags"},
    FieldInfo{"l2tp.version", FieldType::number, "Version"},
    FieldInfo{"l2tp.len", FieldType::number, "Length"},
    FieldInfo{"l2tp.tunnel", FieldType::number, "Tunnel identifier"},
    FieldInfo{"l2tp.session", FieldType::number, "Session identifier"},
    FieldInfo{"l2tp.ns", FieldType::number, "Sequence number"},
    FieldInfo{"l2tp.nr", FieldType::number, "Expected sequence number"},
    FieldInfo{"l2tp.offset", FieldType::number, "Offset size"},
    FieldInfo{"l2tp.avp", FieldType::group, "Attribute"},
    FieldInfo{"l2tp.avp.vendor", FieldType::number, "Vendor"},
    FieldInfo{"l2tp.avp.type", FieldType::number, "Type"},
    FieldInfo{"l2tp.avp.value", FieldType::bytes, "Value"},
};

constexpr std::array<std::string_view, 17> messages{"ZLB",   "SCCRQ", "SCCRP", "SCCCN", "StopCCN", "",
                                                    "HELLO", "OCRQ",  "OCRP",  "OCCN",  "ICRQ",    "ICRP",
                                                    "ICCN",  "",      "CDN",   "WEN",   "SLI"};

std::size_t header_length(unsigned word) {
    return 6U + ((word & flag_length) != 0 ? 2U : 0U) + ((word & flag_sequence) != 0 ? 4U : 0U) +
           ((word & flag_offset) != 0 ? 2U : 0U);
}

Step step(Bytes bytes, Packet&, std::size_t) {
    if (bytes.size() < 6) return {.header = bytes.size(), .truncated = true};
    const unsigned word = be16(bytes, 0);
    if ((word & 0x000fU) != 2) return {.refused = true};
    std::size_t header = header_length(word);
    if (header > bytes.size()) return {.header = bytes.size(), .truncated = true};
    if ((word & flag_offset) != 0) header += be16(bytes, header - 2);
    if (header > bytes.size()) return {.header = bytes.size(), .truncated = true};
    std::size_t total = bytes.size();
    if ((word & flag_length) != 0) total = be16(bytes, 2);
    if (total < header) return {.header = header, .payload = 0, .malformed = true};
    if ((word & flag_type) != 0) return {.header = total};
    return {.header = header, .payload = total - header, .next = Protocol::ppp};
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.header(layer);
    if (bytes.size() < 6) return out.put("[|l2tp]");
    Cursor cursor(bytes);
    const unsigned word = cursor.u16();
    out.put(" l2tp:[");
    if ((word & flag_type) != 0) out.put('T');
    if ((word & flag_length) != 0) out.put('L');
    if ((word & flag_sequence) != 0) out.put('S');
    if ((word & flag_offset) != 0) out.put('O');
    if ((word & flag_priority) != 0) out.put('P');
    out.put("](");
    if ((word & flag_length) != 0) cursor.skip(2);
    out.number(cursor.u16());
    out.put('/');
    out.number(cursor.u16());
    out.put(')');
    if ((word & flag_sequence) != 0) {
        out.put("Ns=");
        out.number(cursor.u16());
        out.put(",Nr=");
        out.number(cursor.u16());
    }
    if ((word & flag_type) == 0) return;
    if (cursor.remaining() < 8) return out.put(" ZLB");
    cursor.skip(6);  // the first attribute is the message type (RFC 2661 section 4.4.1)
    const std::uint16_t message = cursor.u16();
    out.put(" *MSGTYPE(");
    put_name(out, messages, message);
    out.put(')');
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    const unsigned word = reader.u16();
    reader.part(flags, word & 0xfff0U);
    reader.part(version, word & 15U);
    if ((word & flag_length) != 0) reader.u16(len);
    reader.u16(tunnel);
    reader.u16(session);
    if ((word & flag_sequence) != 0) {
        reader.u16(ns);
        reader.u16(nr);
    }
    if ((word & flag_offset) != 0) reader.u16(offset_);
    if ((word & flag_type) == 0) return;
    while (reader.ok() && reader.remaining() >= 6) {
        const std::size_t length = ((reader.peek() & 3U) << 8U) | reader.peek(1);
        if (length < 6 || length > reader.remaining()) return;
        reader.group(avp, {}, length, [](FieldReader& one) {
            one.skip(2);
            one.u16(avp_vendor);
            one.u16(avp_type);
            one.tail(avp_value);
        });
    }
}

}  // namespace

const Dissector l2tp_dissector{Protocol::l2tp, "l2tp", "Layer Two Tunnelling Protocol", fields, step, info, visit};

}  // namespace fid::packet
