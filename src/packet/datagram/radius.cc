// SPDX-License-Identifier: MIT
// RADIUS (RFC 2865, RFC 2866). Passwords are never shown.
#include <algorithm>
#include <array>

#include "packet/datagram/family.h"
#include "packet/field_reader.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_code,
    f_id,
    f_length,
    f_authenticator,
    f_attribute,
    f_type,
    f_text,
    f_number,
    f_address,
    f_value
};
constexpr std::array fields{
    FieldInfo{"radius.code", FieldType::number, "Code"},
    FieldInfo{"radius.id", FieldType::hex, "Identifier"},
    FieldInfo{"radius.length", FieldType::number, "Length"},
    FieldInfo{"radius.authenticator", FieldType::bytes, "Authenticator"},
    FieldInfo{"radius.attribute", FieldType::group, "Attribute"},
    FieldInfo{"radius.attribute.type", FieldType::number, "Type"},
    FieldInfo{"radius.attribute.text", FieldType::text, "Text"},
    FieldInfo{"radius.attribute.number", FieldType::number, "Number"},
    FieldInfo{"radius.attribute.address", FieldType::ipv4, "Address"},
    FieldInfo{"radius.attribute.value", FieldType::bytes, "Value"},
};
enum class Kind : std::uint8_t { bytes, text, number, address, hidden };
struct Attribute {
    std::uint8_t type;
    std::string_view name;
    Kind kind;
};
constexpr std::array attributes{
    Attribute{1, "User-Name", Kind::text},
    Attribute{2, "User-Password", Kind::hidden},
    Attribute{3, "CHAP-Password", Kind::hidden},
    Attribute{4, "NAS-IP-Address", Kind::address},
    Attribute{5, "NAS-Port", Kind::number},
    Attribute{6, "Service-Type", Kind::number},
    Attribute{7, "Framed-Protocol", Kind::number},
    Attribute{8, "Framed-IP-Address", Kind::address},
    Attribute{9, "Framed-IP-Netmask", Kind::address},
    Attribute{10, "Framed-Routing", Kind::number},
    Attribute{11, "Filter-Id", Kind::text},
    Attribute{12, "Framed-MTU", Kind::number},
    Attribute{13, "Framed-Compression", Kind::number},
    Attribute{14, "Login-IP-Host", Kind::address},
    Attribute{15, "Login-Service", Kind::number},
    Attribute{16, "Login-TCP-Port", Kind::number},
    Attribute{18, "Reply-Message", Kind::text},
    Attribute{19, "Callback-Number", Kind::text},
    Attribute{22, "Framed-Route", Kind::text},
    Attribute{24, "State", Kind::bytes},
    Attribute{25, "Class", Kind::bytes},
    Attribute{26, "Vendor-Specific", Kind::bytes},
    Attribute{27, "Session-Timeout", Kind::number},
    Attribute{28, "Idle-Timeout", Kind::number},
    Attribute{29, "Termination-Action", Kind::number},
    Attribute{30, "Called-Station-Id", Kind::text},
    Attribute{31, "Calling-Station-Id", Kind::text},
    Attribute{32, "NAS-Identifier", Kind::text},
    Attribute{33, "Proxy-State", Kind::bytes},
    Attribute{40, "Acct-Status-Type", Kind::number},
    Attribute{41, "Acct-Delay-Time", Kind::number},
    Attribute{42, "Acct-Input-Octets", Kind::number},
    Attribute{43, "Acct-Output-Octets", Kind::number},
    Attribute{44, "Acct-Session-Id", Kind::text},
    Attribute{45, "Acct-Authentic", Kind::number},
    Attribute{46, "Acct-Session-Time", Kind::number},
    Attribute{47, "Acct-Input-Packets", Kind::number},
    Attribute{48, "Acct-Output-Packets", Kind::number},
    Attribute{49, "Acct-Terminate-Cause", Kind::number},
    Attribute{52, "Acct-Input-Gigawords", Kind::number},
    Attribute{53, "Acct-Output-Gigawords", Kind::number},
    Attribute{55, "Event-Timestamp", Kind::number},
    Attribute{60, "CHAP-Challenge", Kind::bytes},
    Attribute{61, "NAS-Port-Type", Kind::number},
    Attribute{64, "Tunnel-Type", Kind::number},
    Attribute{65, "Tunnel-Medium-Type", Kind::number},
    Attribute{69, "Tunnel-Password", Kind::hidden},
    Attribute{77, "Connect-Info", Kind::text},
    Attribute{79, "EAP-Message", Kind::bytes},
    Attribute{80, "Message-Authenticator", Kind::bytes},
    Attribute{81, "Tunnel-Private-Group-Id", Kind::bytes},
    Attribute{87, "NAS-Port-Id", Kind::text},
    Attribute{95, "NAS-IPv6-Address", Kind::bytes},
    Attribute{126, "Operator-Name", Kind::text},
    Attribute{127, "Location-Information", Kind::bytes},
    Attribute{128, "Location-Data", Kind::bytes},
};
constexpr std::array<std::string_view, 14> codes{"",
                                                 "Access-Request",
                                                 "Access-Accept",
                                                 "Access-Reject",
                                                 "Accounting-Request",
                                                 "Accounting-Response",
                                                 "",
                                                 "",
                                                 "",
                                                 "",
                                                 "",
                                                 "Access-Challenge",
                                                 "Status-Server",
                                                 "Status-Client"};
