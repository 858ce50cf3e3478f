// SPDX-License-Identifier: MIT
// WireGuard's four messages (the protocol's paper, section 5.4): fixed sizes but for the transport data.
#include <array>

#include "packet/names.h"
#include "packet/secure/family.h"

namespace fid::packet {
namespace {

enum Field : unsigned { f_type, f_sender, f_receiver, f_ephemeral, f_counter, f_nonce, f_cookie, f_data };
constexpr std::array fields{
    FieldInfo{"wireguard.type", FieldType::number, "Message type"},
    FieldInfo{"wireguard.sender", FieldType::hex, "Sender index"},
    FieldInfo{"wireguard.receiver", FieldType::hex, "Receiver index"},
    FieldInfo{"wireguard.ephemeral", FieldType::bytes, "Ephemeral key"},
    FieldInfo{"wireguard.counter", FieldType::number, "Counter"},
    FieldInfo{"wireguard.nonce", FieldType::bytes, "Nonce"},
    FieldInfo{"wireguard.cookie", FieldType::bytes, "Encrypted cookie"},
    FieldInfo{"wireguard.data", FieldType::bytes, "Encrypted data"},
};
constexpr std::array<Named, 4> type_names{{
    {1, "Handshake Initiation"},
    {2, "Handshake Response"},
    {3, "Cookie Reply"},
    {4, "Transport Data"},
}};
/// Transport data is a header and padded data with its tag: 32 bytes is a keepalive.
constexpr std::array<std::size_t, 5> sizes{0, 148, 92, 64, 32};

Step step(Bytes bytes, Packet&, std::size_t) {
    if (bytes.size() < 4 || bytes[0] < 1 || bytes[0] > 4 || bytes[1] != 0 || bytes[2] != 0 || bytes[3] != 0)
        return {.refused = true};
    const std::size_t size = sizes[bytes[0]];
    return {
        .header = bytes.size(), .malformed = bytes[0] != 4 && bytes.size() > size, .truncated = bytes.size() < size};
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in(packet.bytes(layer));
    const std::uint32_t type = in.le32();
    out.put("WireGuard ");
    out.put(name_of(type_names, type));
    if (type == 1 || type == 2) {
        out.put(", sender 0x");
        out.hex(in.le32(), 8);
    }
    if (type != 1) {
        out.put(", receiver 0x");
        out.hex(in.le32(), 8);
    }
    if (type == 4) {
        out.put(", counter ");
        out.number(in.le64());
        if (in.ok() && in.remaining() == 16) out.put(", keepalive");
    }
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    Cursor in(packet.bytes(layer));
    const std::uint32_t type = in.le32();
    sink.number(f_type, type, 0, 1, name_of(type_names, type));
    const auto index = [&](unsigned field) {
        const std::uint32_t value = in.le32();
        if (in.ok()) sink.number(field, value, in.offset() - 4, 4);
    };
    const auto bytes = [&](unsigned field, std::size_t count) {
        const Bytes value = in.take(count);
        if (in.ok()) sink.bytes(field, value, in.offset() - count);
    };
    if (type == 1 || type == 2) index(f_sender);
    if (type != 1) index(f_receiver);
    if (type == 1 || type == 2) bytes(f_ephemeral, 32);
    if (type == 3) {
        bytes(f_nonce, 24);
        bytes(f_cookie, 32);
    }
    if (type == 4) {
        const std::uint64_t counter = in.le64();
        if (in.ok()) sink.number(f_counter, counter, 8, 8);
        if (in.ok()) bytes(f_data, in.remaining());
    }
}

}  // namespace

const Dissector wireguard_dissector{Protocol::wireguard, "wireguard", "WireGuard", fields, step, info, visit};

}  // namespace fid::packet
