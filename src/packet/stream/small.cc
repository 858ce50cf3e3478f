// SPDX-License-Identifier: MIT
// Small binary protocols: MQTT, Modbus/TCP, DNP3's link header, BitTorrent's handshake, WebSocket frames (RFC 6455) and
// telnet (RFC 854).
#include <algorithm>

#include "packet/names.h"
#include "packet/put.h"
#include "packet/steps.h"
#include "packet/stream/family.h"
#include "packet/stream/message.h"

namespace fid::packet {
namespace {

enum MqttField : unsigned { mqtt_type, mqtt_flags, mqtt_length, mqtt_client, mqtt_topic };
constexpr std::array mqtt_fields{
    FieldInfo{"mqtt.type", FieldType::number, "Packet type"},
    FieldInfo{"mqtt.flags", FieldType::hex, "Flags"},
    FieldInfo{"mqtt.length", FieldType::number, "Remaining length"},
    FieldInfo{"mqtt.client_id", FieldType::text, "Client ID"},
    FieldInfo{"mqtt.topic", FieldType::text, "Topic"},
};
constexpr std::array<Named, 15> mqtt_types{{
    {1, "CONNECT"},
    {2, "CONNACK"},
    {3, "PUBLISH"},
    {4, "PUBACK"},
    {5, "PUBREC"},
    {6, "PUBREL"},
    {7, "PUBCOMP"},
    {8, "SUBSCRIBE"},
    {9, "SUBACK"},
    {10, "UNSUBSCRIBE"},
    {11, "UNSUBACK"},
    {12, "PINGREQ"},
    {13, "PINGRESP"},
    {14, "DISCONNECT"},
    {15, "AUTH"},
}};

enum MqttType : unsigned { connect = 1, publish = 3, subscribe = 8, unsubscribe = 10 };

bool read_mqtt_header(Cursor& in, std::uint8_t& first, std::uint32_t& length) {
    first = in.u8();
    length = 0;
    for (unsigned shift = 0; shift < 28; shift += 7) {
        const std::uint8_t byte = in.u8();
        length |= static_cast<std::uint32_t>(byte & 0x7fU) << shift;
        if ((byte & 0x80U) == 0) return in.ok();
    }
    return false;
}

/// The flags of all types but PUBLISH are fixed (section 2.2.2 of MQTT 3.1.1).
bool is_mqtt(Bytes bytes, const Packet&) {
    Cursor in(bytes);
    std::uint8_t first = 0;
    std::uint32_t length = 0;
    const bool header = read_mqtt_header(in, first, length);
    const unsigned type = first >> 4U;
    const unsigned flags = first & 0xfU;
    const bool two = type == 6 || type == 8 || type == 10;
    return type != 0 && (header || bytes.size() < 5) && (type == 3 || flags == (two ? 2U : 0U));
}

void read_mqtt(Cursor& in, const Packet&, Text& words, FieldSink& sink) {
    words.put("MQTT: ");
    for (bool more = false; in.remaining() != 0; more = true) {
        const std::size_t at = in.offset();
        std::uint8_t first = 0;
        std::uint32_t length = 0;
        if (!read_mqtt_header(in, first, length) || first < 0x10) return;
        const unsigned type = first >> 4U;
        if (more) words.put(", ");
        put_name(words, mqtt_types, type);
        sink.number(mqtt_type, type, at, 1, name_of(mqtt_types, type));
        sink.number(mqtt_flags, first & 0xfU, at, 1);
        sink.number(mqtt_length, length, at + 1, in.offset() - at - 1);
        const std::size_t start = in.offset();
        Cursor body = in.sub(std::min<std::size_t>(length, in.remaining()));
        if (type != connect && type != publish && type != subscribe && type != unsubscribe) continue;
        if (type == connect) {
            body.skip(body.u16());  // the protocol's name
            body.skip(4);           // its level, flags and keep-alive
        } else if (type != publish) {
            body.skip(2);  // the packet's identifier
        }
        bool first_text = true;
        do {
            const Bytes text = body.take(body.u16());
            if (!body.ok() || text.empty()) break;
            sink.bytes(type == connect ? mqtt_client : mqtt_topic, text, start + body.offset() - text.size());
            if (first_text) {
                words.put(' ');
                words.escaped(text, 128);
            }
            first_text = false;
            if (type == subscribe) body.skip(1);  // the options behind each topic filter
        } while ((type == subscribe || type == unsubscribe) && body.remaining() != 0);
    }
}

enum ModbusField : unsigned { modbus_transaction, modbus_length, modbus_unit, modbus_function, modbus_exception };
constexpr std::array modbus_fields{
    FieldInfo{"modbus.transaction", FieldType::number, "Transaction"},
    FieldInfo{"modbus.length", FieldType::number, "Length"},
    FieldInfo{"modbus.unit", FieldType::number, "Unit"},
    FieldInfo{"modbus.function", FieldType::number, "Function"},
    FieldInfo{"modbus.exception", FieldType::number, "Exception"},
};
constexpr std::array<Named, 14> modbus_functions{{
    {1, "Read Coils"},
    {2, "Read Discrete Inputs"},
    {3, "Read Holding Registers"},
    {4, "Read Input Registers"},
    {5, "Write Single Coil"},
    {6, "Write Single Register"},
    {7, "Read Exception Status"},
    {8, "Diagnostics"},
    {15, "Write Multiple Coils"},
    {16, "Write Multiple Registers"},
    {17, "Report Server ID"},
    {22, "Mask Write Register"},
    {23, "Read/Write Multiple Registers"},
    {43, "Encapsulated Interface Transport"},
}};

bool is_modbus(Bytes bytes, const Packet& packet) {
    Cursor in(bytes);
    in.skip(2);
    const std::uint16_t protocol = in.u16();
    const std::uint16_t length = in.u16();
    in.skip(1);
    const unsigned function = in.u8();
    if (!in.ok()) return was_cut(packet) && protocol == 0;
    // An exception is the function with its high bit set, and one byte.
    const bool fits = length >= 2 && length <= 254 && (length + 6U <= bytes.size() || was_cut(packet));
    return protocol == 0 && fits && (function < 0x80 ? function != 0 : length == 3);
}

void read_modbus(Cursor& in, const Packet& packet, Text& words, FieldSink& sink) {
    const std::uint16_t transaction = in.u16();
    put_read(sink, modbus_transaction, in, transaction, 2);
    in.skip(2);
    put_read(sink, modbus_length, in, in.u16(), 2);
    const std::uint8_t unit = in.u8();
    put_read(sink, modbus_unit, in, unit, 1);
    const std::uint8_t function = in.u8();
    put_read(sink, modbus_function, in, function & 0x7fU, 1, name_of(modbus_functions, function & 0x7fU));
    words.put("Modbus: ");
    words.put(from_port(packet, 502) ? "Response " : "Query ");
    words.number(transaction);
    words.put(", unit ");
    words.number(unit);
    words.put(", ");
    put_name(words, modbus_functions, function & 0x7fU);
    if ((function & 0x80U) == 0) return;
    const std::uint8_t exception = in.u8();
    put_read(sink, modbus_exception, in, exception, 1);
    words.put(", exception ");
    words.number(exception);
}

enum Dnp3Field : unsigned { dnp3_length, dnp3_control, dnp3_destination, dnp3_source };
constexpr std::array dnp3_fields{
    FieldInfo{"dnp3.length", FieldType::number, "Length"},
    FieldInfo{"dnp3.control", FieldType::hex, "Control"},
    FieldInfo{"dnp3.dst", FieldType::number, "Destination"},
    FieldInfo{"dnp3.src", FieldType::number, "Source"},
};
bool is_dnp3(Bytes bytes, const Packet&) { return bytes[0] == 0x05 && (bytes.size() < 2 || bytes[1] == 0x64); }
void read_dnp3(Cursor& in, const Packet&, Text& words, FieldSink& sink) {
    in.skip(2);
    put_read(sink, dnp3_length, in, in.u8(), 1);
    const std::uint8_t control = in.u8();
    put_read(sink, dnp3_control, in, control, 1);
    const std::uint16_t destination = in.le16();
    put_read(sink, dnp3_destination, in, destination, 2);
    const std::uint16_t source = in.le16();
    put_read(sink, dnp3_source, in, source, 2);
    words.put("DNP3: from ");
    words.number(source);
    words.put(" to ");
    words.number(destination);
    words.put(", control 0x");
    words.hex(control, 2);
}

enum TorrentField : unsigned { torrent_reserved, torrent_hash, torrent_peer };
constexpr std::array torrent_fields{
    FieldInfo{"bittorrent.reserved", FieldType::bytes, "Reserved"},
    FieldInfo{"bittorrent.info_hash", FieldType::bytes, "Info hash"},
    FieldInfo{"bittorrent.peer_id", FieldType::text, "Peer ID"},
};
bool is_torrent(Bytes bytes, const Packet&) {
    return as_text(bytes).starts_with(
        "\x13"
        "BitTorrent protocol");
}
void read_torrent(Cursor& in, const Packet&, Text& words, FieldSink& sink) {
    words.put("BitTorrent handshake");
    in.skip(20);
    const Bytes reserved = in.take(8);
    const Bytes hash = in.take(20);
    if (!in.ok()) return;
    sink.bytes(torrent_reserved, reserved, 20);
    sink.bytes(torrent_hash, hash, 28);
    words.put(", info hash ");
    words.hex_bytes(hash);
    if (const Bytes peer = in.take(20); in.ok()) sink.bytes(torrent_peer, peer, 48);
}

enum WebsocketField : unsigned { websocket_fin, websocket_opcode, websocket_masked, websocket_length, websocket_key };
constexpr std::array websocket_fields{
    FieldInfo{"websocket.fin", FieldType::flag, "Final fragment"},
    FieldInfo{"websocket.opcode", FieldType::number, "Opcode"},
    FieldInfo{"websocket.masked", FieldType::flag, "Masked"},
    FieldInfo{"websocket.length", FieldType::number, "Payload length"},
    FieldInfo{"websocket.key", FieldType::bytes, "Masking key"},
};
constexpr std::array<Named, 6> websocket_opcodes{{
    {0, "Continuation"},
    {1, "Text"},
    {2, "Binary"},
    {8, "Close"},
    {9, "Ping"},
    {10, "Pong"},
}};
/// Section 5.2: without extensions the three reserved bits are zero; RSV1 is permessage-deflate's.
/// RFC 6455 section 5.2. A frame may go on in the next segment, so what can be asked for is that every head in this one
/// makes sense: extensions' bits as good as unused but for compression (0x40), a known opcode, control frames whole and
/// short, and lengths in the shortest form.
bool is_websocket(Bytes bytes, const Packet& packet) {
    Cursor in(bytes);
    while (in.remaining() != 0) {
        const unsigned first = in.u8();
        const unsigned second = in.u8();
        if (!in.ok()) return in.offset() != 1 || was_cut(packet);
        const bool control = (first & 8U) != 0;
        const unsigned short_length = second & 0x7fU;
        if ((first & 0x30U) != 0 || name_of(websocket_opcodes, first & 0xfU).empty()) return false;
        if (control && ((first & 0x80U) == 0 || short_length > 125)) return false;
        std::uint64_t length = short_length;
        if (short_length == 126) length = in.u16();
        if (short_length == 127) length = in.u64();
        if (!in.ok()) return true;
        if ((short_length == 126 && length < 126) || (short_length == 127 && (length < 65536 || length >> 63U != 0)))
            return false;
        in.skip((second & 0x80U) != 0 ? 4 : 0);
        if (!in.ok() || length > in.remaining()) return true;
        in.skip(static_cast<std::size_t>(length));
    }
    return true;
}
void read_websocket(Cursor& in, const Packet&, Text& words, FieldSink& sink) {
    words.put("WebSocket:");
    while (in.remaining() != 0) {
        const std::uint8_t first = in.u8();
        const std::uint8_t second = in.u8();
        if (!in.ok()) return;
        const unsigned opcode = first & 0xfU;
        sink.number(websocket_fin, first >> 7U, in.offset() - 2, 1);
        sink.number(websocket_opcode, opcode, in.offset() - 2, 1, name_of(websocket_opcodes, opcode));
        sink.number(websocket_masked, second >> 7U, in.offset() - 1, 1);
        const unsigned short_length = second & 0x7fU;
        const std::size_t size = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
        const std::uint64_t length = size == 2 ? in.u16() : size == 8 ? in.u64() : short_length;
        put_read(sink, websocket_length, in, length, size == 0 ? 1 : size);
        if (second >= 0x80)
            if (const Bytes key = in.take(4); in.ok()) sink.bytes(websocket_key, key, in.offset() - 4);
        if (!in.ok()) return;
        words.put(' ');
        put_name(words, websocket_opcodes, opcode);
        words.put(" length ");
        words.number(length);
        in.skip(static_cast<std::size_t>(std::min<std::uint64_t>(length, in.remaining())));
    }
}

enum TelnetField : unsigned { telnet_command, telnet_option, telnet_data };
constexpr std::array telnet_fields{
    FieldInfo{"telnet.command", FieldType::number, "Command"},
    FieldInfo{"telnet.option", FieldType::number, "Option"},
    FieldInfo{"telnet.data", FieldType::text, "Data"},
};
constexpr std::uint8_t iac = 255;
constexpr std::array<Named, 16> telnet_commands{{
    {240, "SE"},
    {241, "NOP"},
    {242, "DM"},
    {243, "BRK"},
    {244, "IP"},
    {245, "AO"},
    {246, "AYT"},
    {247, "EC"},
    {248, "EL"},
    {249, "GA"},
    {250, "SB"},
    {251, "WILL"},
    {252, "WONT"},
    {253, "DO"},
    {254, "DONT"},
    {255, "IAC"},
}};
constexpr std::array<Named, 14> telnet_options{{
    {0, "BINARY"},
    {1, "ECHO"},
    {3, "SUPPRESS GO AHEAD"},
    {5, "STATUS"},
    {6, "TIMING MARK"},
    {24, "TERMINAL TYPE"},
    {31, "NAWS"},
    {32, "TSPEED"},
    {33, "LFLOW"},
    {34, "LINEMODE"},
    {35, "XDISPLOC"},
    {36, "OLD-ENVIRON"},
    {37, "AUTHENTICATION"},
    {39, "NEW-ENVIRON"},
}};
bool is_telnet(Bytes bytes, const Packet& packet) {
    return on_port(packet, 23) || (bytes[0] == iac && bytes.size() > 1 && bytes[1] >= 240);
}
void read_telnet(Cursor& in, const Packet&, Text& words, FieldSink& sink) {
    words.put("Telnet:");
    while (in.remaining() != 0) {
        const Bytes rest = in.rest();
        const auto end = std::ranges::find(rest, iac);
        if (const auto count = static_cast<std::size_t>(end - rest.begin()); count != 0) {
            const Bytes text = in.take(count);
            sink.bytes(telnet_data, text, in.offset() - count);
            words.put(' ');
            words.escaped(text, 128);
            continue;
        }
        in.skip(1);
        const std::uint8_t command = in.u8();
        if (!in.ok()) return;
        sink.number(telnet_command, command, in.offset() - 1, 1, name_of(telnet_commands, command));
        words.put(' ');
        put_name(words, telnet_commands, command);
        if (command < 250 || command == iac) continue;
        const std::uint8_t option = in.u8();
        if (!in.ok()) return;
        sink.number(telnet_option, option, in.offset() - 1, 1, name_of(telnet_options, option));
        words.put(' ');
        put_name(words, telnet_options, option);
    }
}

}  // namespace

const Dissector mqtt_dissector = message_dissector<is_mqtt, read_mqtt>(Protocol::mqtt, "mqtt", "MQTT", mqtt_fields);
const Dissector modbus_dissector =
    message_dissector<is_modbus, read_modbus>(Protocol::modbus, "modbus", "Modbus/TCP", modbus_fields);
const Dissector dnp3_dissector =
    message_dissector<is_dnp3, read_dnp3>(Protocol::dnp3, "dnp3", "Distributed Network Protocol 3", dnp3_fields);
const Dissector bittorrent_dissector =
    message_dissector<is_torrent, read_torrent>(Protocol::bittorrent, "bittorrent", "BitTorrent", torrent_fields);
const Dissector websocket_dissector =
    message_dissector<is_websocket, read_websocket>(Protocol::websocket, "websocket", "WebSocket", websocket_fields);
const Dissector telnet_dissector =
    message_dissector<is_telnet, read_telnet>(Protocol::telnet, "telnet", "Telnet", telnet_fields);

}  // namespace fid::packet