std::string_view code_name(unsigned code) {
    static constexpr std::array<std::string_view, 6> dynamic{"Disconnect-Request", "Disconnect-ACK", "Disconnect-NAK",
                                                             "CoA-Request",        "CoA-ACK",        "CoA-NAK"};
    return code >= 40 ? name_of(dynamic, code - 40) : name_of(codes, code);
}

Step step(Bytes bytes, Packet& packet, std::size_t) {
    Cursor at(bytes);
    const unsigned code = at.u8();
    at.skip(1);
    const std::size_t length = at.u16();
    if (bytes.size() < 20) return too_short(bytes, packet);
    if (code_name(code).empty() || length < 20) return {.refused = true};
    return whole_message(bytes, packet, length > bytes.size());
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    Cursor at(packet.bytes(layer));
    const unsigned code = at.u8();
    const unsigned id = at.u8();
    const unsigned length = at.u16();
    out.put("RADIUS, ");
    out.put(code_name(code));
    out.put(" (");
    out.number(code);
    out.put("), id: 0x");
    out.hex(id, 2);
    out.put(" length: ");
    out.number(length);
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    Bytes bytes = packet.bytes(layer);
    if (bytes.size() >= 4)
        bytes = bytes.first(std::min<std::size_t>(bytes.size(), std::size_t{bytes[2]} << 8U | bytes[3]));
    FieldReader at(bytes, sink);
    at.u8(f_code, code_name(at.peek()));
    at.u8(f_id);
    at.u16(f_length);
    at.bytes(f_authenticator, 16);
    while (at.more()) {
        const std::uint8_t type = at.peek(0);
        const std::size_t length = at.peek(1);
        if (length < 2 || length > at.remaining()) return;
        const auto* const known = std::ranges::find(attributes, type, &Attribute::type);
        const std::string_view name = known == attributes.end() ? std::string_view{} : known->name;
        const Kind kind = known == attributes.end() ? Kind::bytes : known->kind;
        sink.open(f_attribute, name, at.offset(), length);
        at.u8(f_type, name);
        at.skip(1);
        if (kind == Kind::number && length == 6)
            at.u32(f_number);
        else if (kind == Kind::address && length == 6)
            at.bytes(f_address, 4);
        else if (kind == Kind::text)
            at.bytes(f_text, length - 2);
        else if (kind == Kind::hidden) {
            sink.text(f_text, "(hidden)", at.offset(), length - 2);
            at.skip(length - 2);
        } else
            at.bytes(f_value, length - 2);
        sink.close();
    }
}

}  // namespace

const Dissector radius_dissector{Protocol::radius, "radius", "RADIUS", fields, step, info, visit};

}  // namespace fid::packet
