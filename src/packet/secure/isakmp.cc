// SPDX-License-Identifier: MIT
// ISAKMP and IKE (RFC 2408, RFC 7296), and their sharing of UDP port 4500 with ESP (RFC 3948).
#include <array>

#include "packet/names.h"
#include "packet/secure/family.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_marker,
    f_keepalive,
    f_initiator,
    f_responder,
    f_next,
    f_version,
    f_exchange,
    f_flags,
    f_message,
    f_length,
    f_payload,
    f_payload_type,
    f_payload_length,
};
constexpr std::array fields{
    FieldInfo{"isakmp.non_esp_marker", FieldType::hex, "Non-ESP marker"},
    FieldInfo{"isakmp.nat_keepalive", FieldType::flag, "NAT keepalive"},
    FieldInfo{"isakmp.ispi", FieldType::bytes, "Initiator SPI"},
    FieldInfo{"isakmp.rspi", FieldType::bytes, "Responder SPI"},
    FieldInfo{"isakmp.next_payload", FieldType::number, "Next payload"},
    FieldInfo{"isakmp.version", FieldType::hex, "Version"},
    FieldInfo{"isakmp.exchange", FieldType::number, "Exchange type"},
    FieldInfo{"isakmp.flags", FieldType::hex, "Flags"},
    FieldInfo{"isakmp.message_id", FieldType::hex, "Message ID"},
    FieldInfo{"isakmp.length", FieldType::number, "Length"},
    FieldInfo{"isakmp.payload", FieldType::group, "Payload"},
    FieldInfo{"isakmp.payload.type", FieldType::number, "Type"},
    FieldInfo{"isakmp.payload.length", FieldType::number, "Length"},
};

constexpr std::array<Named, 12> exchange_names{{
    {1, "base"},
    {2, "ident"},
    {3, "auth"},
    {4, "agg"},
    {5, "inf"},
    {32, "oakley-quick"},
    {33, "oakley-newgroup"},
    {34, "ikev2_init"},
    {35, "ikev2_auth"},
    {36, "child_sa"},
    {37, "inf2"},
    {43, "ike_intermediate"},
}};
constexpr std::array<Named, 31> payload_names{{
    {1, "sa"},      {2, "p"},        {3, "t"},      {4, "ke"},     {5, "id"},     {6, "cert"},    {7, "cr"},
    {8, "hash"},    {9, "sig"},      {10, "nonce"}, {11, "n"},     {12, "d"},     {13, "vid"},    {20, "nat-d"},
    {21, "nat-oa"}, {33, "v2sa"},    {34, "v2ke"},  {35, "v2IDi"}, {36, "v2IDr"}, {37, "v2cert"}, {38, "v2CR"},
    {39, "v2auth"}, {40, "v2nonce"}, {41, "v2n"},   {42, "v2d"},   {43, "v2vid"}, {44, "v2TSi"},  {45, "v2TSr"},
    {46, "v2e"},    {47, "v2cp"},    {53, "v2skf"},
}};

constexpr std::uint16_t nat_port = 4500;
constexpr std::size_t header_size = 28;
/// v1's header flag E and v2's payload types E and SKF: what follows is encrypted.
constexpr std::uint8_t v1_encrypted = 0x01;

struct Header {
    std::size_t start = 0;  ///< 4 behind a non-ESP marker
    Bytes initiator, responder;
    std::uint8_t next = 0, version = 0, exchange = 0, flags = 0;
    std::uint32_t message = 0, length = 0;
};

bool on_nat_port(const Packet& packet) {
    return packet.inner_source_port == nat_port || packet.inner_destination_port == nat_port;
}

bool has_marker(Bytes bytes) {
    return bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 0;
}

bool read_header(Cursor& in, Header& header) {
    if (has_marker(in.all())) {
        header.start = 4;
        in.skip(4);
    }
    header.initiator = in.take(8);
    header.responder = in.take(8);
    header.next = in.u8();
    header.version = in.u8();
    header.exchange = in.u8();
    header.flags = in.u8();
    header.message = in.u32();
    header.length = in.u32();
    return in.ok();
}

