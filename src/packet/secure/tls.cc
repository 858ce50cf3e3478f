// SPDX-License-Identifier: MIT
// TLS over TCP (RFC 8446, RFC 5246): the records of one segment and the handshake messages that are in the clear.
#include <algorithm>
#include <array>

#include "packet/names.h"
#include "packet/secure/family.h"
#include "packet/secure/hello_fields.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_record,
    f_type,
    f_version,
    f_length,
    f_handshake,
    f_handshake_type,
    f_handshake_length,
    f_certificate,
    f_alert_level,
    f_alert_description,
    f_hello,
};
constexpr std::array<FieldInfo, f_hello + hello_field_count> fields{{
    {"tls.record", FieldType::group, "Record"},
    {"tls.record.type", FieldType::number, "Content type"},
    {"tls.record.version", FieldType::hex, "Record version"},
    {"tls.record.length", FieldType::number, "Length"},
    {"tls.handshake", FieldType::group, "Handshake message"},
    {"tls.handshake.type", FieldType::number, "Handshake type"},
    {"tls.handshake.length", FieldType::number, "Length"},
    {"tls.certificate", FieldType::bytes, "Certificate"},
    {"tls.alert.level", FieldType::number, "Alert level"},
    {"tls.alert.description", FieldType::number, "Alert description"},
    {"tls.handshake.version", FieldType::hex, "Handshake version"},
    {"tls.random", FieldType::bytes, "Random"},
    {"tls.session_id", FieldType::bytes, "Session ID"},
    {"tls.ciphers", FieldType::text, "Cipher suites"},
    {"tls.cipher", FieldType::hex, "Cipher suite"},
    {"tls.extensions", FieldType::text, "Extensions"},
    {"tls.sni", FieldType::text, "Server name"},
    {"tls.alpn", FieldType::text, "Application protocols"},
    {"tls.groups", FieldType::text, "Supported groups"},
    {"tls.point_formats", FieldType::bytes, "Point formats"},
    {"tls.signature_algorithms", FieldType::text, "Signature algorithms"},
    {"tls.supported_versions", FieldType::text, "Supported versions"},
    {"tls.ja3", FieldType::text, "JA3"},
    {"tls.ja3_full", FieldType::text, "JA3 (full)"},
    {"tls.ja3s", FieldType::text, "JA3S"},
    {"tls.ja3s_full", FieldType::text, "JA3S (full)"},
    {"tls.ja4", FieldType::text, "JA4"},
}};

enum : std::uint8_t { change_cipher_spec = 20, alert = 21, handshake = 22, application_data = 23, heartbeat = 24 };
enum : std::uint8_t { client_hello = 1, server_hello = 2, certificate = 11 };

constexpr std::array<Named, 5> type_names{{
    {change_cipher_spec, "Change Cipher Spec"},
    {alert, "Alert"},
    {handshake, "Handshake"},
    {application_data, "Application Data"},
    {heartbeat, "Heartbeat"},
}};
constexpr std::array<Named, 17> handshake_names{{
    {0, "HelloRequest"},
    {1, "ClientHello"},
    {2, "ServerHello"},
    {3, "HelloVerifyRequest"},
    {4, "NewSessionTicket"},
    {5, "EndOfEarlyData"},
    {8, "EncryptedExtensions"},
    {11, "Certificate"},
    {12, "ServerKeyExchange"},
    {13, "CertificateRequest"},
    {14, "ServerHelloDone"},
    {15, "CertificateVerify"},
    {16, "ClientKeyExchange"},
    {20, "Finished"},
    {22, "CertificateStatus"},
    {24, "KeyUpdate"},
    {67, "NextProtocol"},
}};
constexpr std::array<Named, 34> alert_names{{
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
}};

/// RFC 5246 section 6.2.3: a cipher may add up to 2048 bytes to the 16384 of a record.
constexpr std::size_t max_record = 16384 + 2048;

struct Record {
    std::size_t offset = 0;
    std::uint8_t type = 0;
    std::uint16_t version = 0;
    std::uint16_t length = 0;  ///< claimed
    Bytes body;                ///< what of it is in this segment
};

/// False at the end, or where the bytes are not a record.
bool next_record(Cursor& in, Record& record) {
    record.offset = in.offset();
    record.type = in.u8();
    record.version = in.u16();
    record.length = in.u16();
    if (!in.ok() || record.type < change_cipher_spec || record.type > heartbeat || (record.version >> 8U) != 3 ||
        (record.version & 0xffU) > 4 || record.length > max_record)
        return false;
    record.body = in.take(std::min<std::size_t>(record.length, in.remaining()));
    return true;
}

struct Message {
    std::uint8_t type = 0;
    std::uint32_t length = 0;
    Bytes body;
    [[nodiscard]] bool whole() const { return body.size() == length; }
};

/// A message in the clear. Encrypted ones have the same record type and give themselves away by an unknown type, or a
/// length that leaves the record, which only the last message of a record cut short by the segment may do.
bool next_message(Cursor& in, const Record& record, Message& message) {
    message.type = in.u8();
    message.length = in.u24();
    if (!in.ok() || name_of(handshake_names, message.type).empty()) return false;
    const std::size_t behind = in.offset();
    if (behind + message.length > record.length && behind != 4) return false;
    if (message.length > 0x20000) return false;
    message.body = in.take(std::min<std::size_t>(message.length, in.remaining()));
    return true;
}

