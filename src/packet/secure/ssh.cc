// SPDX-License-Identifier: MIT
// SSH (RFC 4253): the identification line, and the binary packets until the keys are in use.
#include <algorithm>
#include <array>

#include "packet/names.h"
#include "packet/secure/family.h"

namespace fid::packet {
namespace {

enum Field : unsigned { f_banner, f_length, f_padding, f_message, f_cookie, f_lists, f_encrypted = f_lists + 10 };
constexpr std::array fields{
    FieldInfo{"ssh.protocol", FieldType::text, "Identification"},
    FieldInfo{"ssh.packet_length", FieldType::number, "Packet length"},
    FieldInfo{"ssh.padding_length", FieldType::number, "Padding length"},
    FieldInfo{"ssh.message", FieldType::number, "Message"},
    FieldInfo{"ssh.cookie", FieldType::bytes, "Cookie"},
    FieldInfo{"ssh.kex_algorithms", FieldType::text, "Key exchange algorithms"},
    FieldInfo{"ssh.server_host_key_algorithms", FieldType::text, "Server host key algorithms"},
    FieldInfo{"ssh.encryption_client_to_server", FieldType::text, "Ciphers, client to server"},
    FieldInfo{"ssh.encryption_server_to_client", FieldType::text, "Ciphers, server to client"},
    FieldInfo{"ssh.mac_client_to_server", FieldType::text, "MACs, client to server"},
    FieldInfo{"ssh.mac_server_to_client", FieldType::text, "MACs, server to client"},
    FieldInfo{"ssh.compression_client_to_server", FieldType::text, "Compression, client to server"},
    FieldInfo{"ssh.compression_server_to_client", FieldType::text, "Compression, server to client"},
    FieldInfo{"ssh.languages_client_to_server", FieldType::text, "Languages, client to server"},
    FieldInfo{"ssh.languages_server_to_client", FieldType::text, "Languages, server to client"},
    FieldInfo{"ssh.encrypted", FieldType::bytes, "Encrypted data"},
};
constexpr std::uint8_t kexinit = 20;
constexpr std::array<Named, 14> message_names{{
    {1, "Disconnect"},
    {2, "Ignore"},
    {3, "Unimplemented"},
    {4, "Debug"},
    {5, "Service Request"},
    {6, "Service Accept"},
    {7, "Extension Info"},
    {20, "Key Exchange Init"},
    {21, "New Keys"},
    {30, "Key Exchange (EC)DH Init"},
    {31, "Key Exchange (EC)DH Reply"},
    {32, "Key Exchange DH GEX Init"},
    {33, "Key Exchange DH GEX Reply"},
    {34, "Key Exchange DH GEX Request"},
}};

/// RFC 4253 section 6.1: every implementation must take 35000 bytes; none sends more in the clear.
constexpr std::uint32_t max_packet = 35000;

struct BinaryPacket {
    std::size_t offset = 0;
    std::uint32_t length = 0;
    std::uint8_t padding = 0;
    std::uint8_t message = 0;
    Bytes body;  ///< behind the message number, as far as it is there
};

bool is_banner(Bytes bytes) { return as_text(bytes).starts_with("SSH-"); }

Bytes banner_line(Bytes bytes) {
    const auto end = std::ranges::find_if(bytes, [](std::uint8_t byte) { return byte == '\r' || byte == '\n'; });
    return bytes.first(static_cast<std::size_t>(end - bytes.begin()));
}

/// False where the bytes are not a packet in the clear.
bool next_packet(Cursor& in, BinaryPacket& packet) {
    packet.offset = in.offset();
    packet.length = in.u32();
    packet.padding = in.u8();
    packet.message = in.u8();
    // Section 6: at least four bytes of padding, and a multiple of eight in all.
    if (!in.ok() || packet.length > max_packet || packet.length < packet.padding + 2U || packet.padding < 4 ||
        (packet.length + 4) % 8 != 0 || name_of(message_names, packet.message).empty())
        return false;
    packet.body = in.take(std::min<std::size_t>(packet.length - 2, in.remaining()));
    return true;
}

/// Encrypted bytes look like nothing: what is not in the clear is accepted on SSH's own port alone.
Step step(Bytes bytes, Packet& packet, std::size_t) {
    if (is_banner(bytes)) return {.header = bytes.size()};
    Cursor in(bytes);
    BinaryPacket first;
    const bool port = packet.inner_source_port == 22 || packet.inner_destination_port == 22;
    return {.header = bytes.size(), .refused = !port && !next_packet(in, first)};
}

/// The packets behind a banner line, if there are any in the segment.
Cursor packets_of(Bytes bytes) {
    Cursor in(bytes);
    if (!is_banner(bytes)) return in;
    in.skip(banner_line(bytes).size());
    while (in.remaining() != 0 && (in.peek() == '\r' || in.peek() == '\n')) in.skip(1);
    return in;
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    out.put("SSH: ");
    bool any = is_banner(bytes);
    if (any) out.escaped(banner_line(bytes), 255);
    Cursor in = packets_of(bytes);
    BinaryPacket one;
    while (in.remaining() != 0 && next_packet(in, one)) {
        if (any) out.put(", ");
        out.put(name_of(message_names, one.message));
        any = true;
        if (one.message == 21) break;
    }
    if (any) return;
    out.put("encrypted, length ");
    out.number(bytes.size());
}

void visit_kexinit(const BinaryPacket& packet, FieldSink& sink) {
    Cursor in(packet.body);
    const std::size_t base = packet.offset + 6;
    const Bytes cookie = in.take(16);
    if (!in.ok()) return;
    sink.bytes(f_cookie, cookie, base);
    for (unsigned i = 0; i < 10; ++i) {
        const Bytes list = in.take(in.u32());
        if (!in.ok()) return;
        sink.bytes(f_lists + i, list, base + in.offset() - list.size());
    }
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes bytes = packet.bytes(layer);
    if (is_banner(bytes)) sink.bytes(f_banner, banner_line(bytes), 0);
    Cursor in = packets_of(bytes);
    BinaryPacket one;
    while (in.remaining() != 0) {
        const Bytes rest = in.rest();
        if (!next_packet(in, one)) {
            sink.bytes(f_encrypted, rest, bytes.size() - rest.size());
            return;
        }
        sink.number(f_length, one.length, one.offset, 4);
        sink.number(f_padding, one.padding, one.offset + 4, 1);
        sink.number(f_message, one.message, one.offset + 5, 1, name_of(message_names, one.message));
        if (one.message == kexinit) visit_kexinit(one, sink);
    }
}

}  // namespace

const Dissector ssh_dissector{Protocol::ssh, "ssh", "Secure Shell", fields, step, info, visit};

}  // namespace fid::packet