Step step(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.empty()) return {.refused = true};
    if (on_nat_port(packet) && !has_marker(bytes)) {
        if (bytes.size() == 1 && bytes[0] == 0xff) return {.header = 1};
        if (bytes.size() < 8) return {.refused = true};
        return {.header = 0, .next = Protocol::esp};
    }
    Cursor in(bytes);
    Header header;
    if (!read_header(in, header)) return {.header = bytes.size(), .truncated = true};
    const unsigned major = header.version >> 4U;
    if ((major != 1 && major != 2) || header.length < header_size) return {.refused = true};
    return {.header = bytes.size(), .truncated = header.length > bytes.size() - header.start};
}

struct Payload {
    std::uint8_t type = 0;
    std::size_t offset = 0;
    std::uint16_t length = 0;
};

/// Calls `each` for the payloads of the chain that are in the clear.
template <typename Each>
void walk(Cursor& in, const Header& header, Each&& each) {
    if (header.version >> 4U == 1 && (header.flags & v1_encrypted) != 0) return;
    std::uint8_t type = header.next;
    while (type != 0 && in.remaining() >= 4) {
        Payload payload{.type = type, .offset = in.offset()};
        const std::uint8_t next = in.u8();
        in.skip(1);
        payload.length = in.u16();
        if (payload.length < 4) return;
        each(payload);
        in.skip(payload.length - 4U);
        if (!in.ok() || type == 46 || type == 53) return;
        type = next;
    }
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    if (bytes.empty()) {
        out.put("UDP-encap");
        return;
    }
    if (bytes.size() == 1 && bytes[0] == 0xff) return out.put("isakmp-nat-keep-alive");
    if (layer.header == 0) return out.put("UDP-encap");
    Cursor in(bytes);
    Header header;
    if (has_marker(bytes)) out.put("NONESP-encap: ");
    if (!read_header(in, header)) return out.put("isakmp");
    const bool second = header.version >> 4U == 2;
    out.put("isakmp ");
    out.number(header.version >> 4U);
    out.put('.');
    out.number(header.version & 0xfU);
    out.put(" msgid ");
    out.hex(header.message, 8);
    // RFC 7296 section 3.1: R (response) and I (sent by the original initiator).
    if (second) out.put((header.flags & 0x20U) != 0 ? " R" : " I");
    out.put(": ");
    const auto name = name_of(exchange_names, header.exchange);
    if (name.empty())
        out.number(header.exchange);
    else
        out.put(name);
    if (!second && (header.flags & v1_encrypted) != 0) return out.put("[E]");
    walk(in, header, [&](const Payload& payload) {
        out.put(" (");
        const auto word = name_of(payload_names, payload.type);
        if (word.empty())
            out.number(payload.type);
        else
            out.put(word);
        out.put(')');
    });
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes bytes = packet.bytes(layer);
    if (layer.header == 0) return;
    if (bytes.size() == 1 && bytes[0] == 0xff) return sink.number(f_keepalive, 1, 0, 1);
    Cursor in(bytes);
    Header header;
    if (!read_header(in, header)) return;
    const std::size_t at = header.start;
    if (at != 0) sink.number(f_marker, 0, 0, 4);
    sink.bytes(f_initiator, header.initiator, at);
    sink.bytes(f_responder, header.responder, at + 8);
    sink.number(f_next, header.next, at + 16, 1, name_of(payload_names, header.next));
    sink.number(f_version, header.version, at + 17, 1, header.version >> 4U == 2 ? "IKEv2" : "IKEv1");
    sink.number(f_exchange, header.exchange, at + 18, 1, name_of(exchange_names, header.exchange));
    sink.number(f_flags, header.flags, at + 19, 1);
    sink.number(f_message, header.message, at + 20, 4);
    sink.number(f_length, header.length, at + 24, 4);
    walk(in, header, [&](const Payload& payload) {
        sink.open(f_payload, name_of(payload_names, payload.type), payload.offset, payload.length);
        sink.number(f_payload_type, payload.type, payload.offset, 0, name_of(payload_names, payload.type));
        sink.number(f_payload_length, payload.length, payload.offset + 2, 2);
        sink.close();
    });
}

}  // namespace

const Dissector isakmp_dissector{Protocol::isakmp, "isakmp", "Internet Key Exchange", fields, step, info, visit};

}  // namespace fid::packet
