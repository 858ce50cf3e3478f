// SPDX-License-Identifier: MIT
// EAP over LAN (IEEE 802.1X): authentication packets, and the key handshake of WPA and 802.11i.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/put.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 7> types{{{0, "EAP packet"},
                                      {1, "EAPOL start"},
                                      {2, "EAPOL logoff"},
                                      {3, "EAPOL key"},
                                      {4, "encapsulated ASF alert"},
                                      {5, "EAPOL MKA"},
                                      {6, "EAPOL announcement"}}};
constexpr std::array<Named, 4> eap_codes{{{1, "Request"}, {2, "Response"}, {3, "Success"}, {4, "Failure"}}};
constexpr std::array<Named, 11> eap_types{{{1, "Identity"},
                                           {2, "Notification"},
                                           {3, "Nak"},
                                           {4, "MD5-challenge"},
                                           {5, "OTP"},
                                           {6, "GTC"},
                                           {13, "TLS"},
                                           {17, "LEAP"},
                                           {21, "TTLS"},
                                           {25, "PEAP"},
                                           {43, "FAST"}}};
constexpr std::array<Named, 3> key_types{{{1, "RC4"}, {2, "RSN (802.11i)"}, {254, "WPA"}}};
constexpr std::array<Named, 8> key_flags{{{0x0008, "Pairwise"},
                                          {0x0040, "Install"},
                                          {0x0080, "Ack"},
                                          {0x0100, "MIC"},
                                          {0x0200, "Secure"},
                                          {0x0400, "Error"},
                                          {0x0800, "Request"},
                                          {0x1000, "Encrypted data"}}};

enum Field : unsigned {
    version,
    type,
    length,
    eap_code,
    eap_id,
    eap_length,
    eap_type,
    eap_identity,
    eap_data,
    key_type,
    key_info,
    key_length,
    replay,
    nonce,
    iv,
    rsc,
    key_id,
    mic,
    key_data_length,
    key_data,
    data
};
constexpr std::array eapol_fields{
    FieldInfo{"eapol.version", FieldType::number, "Version"},
    FieldInfo{"eapol.type", FieldType::number, "Type"},
    FieldInfo{"eapol.len", FieldType::number, "Length"},
    FieldInfo{"eap.code", FieldType::number, "EAP code"},
    FieldInfo{"eap.id", FieldType::number, "EAP identifier"},
    FieldInfo{"eap.len", FieldType::number, "EAP length"},
    FieldInfo{"eap.type", FieldType::number, "EAP type"},
    FieldInfo{"eap.identity", FieldType::text, "Identity"},
    FieldInfo{"eap.data", FieldType::bytes, "EAP data"},
    FieldInfo{"eapol.keydes.type", FieldType::number, "Key descriptor"},
    FieldInfo{"eapol.keydes.key_info", FieldType::hex, "Key information"},
    FieldInfo{"eapol.keydes.key_len", FieldType::number, "Key length"},
    FieldInfo{"eapol.keydes.replay_counter", FieldType::number, "Replay counter"},
    FieldInfo{"eapol.keydes.nonce", FieldType::bytes, "Nonce"},
    FieldInfo{"eapol.keydes.key_iv", FieldType::bytes, "Key IV"},
    FieldInfo{"eapol.keydes.rsc", FieldType::bytes, "Receive sequence counter"},
    FieldInfo{"eapol.keydes.id", FieldType::bytes, "Key ID"},
    FieldInfo{"eapol.keydes.mic", FieldType::bytes, "MIC"},
    FieldInfo{"eapol.keydes.data_len", FieldType::number, "Key data length"},
    FieldInfo{"eapol.keydes.data", FieldType::bytes, "Key data"},
    FieldInfo{"eapol.data", FieldType::bytes, "Data"},
};

constexpr std::size_t header_size = 4;
constexpr std::uint8_t eap_packet = 0, key_packet = 3;

Step step_eapol(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < header_size) return short_header(bytes, packet, offset);
    const std::size_t body = (std::size_t{bytes[2]} << 8U) | bytes[3];
    return {.header = std::min(bytes.size(), header_size + body), .payload = 0};
}

void info_eapol(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in(packet.header(layer));
    const std::uint8_t number = in.u8();
    const std::uint8_t kind = in.u8();
    const std::uint16_t body = in.u16();
    if (!in.ok()) return;
    out.put(name_of(types, kind, "unknown"));
    out.put(" (");
    out.number(kind);
    out.put(") v");
    out.number(number);
    out.put(", len ");
    out.number(body);
    if (kind != eap_packet || in.remaining() < 4) return;
    const std::uint8_t code = in.u8();
    const std::uint8_t id = in.u8();
    in.skip(2);
    out.put(", ");
    out.put(name_of(eap_codes, code, "unknown"));
    out.put(" (");
    out.number(code);
    out.put("), id ");
    out.number(id);
    if ((code != 1 && code != 2) || in.remaining() == 0) return;
    const std::uint8_t method = in.u8();
    out.put(", Type ");
    out.put(name_of(eap_types, method, "unknown"));
    out.put(" (");
    out.number(method);
    out.put(')');
    if (method == 1 && in.remaining() != 0) {
        out.put(", Identity: ");
        out.escaped(in.rest());
    }
}

void visit_eap(FieldReader& in) {
    const std::uint64_t code = in.u8(eap_code, eap_codes);
    in.u8(eap_id);
    in.u16(eap_length);
    const bool typed = (code == 1 || code == 2) && in.more();
    if (typed && in.u8(eap_type, eap_types) == 1)
        in.tail(eap_identity);
    else
        in.tail(eap_data);
}

/// IEEE 802.11 12.7.2; the older RC4 descriptor is shown as bytes.
void visit_key(FieldReader& in) {
    if (in.u8(key_type, key_types) == 1) return;
    const std::uint64_t bits = in.u16();
    Text names;
    put_flags(names, key_flags, bits);
    in.part(key_info, bits, names.view());
    in.u16(key_length);
    in.u64(replay);
    in.bytes(nonce, 32);
    in.bytes(iv, 16);
    in.bytes(rsc, 8);
    in.bytes(key_id, 8);
    in.bytes(mic, 16);
    in.u16(key_data_length);
    in.tail(key_data);
}

void visit_eapol(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.header(layer), sink);
    in.u8(version);
    const std::uint64_t kind = in.u8(type, types);
    in.u16(length);
    if (kind == eap_packet && in.more())
        visit_eap(in);
    else if (kind == key_packet && in.more())
        visit_key(in);
    in.tail(data);
}

}  // namespace

constexpr Dissector eapol_dissector{Protocol::eapol, "eapol",    "EAPOL",    eapol_fields,
                                    step_eapol,      info_eapol, visit_eapol};

}  // namespace fid::packet
