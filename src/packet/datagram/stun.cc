// SPDX-License-Identifier: MIT
// STUN (RFC 8489), TURN (RFC 8656) and the classic form without a magic cookie (RFC 3489).
#include <algorithm>
#include <array>

#include "packet/datagram/family.h"
#include "packet/field_reader.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_type,
    f_length,
    f_cookie,
    f_id,
    f_attribute,
    f_attribute_type,
    f_text,
    f_address,
    f_address6,
    f_port,
    f_error,
    f_value
};
constexpr std::array fields{
    FieldInfo{"stun.type", FieldType::hex, "Message type"},
    FieldInfo{"stun.length", FieldType::number, "Length"},
    FieldInfo{"stun.cookie", FieldType::hex, "Magic cookie"},
    FieldInfo{"stun.id", FieldType::bytes, "Transaction ID"},
    FieldInfo{"stun.att", FieldType::group, "Attribute"},
    FieldInfo{"stun.att.type", FieldType::hex, "Type"},
    FieldInfo{"stun.att.text", FieldType::text, "Text"},
    FieldInfo{"stun.att.ipv4", FieldType::ipv4, "Address"},
    FieldInfo{"stun.att.ipv6", FieldType::ipv6, "Address"},
    FieldInfo{"stun.att.port", FieldType::number, "Port"},
    FieldInfo{"stun.att.error", FieldType::number, "Error code"},
    FieldInfo{"stun.att.value", FieldType::bytes, "Value"},
};
enum class Kind : std::uint8_t { bytes, text, address, mixed_address, error };
struct Attribute {
    std::uint16_t type;
    std::string_view name;
    Kind kind = Kind::bytes;
};
constexpr std::array attributes{
    Attribute{0x0001, "MAPPED-ADDRESS", Kind::address},
    Attribute{0x0006, "USERNAME", Kind::text},
    Attribute{0x0008, "MESSAGE-INTEGRITY"},
    Attribute{0x0009, "ERROR-CODE", Kind::error},
    Attribute{0x000a, "UNKNOWN-ATTRIBUTES"},
    Attribute{0x000c, "CHANNEL-NUMBER"},
    Attribute{0x000d, "LIFETIME"},
    Attribute{0x0012, "XOR-PEER-ADDRESS", Kind::mixed_address},
    Attribute{0x0013, "DATA"},
    Attribute{0x0014, "REALM", Kind::text},
    Attribute{0x0015, "NONCE", Kind::text},
    Attribute{0x0016, "XOR-RELAYED-ADDRESS", Kind::mixed_address},
    Attribute{0x0019, "REQUESTED-TRANSPORT"},
    Attribute{0x0020, "XOR-MAPPED-ADDRESS", Kind::mixed_address},
    Attribute{0x0024, "PRIORITY"},
    Attribute{0x0025, "USE-CANDIDATE"},
    Attribute{0x8022, "SOFTWARE", Kind::text},
    Attribute{0x8023, "ALTERNATE-SERVER", Kind::address},
    Attribute{0x8028, "FINGERPRINT"},
    Attribute{0x8029, "ICE-CONTROLLED"},
    Attribute{0x802a, "ICE-CONTROLLING"},
    Attribute{0x802b, "RESPONSE-ORIGIN", Kind::address},
    Attribute{0x802c, "OTHER-ADDRESS", Kind::address},
};
constexpr std::uint32_t magic = 0x2112a442;

std::string_view method_name(unsigned type) {
    static constexpr std::array<std::string_view, 10> names{
        "", "Binding", "Shared Secret", "Allocate", "Refresh", "", "Send", "Data", "CreatePermission", "ChannelBind"};
    return name_of(names, (type & 0xfU) | (type & 0xe0U) >> 1U | (type & 0x3e00U) >> 2U);
}
/// RFC 8489 section 5: the class is in bits 4 and 8 of the type.
std::string_view class_name(unsigned type) {
    static constexpr std::array<std::string_view, 4> names{"Request", "Indication", "Success Response",
                                                           "Error Response"};
    return names[(type >> 4U & 1U) | (type >> 7U & 2U)];
}