/// A 4-byte key exchange nonce could look like a message header: once keys changed, the rest is encrypted. But TLS 1.3
/// sends a meaningless change before the ClientHello that answers a HelloRetryRequest (RFC 8446 appendix D.4): one
/// that fills its record exactly.
bool is_clear(const Record& record, bool keys_changed) {
    if (record.type != handshake || !keys_changed) return record.type == handshake;
    Cursor in(record.body);
    return in.u8() == client_hello && in.u24() + std::size_t{4} == record.length && in.ok();
}

Step step(Bytes bytes, Packet&, std::size_t) {
    Cursor in(bytes);
    Record record;
    if (!next_record(in, record)) {
        const bool may_become = bytes.size() < 5 && !bytes.empty() && bytes[0] >= change_cipher_spec &&
                                bytes[0] <= heartbeat && (bytes.size() < 2 || bytes[1] == 3);
        return {.header = bytes.size(), .truncated = may_become, .refused = !may_become};
    }
    return {.header = bytes.size()};
}

void info_message(const Message& message, Text& out) {
    if (message.type == client_hello || message.type == server_hello) {
        info_hello(read_hello(message.body, message.type == client_hello, message.whole()), out);
    } else {
        out.put(name_of(handshake_names, message.type));
    }
}

void info_alert(const Record& record, Text& out) {
    if (record.length != 2 || record.body.size() != 2) return out.put("Encrypted Alert");
    out.put(record.body[0] == 1 ? "Alert warning" : "Alert fatal");
    out.put(' ');
    const auto name = name_of(alert_names, record.body[1]);
    if (name.empty())
        out.number(record.body[1]);
    else
        out.put(name);
}

void info_record(const Record& record, bool keys_changed, Text& out) {
    if (record.type == alert) return info_alert(record, out);
    if (record.type != handshake) return out.put(name_of(type_names, record.type));
    Cursor in(record.body);
    Message message;
    bool any = false;
    while (in.remaining() != 0 && is_clear(record, keys_changed) && next_message(in, record, message)) {
        if (any) out.put(", ");
        info_message(message, out);
        any = true;
    }
    if (!any) out.put("Encrypted Handshake Message");
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in(packet.bytes(layer));
    Record record;
    bool keys_changed = false;
    bool first = true;
    std::uint8_t previous = 0;
    while (in.remaining() != 0 && next_record(in, record)) {
        // A segment full of application data is one word.
        if (record.type == application_data && previous == application_data) continue;
        previous = record.type;
        if (first) {
            Text words;
            info_record(record, keys_changed, words);
            if (!words.view().starts_with("TLS") && !words.view().starts_with("SSL")) {
                out.put(tls_version_name(record.version));
                out.put(' ');
            }
            out.put(words.view());
        } else {
            out.put(", ");
            info_record(record, keys_changed, out);
        }
        first = false;
        keys_changed = keys_changed || record.type == change_cipher_spec;
    }
    if (first) out.put("TLS");
}

void visit_certificates(const Message& message, std::size_t offset, FieldSink& sink) {
    Cursor in(message.body);
    const std::uint32_t total = in.u24();
    // TLS 1.3's message begins with a request context and is encrypted; only the older form is seen here.
    Cursor list = in.sub(std::min<std::size_t>(total, in.remaining()));
    while (list.remaining() != 0) {
        const Bytes one = list.take(list.u24());
        if (!list.ok()) return;
        sink.bytes(f_certificate, one, offset + 3 + list.offset() - one.size());
    }
}

void visit_handshake(const Record& record, FieldSink& sink) {
    Cursor in(record.body);
    Message message;
    while (in.remaining() != 0) {
        const std::size_t at = record.offset + 5 + in.offset();
        if (!next_message(in, record, message)) return;
        sink.open(f_handshake, name_of(handshake_names, message.type), at, 4 + message.body.size());
        sink.number(f_handshake_type, message.type, at, 1, name_of(handshake_names, message.type));
        sink.number(f_handshake_length, message.length, at + 1, 3);
        if (message.type == client_hello || message.type == server_hello) {
            const Hello hello = read_hello(message.body, message.type == client_hello, message.whole());
            visit_hello(hello, 't', f_hello, message.body, at + 4, true, sink);
        } else if (message.type == certificate) {
            visit_certificates(message, at + 4, sink);
        }
        sink.close();
    }
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    Cursor in(packet.bytes(layer));
    Record record;
    bool keys_changed = false;
    while (in.remaining() != 0 && next_record(in, record)) {
        const auto name = name_of(type_names, record.type);
        sink.open(f_record, name, record.offset, 5 + record.body.size());
        sink.number(f_type, record.type, record.offset, 1, name);
        sink.number(f_version, record.version, record.offset + 1, 2, tls_version_name(record.version));
        sink.number(f_length, record.length, record.offset + 3, 2);
        if (is_clear(record, keys_changed)) visit_handshake(record, sink);
        if (record.type == alert && record.length == 2 && record.body.size() == 2) {
            sink.number(f_alert_level, record.body[0], record.offset + 5, 1, record.body[0] == 1 ? "warning" : "fatal");
            sink.number(f_alert_description, record.body[1], record.offset + 6, 1,
                        name_of(alert_names, record.body[1]));
        }
        sink.close();
        keys_changed = keys_changed || record.type == change_cipher_spec;
    }
}

}  // namespace

const Dissector tls_dissector{Protocol::tls, "tls", "Transport Layer Security", fields, step, info, visit};

}  // namespace fid::packet
