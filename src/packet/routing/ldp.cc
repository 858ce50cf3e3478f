// SPDX-License-Identifier: MIT
// The label distribution protocol (RFC 5036): PDUs of messages of type-length-values; hellos over UDP, the rest over
// TCP.
#include <array>

#include "packet/field_reader.h"
#include "packet/put.h"
#include "packet/routing/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 11> messages{{{0x0001, "Notification"},
                                          {0x0100, "Hello"},
                                          {0x0200, "Initialization"},
                                          {0x0201, "Keepalive"},
                                          {0x0300, "Address"},
                                          {0x0301, "Address Withdraw"},
                                          {0x0400, "Label Mapping"},
                                          {0x0401, "Label Request"},
                                          {0x0402, "Label Withdraw"},
                                          {0x0403, "Label Release"},
                                          {0x0404, "Label Abort"}}};
constexpr std::array<Named, 9> tlv_names{{{0x0100, "FEC"},
                                          {0x0101, "Address List"},
                                          {0x0103, "Hop Count"},
                                          {0x0104, "Path Vector"},
                                          {0x0200, "Generic Label"},
                                          {0x0300, "Status"},
                                          {0x0400, "Common Hello Parameters"},
                                          {0x0401, "IPv4 Transport Address"},
                                          {0x0500, "Common Session Parameters"}}};

enum Field : unsigned {
    version,
    length,
    lsr,
    space,
    message,
    message_type,
    message_length,
    message_id,
    tlv,
    tlv_type,
    tlv_length,
    hold_time,
    transport,
    label,
    value,
    data
};
constexpr std::array ldp_fields{
    FieldInfo{"ldp.hdr.version", FieldType::number, "Version"},
    FieldInfo{"ldp.hdr.pdu_len", FieldType::number, "PDU length"},
    FieldInfo{"ldp.hdr.ldpid.lsr", FieldType::ipv4, "Label switching router"},
    FieldInfo{"ldp.hdr.ldpid.lsid", FieldType::number, "Label space"},
    FieldInfo{"ldp.msg", FieldType::group, "Message"},
    FieldInfo{"ldp.msg.type", FieldType::hex, "Type"},
    FieldInfo{"ldp.msg.len", FieldType::number, "Length"},
    FieldInfo{"ldp.msg.id", FieldType::hex, "ID"},
    FieldInfo{"ldp.msg.tlv", FieldType::group, "TLV"},
    FieldInfo{"ldp.msg.tlv.type", FieldType::hex, "Type"},
    FieldInfo{"ldp.msg.tlv.len", FieldType::number, "Length"},
    FieldInfo{"ldp.msg.tlv.hello.hold", FieldType::number, "Hold time (s)"},
    FieldInfo{"ldp.msg.tlv.ipv4.taddr", FieldType::ipv4, "Transport address"},
    FieldInfo{"ldp.msg.tlv.generic.label", FieldType::number, "Label"},
    FieldInfo{"ldp.msg.tlv.value", FieldType::bytes, "Value"},
    FieldInfo{"ldp.data", FieldType::bytes, "Data"},
};

constexpr std::size_t head_size = 10;
constexpr std::uint32_t type_mask = 0x7fff;  // a message's first bit says what to do where it is unknown
constexpr std::uint32_t tlv_mask = 0x3fff;   // a TLV's first two do

Step step_ldp(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < head_size) return short_header(bytes, packet, offset);
    // Version 1 is the only one; a segment that begins otherwise is the middle of a message.
    if (bytes[0] != 0 || bytes[1] != 1) return {.refused = true};
    return {.header = bytes.size()};
}

/// "LDP, Label-Space-ID: 10.1.1.1:0, Hello, length: 42": every message of every PDU in the segment.
void info_ldp(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in(packet.bytes(layer));
    out.put("LDP");
    while (in.ok() && in.remaining() >= head_size) {
        in.skip(2);
        const std::uint16_t size = in.u16();
        if (size < 6) break;
        Cursor pdu(in.take(std::min<std::size_t>(size, in.remaining())));
        out.put(", Label-Space-ID: ");
        put_address(out, pdu.take(4));
        out.put(':');
        out.number(pdu.u16());
        while (pdu.ok() && pdu.remaining() >= 4) {
            out.put(", ");
            out.put(name_of(messages, pdu.u16() & type_mask, "unknown message"));
            pdu.skip(pdu.u16());
        }
    }
    out.put(", length: ");
    out.number(wire_size(packet, layer));
}

void visit_tlv(FieldReader& in) {
    const std::uint64_t type = in.u16() & tlv_mask;
    in.part(tlv_type, type, tlv_names);
    in.u16(tlv_length);
    if (type == 0x0400)
        in.u16(hold_time);
    else if (type == 0x0401)
        in.bytes(transport, 4);
    else if (type == 0x0200)
        in.u32(label);
    in.tail(value);
}

void visit_message(FieldReader& in) {
    in.part(message_type, in.u16() & type_mask, messages);
    in.u16(message_length);
    in.u32(message_id);
    while (in.remaining() >= 4)
        in.group(tlv, name_of(tlv_names, in.peek16() & tlv_mask), std::size_t{4} + in.peek16(2), visit_tlv);
    in.tail(data);
}

void visit_ldp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    while (in.remaining() >= head_size) {
        in.u16(version);
        const std::uint64_t size = in.u16(length);
        const std::size_t end = in.offset() + size;
        in.bytes(lsr, 4);
        in.u16(space);
        while (in.remaining() >= 4 && in.offset() < end)
            in.group(message, name_of(messages, in.peek16() & type_mask), std::size_t{4} + in.peek16(2), visit_message);
    }
    in.tail(data);
}

}  // namespace

constexpr Dissector ldp_dissector{Protocol::ldp, "ldp",    "Label Distribution Protocol", ldp_fields, step_ldp,
                                  info_ldp,      visit_ldp};

}  // namespace fid::packet