Step step(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.size() < 20) return too_short(bytes, packet);
    Cursor at(bytes);
    const unsigned type = at.u16();
    const std::size_t length = at.u16();
    // Without the cookie everything must fit; with it there are senders whose length is no multiple of four.
    const bool fits = length + 20 == bytes.size() && length % 4 == 0;
    if (type >= 0x4000 || (at.u32() != magic && (!fits || method_name(type).empty()))) return {.refused = true};
    return whole_message(bytes, packet, length + 20 > bytes.size());
}

void name(unsigned type, Text& out) {
    if (const auto method = method_name(type); !method.empty())
        out.put(method);
    else {
        out.put("0x");
        out.hex(type, 4);
    }
    out.put(' ');
    out.put(class_name(type));
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    out.put("STUN, ");
    name(Cursor(bytes).u16(), out);
    out.put(", length ");
    out.number(bytes.size());
}

void visit_address(FieldReader& at, bool mixed, Bytes key) {
    at.skip(1);
    const unsigned family = at.u8();
    const std::size_t from = at.offset();
    unsigned port = at.u16();
    if (mixed) port ^= magic >> 16U;
    at.part(f_port, port);
    const std::size_t size = family == 1 ? 4 : 16;
    const Bytes wire = at.take(size);
    if (!at.ok()) return;
    std::array<std::uint8_t, 16> plain{};
    for (std::size_t i = 0; i < size; ++i) plain[i] = mixed ? wire[i] ^ key[i] : wire[i];
    at.sink().bytes(family == 1 ? f_address : f_address6, Bytes(plain).first(size), from + 2);
}

/// `bytes` are one message, `base` is its place in the layer.
void visit_message(Bytes bytes, std::size_t base, FieldSink& sink) {
    FieldReader at(bytes, sink, base);
    Text title;
    name(Cursor(bytes).u16(), title);
    at.u16(f_type, title.view());
    at.u16(f_length);
    // RFC 3489 had an identifier of 16 bytes instead.
    const bool classic = Cursor(at.rest()).u32() != magic;
    if (!classic) at.u32(f_cookie);
    at.bytes(f_id, classic ? 16 : 12);
    while (at.remaining() >= 4) {
        const std::uint16_t type = at.peek16();
        const std::size_t length = at.peek16(2);
        if (length + 4 > at.remaining()) return;
        const auto* const known = std::ranges::find(attributes, type, &Attribute::type);
        const std::string_view label = known == attributes.end() ? std::string_view{} : known->name;
        const Kind kind = known == attributes.end() ? Kind::bytes : known->kind;
        at.group(f_attribute, label, length + 4, [&](FieldReader& value) {
            value.u16(f_attribute_type, label);
            value.skip(2);
            // An exclusive-or address is mixed with the cookie and the transaction ID.
            if (kind == Kind::address || kind == Kind::mixed_address)
                visit_address(value, kind == Kind::mixed_address, bytes.subspan(4, 16));
            else if (kind == Kind::error) {
                value.skip(2);
                const unsigned code = value.u16();
                value.part(f_error, (code >> 8U & 7U) * 100 + (code & 0xffU));
                value.tail(f_text);
            } else
                value.tail(kind == Kind::text ? f_text : f_value);
        });
        at.skip(std::min((4 - length % 4) % 4, at.remaining()));
    }
}

/// A TCP segment may hold several messages.
void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes bytes = packet.bytes(layer);
    for (std::size_t base = 0; bytes.size() - base >= 20;) {
        Cursor at(bytes.subspan(base));
        at.skip(2);
        const std::size_t size = std::min(std::size_t{20} + at.u16(), bytes.size() - base);
        if (base != 0 && at.u32() != magic) return;
        visit_message(bytes.subspan(base, size), base, sink);
        base += size;
    }
}

}  // namespace

const Dissector stun_dissector{Protocol::stun, "stun", "Session Traversal Utilities for NAT", fields, step,
                               info,           visit};

}  // namespace fid::packet
