// SPDX-License-Identifier: MIT
// What office networks speak over TCP: SMB (MS-SMB2), LDAP (RFC 4511), Kerberos (RFC 4120), RDP's TPKT and X.224, VNC's
// RFB (RFC 6143), SOCKS (RFC 1928).
#include <algorithm>

#include "packet/names.h"
#include "packet/put.h"
#include "packet/stream/family.h"
#include "packet/stream/lines.h"
#include "packet/stream/message.h"

namespace fid::packet {
namespace {

enum SmbField : unsigned { smb_version, smb_command, smb_status, smb_flags, smb_message, smb_tree, smb_session };
constexpr std::array smb_fields{
    FieldInfo{"smb.version", FieldType::number, "Version"},
    FieldInfo{"smb.command", FieldType::number, "Command"},
    FieldInfo{"smb.status", FieldType::hex, "NT status"},
    FieldInfo{"smb.flags", FieldType::hex, "Flags"},
    FieldInfo{"smb.message_id", FieldType::number, "Message ID"},
    FieldInfo{"smb.tree_id", FieldType::number, "Tree ID"},
    FieldInfo{"smb.session_id", FieldType::hex, "Session ID"},
};
constexpr std::array<Named, 19> smb2_commands{{
    {0, "Negotiate"},      {1, "Session Setup"}, {2, "Logoff"},    {3, "Tree Connect"},  {4, "Tree Disconnect"},
    {5, "Create"},         {6, "Close"},         {7, "Flush"},     {8, "Read"},          {9, "Write"},
    {10, "Lock"},          {11, "Ioctl"},        {12, "Cancel"},   {13, "Echo"},         {14, "Query Directory"},
    {15, "Change Notify"}, {16, "Query Info"},   {17, "Set Info"}, {18, "Oplock Break"},
}};
constexpr std::array<Named, 12> smb1_commands{{
    {0x04, "Close"},
    {0x25, "Transaction"},
    {0x2b, "Echo"},
    {0x2e, "Read AndX"},
    {0x2f, "Write AndX"},
    {0x32, "Transaction2"},
    {0x71, "Tree Disconnect"},
    {0x72, "Negotiate"},
    {0x73, "Session Setup AndX"},
    {0x74, "Logoff AndX"},
    {0x75, "Tree Connect AndX"},
    {0xa2, "NT Create AndX"},
}};

/// The NetBIOS session header of four bytes stands before the message; its own types are 0x81 to 0x85.
bool is_smb(Bytes bytes, const Packet& packet) {
    if (bytes.size() < 8) return on_port(packet, 445) || on_port(packet, 139);
    if (bytes[0] >= 0x81 && bytes[0] <= 0x85) return on_port(packet, 139);
    const auto magic = as_text(bytes.subspan(5, 3));
    return bytes[0] == 0 && magic == "SMB" && (bytes[4] == 0xff || bytes[4] == 0xfe || bytes[4] == 0xfd);
}

void read_smb(Cursor& in, const Packet&, Text& words, FieldSink& sink) {
    words.put("SMB");
    if (in.peek() != 0) return words.put(" NetBIOS session");
    in.skip(4);
    const std::uint8_t magic = in.u8();
    in.skip(3);
    if (!in.ok() || magic == 0xfd) return words.put(in.ok() ? "3 encrypted" : "");
    sink.number(smb_version, magic == 0xff ? 1 : 2, 4, 4);
    if (magic == 0xff) {
        const std::uint8_t command = in.u8();
        put_read(sink, smb_command, in, command, 1, name_of(smb1_commands, command));
        const std::uint32_t status = in.le32();
        put_read(sink, smb_status, in, status, 4);
        const std::uint8_t flags = in.u8();
        put_read(sink, smb_flags, in, flags, 1);
        in.skip(14);  // more flags, the process's number, signature
        put_read(sink, smb_tree, in, in.le16(), 2);
        words.put("1 ");
        put_name(words, smb1_commands, command);
        return words.put((flags & 0x80U) != 0 ? " Response" : " Request");
    }
    in.skip(4);
    const std::uint32_t status = in.le32();
    put_read(sink, smb_status, in, status, 4);
    const std::uint16_t command = in.le16();
    put_read(sink, smb_command, in, command, 2, name_of(smb2_commands, command));
    in.skip(2);
    const std::uint32_t flags = in.le32();
    put_read(sink, smb_flags, in, flags, 4);
    in.skip(4);
    put_read(sink, smb_message, in, in.le64(), 8);
    // MS-SMB2 section 2.2.1.1: an asynchronous message has a number of eight bytes in the tree's place.
    in.skip(4);
    const std::uint32_t tree = in.le32();
    if ((flags & 2U) == 0) put_read(sink, smb_tree, in, tree, 4);
    put_read(sink, smb_session, in, in.le64(), 8);
    words.put("2 ");
    put_name(words, smb2_commands, command);
    words.put((flags & 1U) != 0 ? " Response" : " Request");
    if ((flags & 1U) != 0 && status != 0) {
        words.put(", status 0x");
        words.hex(status, 8);
    }
}

/// The header of a BER element with a definite length; false where there is none.
bool take_element(Cursor& in, std::uint8_t& tag, std::uint64_t& length) {
    tag = in.u8();
    length = in.u8();
    if (length < 0x80) return in.ok();
    const auto bytes = static_cast<unsigned>(length & 0x7fU);
    if (bytes == 0 || bytes > 4) return false;
    length = 0;
    for (unsigned i = 0; i < bytes; ++i) length = (length << 8U) | in.u8();
    return in.ok();
}

enum LdapField : unsigned { ldap_message, ldap_operation, ldap_name };
constexpr std::array ldap_fields{
    FieldInfo{"ldap.message_id", FieldType::number, "Message ID"},
    FieldInfo{"ldap.operation", FieldType::number, "Operation"},
    FieldInfo{"ldap.name", FieldType::text, "Name"},
};
constexpr std::array<Named, 21> ldap_operations{{
    {0, "BindRequest"},      {1, "BindResponse"},      {2, "UnbindRequest"},
    {3, "SearchRequest"},    {4, "SearchResultEntry"}, {5, "SearchResultDone"},
    {6, "ModifyRequest"},    {7, "ModifyResponse"},    {8, "AddRequest"},
    {9, "AddResponse"},      {10, "DelRequest"},       {11, "DelResponse"},
    {12, "ModifyDNRequest"}, {13, "ModifyDNResponse"}, {14, "CompareRequest"},
    {15, "CompareResponse"}, {16, "AbandonRequest"},   {19, "SearchResultReference"},
    {23, "ExtendedRequest"}, {24, "ExtendedResponse"}, {25, "IntermediateResponse"},
}};

bool read_ldap_header(Cursor& in, std::uint64_t& message, std::uint8_t& operation) {
    std::uint8_t tag = 0;
    std::uint64_t length = 0;
    if (!take_element(in, tag, length) || tag != 0x30) return false;
    if (!take_element(in, tag, length) || tag != 0x02 || length == 0 || length > 4) return false;
    message = 0;
    for (std::uint64_t i = 0; i < length; ++i) message = (message << 8U) | in.u8();
    // Section 4.1.1: the operation's tag is of class application.
    operation = in.peek();
    return in.ok() && in.remaining() != 0 && (operation & 0xc0U) == 0x40 &&
           !name_of(ldap_operations, operation & 0x1fU).empty();
}

bool is_ldap(Bytes bytes, const Packet& packet) {
    Cursor in(bytes);
    std::uint64_t message = 0;
    std::uint8_t operation = 0;
    return read_ldap_header(in, message, operation) || (bytes[0] == 0x30 && !in.ok() && on_port(packet, 389));
}

void read_ldap(Cursor& in, const Packet&, Text& words, FieldSink& sink) {
    words.put("LDAP");
    std::uint64_t message = 0;
    std::uint8_t operation = 0;
    if (!read_ldap_header(in, message, operation)) return;
    const unsigned number = operation & 0x1fU;
    sink.number(ldap_message, message, 0, in.offset());
    sink.number(ldap_operation, number, in.offset(), 1, name_of(ldap_operations, number));
    words.put(": ");
    put_name(words, ldap_operations, number);
    words.put(", id ");
    words.number(message);
    std::uint8_t tag = 0;
    std::uint64_t length = 0;
    if (!take_element(in, tag, length)) return;
    if (number == 0) in.skip(3);  // the version, an INTEGER of one byte
    if ((number != 0 && number != 3 && number != 4 && number != 6 && number != 8) || !take_element(in, tag, length) ||
        tag != 4)
        return;
    const Bytes name = in.take(static_cast<std::size_t>(length));
    if (name.empty()) return;
    sink.bytes(ldap_name, name, in.offset() - name.size());
    words.put(" \"");
    words.escaped(name, 128);
    words.put('"');
}

constexpr std::array kerberos_fields{FieldInfo{"kerberos.type", FieldType::number, "Message type"}};
constexpr std::array<Named, 10> kerberos_types{{
    {10, "AS-REQ"},
    {11, "AS-REP"},
    {12, "TGS-REQ"},
    {13, "TGS-REP"},
    {14, "AP-REQ"},
    {15, "AP-REP"},
    {20, "KRB-SAFE"},
    {21, "KRB-PRIV"},
    {22, "KRB-CRED"},
    {30, "KRB-ERROR"},
}};

/// Over TCP a length of four bytes stands before the message (RFC 4120 section 7.2.2).
std::size_t kerberos_start(Bytes bytes) { return !bytes.empty() && bytes[0] == 0 ? 4 : 0; }
bool is_kerberos(Bytes bytes, const Packet&) {
    const std::size_t start = kerberos_start(bytes);
    return bytes.size() > start + 1 && (bytes[start] & 0xe0U) == 0x60 &&
           !name_of(kerberos_types, bytes[start] & 0x1fU).empty();
}
void read_kerberos(Cursor& in, const Packet&, Text& words, FieldSink& sink) {
    const std::size_t start = kerberos_start(in.all());
    const unsigned type = in.peek(start) & 0x1fU;
    sink.number(0, type, start, 1, name_of(kerberos_types, type));
    words.put("Kerberos ");
    put_name(words, kerberos_types, type);
}

enum RdpField : unsigned { rdp_length, rdp_type, rdp_cookie };
constexpr std::array rdp_fields{
    FieldInfo{"rdp.length", FieldType::number, "TPKT length"},
    FieldInfo{"rdp.type", FieldType::hex, "X.224 type"},
    FieldInfo{"rdp.cookie", FieldType::text, "Cookie"},
};
constexpr std::array<Named, 5> x224_types{{
    {0xe0, "Connection Request"},
    {0xd0, "Connection Confirm"},
    {0x80, "Disconnect Request"},
    {0xf0, "Data"},
    {0x70, "Error"},
}};

bool is_rdp(Bytes bytes, const Packet& packet) {
    if (bytes.size() < 6) return bytes[0] == 3 && on_port(packet, 3389);
    return bytes[0] == 3 && bytes[1] == 0 && !name_of(x224_types, bytes[5] & 0xf0U).empty();
}
void read_rdp(Cursor& in, const Packet&, Text& words, FieldSink& sink) {
    in.skip(2);
    put_read(sink, rdp_length, in, in.u16(), 2);
    in.skip(1);
    const std::uint8_t type = in.u8() & 0xf0U;
    put_read(sink, rdp_type, in, type, 1, name_of(x224_types, type));
    words.put("RDP: ");
    if (!in.ok()) return;
    put_name(words, x224_types, type);
    if (type != 0xe0) return;
    in.skip(5);
    const std::string_view rest = as_text(in.rest());
    const std::size_t end = rest.find("\r\n");
    if (!in.ok() || end == std::string_view::npos || !rest.starts_with("Cookie: ")) return;
    words.put(", ");
    words.escaped(rest.substr(0, end));
    sink.bytes(rdp_cookie, in.rest().first(end), in.offset());
}

constexpr std::array vnc_fields{FieldInfo{"vnc.version", FieldType::text, "Protocol version"}};
bool is_vnc(Bytes bytes, const Packet&) { return as_text(bytes).starts_with("RFB "); }
void read_vnc(Cursor& in, const Packet&, Text& words, FieldSink& sink) {
    Lines lines(in.all());
    Line line;
    if (!lines.next(line)) return;
    words.put("VNC: ");
    words.escaped(as_bytes(line.text), 16);
    put_part(sink, 0, in.all(), line.text);
}

enum SocksField : unsigned { socks_version, socks_methods, socks_command, socks_host, socks_port };
constexpr std::array socks_fields{
    FieldInfo{"socks.version", FieldType::number, "Version"},
    FieldInfo{"socks.methods", FieldType::bytes, "Methods"},
    FieldInfo{"socks.command", FieldType::number, "Command or reply"},
    FieldInfo{"socks.host", FieldType::text, "Destination"},
    FieldInfo{"socks.port", FieldType::number, "Port"},
};
constexpr std::array<Named, 3> socks_commands{{{1, "Connect"}, {2, "Bind"}, {3, "UDP Associate"}}};

bool is_socks(Bytes bytes, const Packet& packet) {
    if (bytes[0] == 5) return bytes.size() >= 2 && (on_port(packet, 1080) || bytes.size() == bytes[1] + 2U);
    return on_port(packet, 1080) && (bytes[0] == 4 || (bytes[0] <= 1 && bytes.size() >= 2));
}

void put_socks_target(Cursor& in, std::uint8_t kind, Text& words, FieldSink& sink) {
    const std::size_t at = in.offset();
    Text host;
    if (kind == 1)
        host.ipv4(in.u32());
    else if (kind == 3)
        host.escaped(in.take(in.u8()));
    else if (const Bytes address = in.take(16); kind == 4 && in.ok())
        host.ipv6(address.first<16>());
    const std::size_t length = in.offset() - at;
    const std::uint16_t port = in.u16();
    if (!in.ok()) return;
    sink.text(socks_host, host.view(), at, length);
    put_read(sink, socks_port, in, port, 2);
    words.put(' ');
    words.put(host.view());
    words.put(':');
    words.number(port);
}

void read_socks(Cursor& in, const Packet& packet, Text& words, FieldSink& sink) {
    const std::uint8_t version = in.u8();
    put_read(sink, socks_version, in, version, 1);
    const std::uint8_t second = in.u8();
    const bool reply = from_port(packet, 1080);
    words.put("SOCKS");
    if (version == 4 || version == 0) {
        put_read(sink, socks_command, in, second, 1, name_of(socks_commands, second));
        words.put(reply ? "4 reply " : "4 ");
        if (reply) return words.number(second);
        put_name(words, socks_commands, second);
        const std::uint16_t port = in.u16();
        put_read(sink, socks_port, in, port, 2);
        return;
    }
    // RFC 1929: a user name and password, which are not shown.
    if (version == 1) return words.put("5 authentication");
    words.put("5 ");
    if (in.remaining() == second && !reply) {
        sink.bytes(socks_methods, in.rest(), in.offset());
        return words.put("methods");
    }
    if (in.remaining() == 0) {
        words.put("method ");
        return words.number(second);
    }
    put_read(sink, socks_command, in, second, 1, reply ? std::string_view{} : name_of(socks_commands, second));
    if (reply) {
        words.put("reply ");
        words.number(second);
    } else {
        put_name(words, socks_commands, second);
    }
    in.skip(1);
    const std::uint8_t kind = in.u8();
    put_socks_target(in, kind, words, sink);
}

}  // namespace

const Dissector smb_dissector =
    message_dissector<is_smb, read_smb>(Protocol::smb, "smb", "Server Message Block", smb_fields);
const Dissector ldap_dissector =
    message_dissector<is_ldap, read_ldap>(Protocol::ldap, "ldap", "Lightweight Directory Access Protocol", ldap_fields);
const Dissector kerberos_dissector =
    message_dissector<is_kerberos, read_kerberos>(Protocol::kerberos, "kerberos", "Kerberos", kerberos_fields);
const Dissector rdp_dissector =
    message_dissector<is_rdp, read_rdp>(Protocol::rdp, "rdp", "Remote Desktop Protocol", rdp_fields);
const Dissector vnc_dissector =
    message_dissector<is_vnc, read_vnc>(Protocol::vnc, "vnc", "Remote Framebuffer", vnc_fields);
const Dissector socks_dissector =
    message_dissector<is_socks, read_socks>(Protocol::socks, "socks", "SOCKS", socks_fields);

}  // namespace fid::packet
