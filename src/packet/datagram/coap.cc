// SPDX-License-Identifier: MIT
// CoAP over UDP (RFC 7252).
#include <array>

#include "packet/datagram/family.h"
#include "packet/field_reader.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_version,
    f_type,
    f_token_length,
    f_code,
    f_id,
    f_token,
    f_option,
    f_number,
    f_text,
    f_value,
    f_payload
};
constexpr std::array fields{
    FieldInfo{"coap.version", FieldType::number, "Version"},
    FieldInfo{"coap.type", FieldType::number, "Type"},
    FieldInfo{"coap.token_len", FieldType::number, "Token length"},
    FieldInfo{"coap.code", FieldType::number, "Code"},
    FieldInfo{"coap.mid", FieldType::number, "Message ID"},
    FieldInfo{"coap.token", FieldType::bytes, "Token"},
    FieldInfo{"coap.opt", FieldType::group, "Option"},
    FieldInfo{"coap.opt.number", FieldType::number, "Number"},
    FieldInfo{"coap.opt.text", FieldType::text, "Text"},
    FieldInfo{"coap.opt.value", FieldType::bytes, "Value"},
    FieldInfo{"coap.payload", FieldType::bytes, "Payload"},
};
constexpr std::array<std::string_view, 4> types{"CON", "NON", "ACK", "RST"};
constexpr std::array<std::string_view, 8> methods{"Empty", "GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"};

std::string_view option_name(unsigned number) {
    switch (number) {
        case 1:
            return "If-Match";
        case 3:
            return "Uri-Host";
        case 4:
            return "ETag";
        case 5:
            return "If-None-Match";
        case 6:
            return "Observe";
        case 7:
            return "Uri-Port";
        case 8:
            return "Location-Path";
        case 11:
            return "Uri-Path";
        case 12:
            return "Content-Format";
        case 14:
            return "Max-Age";
        case 15:
            return "Uri-Query";
        case 17:
            return "Accept";
        case 20:
            return "Location-Query";
        case 23:
            return "Block2";
        case 27:
            return "Block1";
        case 35:
            return "Proxy-Uri";
        case 39:
            return "Proxy-Scheme";
        case 60:
            return "Size1";
        default:
            return {};
    }
}
bool is_text(unsigned number) {
    return number == 3 || number == 8 || number == 11 || number == 15 || number == 20 || number == 35 || number == 39;
}

Step step(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.size() < 4) return too_short(bytes, packet);
    const unsigned token = bytes[0] & 15U;
    if (bytes[0] >> 6U != 1 || token > 8) return {.refused = true};
    if (bytes.size() < 4 + std::size_t{token}) return too_short(bytes, packet);
    return {.header = bytes.size()};
}

void put_code(unsigned code, Text& out) {
    if (const auto method = name_of(methods, code); !method.empty()) return out.put(method);
    out.number(code >> 5U);
    out.put('.');
    out.padded(code & 31U, 2);
}

struct Option {
    unsigned number = 0;
    std::size_t offset = 0, size = 0;  ///< with its own header
    Bytes value;
};
/// RFC 7252 section 3.1. False at the payload marker, the end, or a contradiction.
bool next_option(Cursor& at, Option& option) {
    constexpr std::uint8_t payload_marker = 0xff;
    if (!at.ok() || at.remaining() == 0 || at.peek() == payload_marker) return false;
    option.offset = at.offset();
    const unsigned first = at.u8();
    const auto extended = [&](unsigned nibble) -> unsigned {
        if (nibble == 13) return at.u8() + 13U;
        if (nibble == 14) return at.u16() + 269U;
        if (nibble == 15) at.fail();
        return nibble;
    };
    option.number += extended(first >> 4U);
    option.value = at.take(extended(first & 15U));
    option.size = at.offset() - option.offset;
    return at.ok();
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    constexpr unsigned uri_path = 11;
    Cursor at(packet.bytes(layer));
    const unsigned first = at.u8();
    const unsigned code = at.u8();
    out.put("CoAP, ");
    out.put(types[first >> 4U & 3U]);
    out.put(", ");
    put_code(code, out);
    out.put(", mid ");
    out.number(at.u16());
    at.skip(first & 15U);
    bool any = false;
    for (Option option; next_option(at, option);) {
        if (option.number != uri_path) continue;
        out.put(any ? "/" : " /");
        out.escaped(option.value);
        any = true;
    }
    out.put(", length ");
    out.number(layer.length);
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader at(packet.bytes(layer), sink);
    const unsigned first = at.u8();
    at.part(f_version, first >> 6U);
    at.part(f_type, first >> 4U & 3U, types);
    at.part(f_token_length, first & 15U);
    Text code;
    put_code(at.peek(), code);
    at.u8(f_code, code.view());
    at.u16(f_id);
    if ((first & 15U) != 0) at.bytes(f_token, first & 15U);
    Cursor options(at.rest());
    for (Option option; next_option(options, option);) {
        const std::string_view name = option_name(option.number);
        at.group(f_option, name, option.size, [&](FieldReader& one) {
            one.skip(1);
            sink.number(f_number, option.number, one.offset() - 1, 1, name);
            one.skip(option.size - option.value.size() - 1);
            one.bytes(is_text(option.number) ? f_text : f_value, option.value.size());
        });
    }
    if (at.more()) {
        at.skip(1);
        at.tail(f_payload);
    }
}

}  // namespace

const Dissector coap_dissector{Protocol::coap, "coap", "Constrained Application Protocol", fields, step, info, visit};

}  // namespace fid::packet
