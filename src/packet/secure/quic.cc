// SPDX-License-Identifier: MIT
// QUIC (RFC 9000, RFC 9369 and the late drafts).
#include <algorithm>
#include <array>

#include "packet/names.h"
#include "packet/secure/family.h"
#include "packet/secure/hello_fields.h"
#include "packet/secure/quic_header.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_packet,
    f_long,
    f_type,
    f_version,
    f_dcid,
    f_scid,
    f_token_length,
    f_token,
    f_length,
    f_supported,
    f_hello,
};
constexpr std::array<FieldInfo, f_hello + hello_field_count> fields{{
    {"quic.packet", FieldType::group, "Packet"},
    {"quic.long", FieldType::flag, "Long header"},
    {"quic.type", FieldType::number, "Packet type"},
    {"quic.version", FieldType::hex, "Version"},
    {"quic.dcid", FieldType::bytes, "Destination connection ID"},
    {"quic.scid", FieldType::bytes, "Source connection ID"},
    {"quic.token_length", FieldType::number, "Token length"},
    {"quic.token", FieldType::bytes, "Token"},
    {"quic.length", FieldType::number, "Length"},
    {"quic.supported_version", FieldType::hex, "Supported version"},
    {"quic.handshake.version", FieldType::hex, "Handshake version"},
    {"quic.random", FieldType::bytes, "Random"},
    {"quic.session_id", FieldType::bytes, "Session ID"},
    {"quic.ciphers", FieldType::text, "Cipher suites"},
    {"quic.cipher", FieldType::hex, "Cipher suite"},
    {"quic.extensions", FieldType::text, "Extensions"},
    {"quic.sni", FieldType::text, "Server name"},
    {"quic.alpn", FieldType::text, "Application protocols"},
    {"quic.groups", FieldType::text, "Supported groups"},
    {"quic.point_formats", FieldType::bytes, "Point formats"},
    {"quic.signature_algorithms", FieldType::text, "Signature algorithms"},
    {"quic.supported_versions", FieldType::text, "Supported versions"},
    {"quic.ja3", FieldType::text, "JA3"},
    {"quic.ja3_full", FieldType::text, "JA3 (full)"},
    {"quic.ja3s", FieldType::text, "JA3S"},
    {"quic.ja3s_full", FieldType::text, "JA3S (full)"},
    {"quic.ja4", FieldType::text, "JA4"},
}};

constexpr std::array<Named, 12> version_names{{
    {0x00000000, "version negotiation"},
    {0x00000001, "v1"},
    {0x6b3343cf, "v2"},
    {0xff00001b, "draft-27"},
    {0xff00001c, "draft-28"},
    {0xff00001d, "draft-29"},
    {0xff000020, "draft-32"},
    {0xff000022, "draft-34"},
    {0xfaceb001, "mvfst"},
    {0xfaceb002, "mvfst-27"},
    {0x51303530, "Q050"},
    {0x54303531, "T051"},
}};
constexpr std::uint32_t version_2 = 0x6b3343cf;

/// Versions whose long header is RFC 8999's: IETF's, Google's from Q046 on, Facebook's, and those kept for greasing.
bool plausible_version(std::uint32_t version) {
    if (version <= 1 || version == version_2 || (version & 0xfffffff0U) == 0xfaceb000) return true;
    if (version >= 0xff000011 && version <= 0xff000022) return true;
    if ((version & 0x0f0f0f0fU) == 0x0a0a0a0aU) return true;
    return (version >= 0x51303436 && version <= 0x51303939) || (version >= 0x54303438 && version <= 0x54303939);
}

QuicType long_type(const QuicHeader& header) {
    if (header.version == 0) return QuicType::negotiation;
    // Versions kept for greasing may mean anything by these bits, but senders fill in version 1's.
    const unsigned bits = (header.first >> 4U) & 3U;
    // RFC 9369 section 3.2 turns the numbers by one.
    return static_cast<QuicType>(header.version == version_2 ? (bits + 3U) & 3U : bits);
}

bool is_client_port(const Packet& packet) {
    const auto is = [&](std::uint16_t port) {
        return packet.inner_source_port == port || packet.inner_destination_port == port;
    };
    return is(443) || is(80) || is(853) || is(8443) || is(784) || is(4433);
}

Step step(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.empty()) return {.refused = true};
    if ((bytes[0] & 0x80U) == 0) {
        // RFC 9000 section 17.3: nothing but the fixed bit tells; the port must. The least is a sample's worth of
        // bytes.
        const bool plausible = (bytes[0] & 0x40U) != 0 && is_client_port(packet) && bytes.size() >= 21;
        return {.header = bytes.size(), .refused = !plausible};
    }
    Cursor in(bytes);
    QuicHeader header;
    if (next_quic(in, header)) return {.header = bytes.size()};
    Cursor again(bytes);
    again.skip(1);
    const std::uint32_t version = again.u32();
    const bool plausible = again.ok() && plausible_version(version) && (bytes[0] & 0x40U) != 0;
    return {.header = bytes.size(), .truncated = plausible, .refused = !plausible};
}

Hello client_hello(const std::vector<std::uint8_t>& message, Bytes& body) {
    Cursor in(message);
    const bool client = in.u8() == 1;
    const std::uint32_t length = in.u24();
    if (!in.ok() || !client) return {};
    body = in.take(std::min<std::size_t>(length, in.remaining()));
    return read_hello(body, true, body.size() == length);
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    Cursor in(bytes);
    QuicHeader header;
    bool initial = false;
    for (bool first = true; in.remaining() != 0 && next_quic(in, header); first = false) {
        out.put(first ? "QUIC" : ",");
        if (first && header.type != QuicType::one_rtt) {
            if (const auto name = quic_version_name(header.version); !name.empty() && header.version != 0) {
                out.put(' ');
                out.put(name);
            }
        }
        out.put(' ');
        out.put(quic_type_name(header.type));
        if (first && header.type == QuicType::one_rtt) {
            out.put(", length ");
            out.number(bytes.size());
        }
        initial = initial || header.type == QuicType::initial;
        if (first && header.type != QuicType::one_rtt) {
            out.put(", dcid ");
            out.hex_bytes(header.dcid);
            out.put(", scid ");
            out.hex_bytes(header.scid);
        }
    }
    if (!initial) return;
    const auto message = quic_client_crypto(bytes);
    Bytes body;
    const Hello hello = client_hello(message, body);
    if (body.size() < 2) return;
    out.put(", ");
    info_hello(hello, out);
}

void visit_header(const QuicHeader& header, std::size_t end, FieldSink& sink) {
    const std::size_t at = header.offset;
    sink.open(f_packet, quic_type_name(header.type), at, end - at);
    const bool is_long = header.type != QuicType::one_rtt;
    sink.number(f_long, is_long ? 1 : 0, at, 1);
    sink.number(f_type, static_cast<std::uint64_t>(header.type), at, 1, quic_type_name(header.type));
    if (is_long) {
        sink.number(f_version, header.version, at + 1, 4, quic_version_name(header.version));
        sink.bytes(f_dcid, header.dcid, at + 6);
        sink.bytes(f_scid, header.scid, at + 7 + header.dcid.size());
        const std::size_t behind = at + 7 + header.dcid.size() + header.scid.size();
        if (header.type == QuicType::initial) sink.number(f_token_length, header.token_length, behind, 1);
        if (!header.token.empty())
            sink.bytes(f_token, header.token,
                       static_cast<std::size_t>(header.token.data() - header.packet.data()) + at);
        if (header.length != 0) sink.number(f_length, header.length, behind, 1);
        if (header.type == QuicType::negotiation) {
            Cursor list(header.packet);
            list.seek(behind - at);
            while (list.remaining() >= 4) {
                const std::uint32_t version = list.u32();
                sink.number(f_supported, version, at + list.offset() - 4, 4, quic_version_name(version));
            }
        }
    }
    sink.close();
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes bytes = packet.bytes(layer);
    Cursor in(bytes);
    QuicHeader header;
    bool initial = false;
    while (in.remaining() != 0 && next_quic(in, header)) {
        visit_header(header, in.offset(), sink);
        initial = initial || header.type == QuicType::initial;
    }
    if (!initial) return;
    const auto message = quic_client_crypto(bytes);
    Bytes body;
    const Hello hello = client_hello(message, body);
    visit_hello(hello, 'q', f_hello, body, 0, false, sink);
}

}  // namespace

std::string_view quic_type_name(QuicType type) {
    constexpr std::array<std::string_view, 6> names{"Initial",     "0-RTT", "Handshake", "Retry", "Version Negotiation",
                                                    "Short Header"};
    return names[static_cast<std::size_t>(type)];
}

std::string_view quic_version_name(std::uint32_t version) { return name_of(version_names, version); }

std::uint64_t quic_integer(Cursor& in) {
    const std::uint8_t first = in.u8();
    std::uint64_t value = first & 0x3fU;
    for (unsigned more = (1U << (first >> 6U)) - 1; more > 0; --more) value = (value << 8U) | in.u8();
    return value;
}

bool next_quic(Cursor& in, QuicHeader& header) {
    const std::size_t start = in.offset();
    header = {.offset = start, .packet = in.rest()};
    header.first = in.u8();
    if (!in.ok() || header.first == 0) return false;
    if ((header.first & 0x80U) == 0) {
        // The connection id's length is not in the packet: the rest is one packet.
        header.type = QuicType::one_rtt;
        in.skip(in.remaining());
        return (header.first & 0x40U) != 0;
    }
    header.version = in.u32();
    header.dcid = in.take(in.u8());
    header.scid = in.take(in.u8());
    if (!in.ok() || !plausible_version(header.version) || header.dcid.size() > 20 || header.scid.size() > 20)
        return false;
    header.type = long_type(header);
    // RFC 9287: both sides may have agreed to clear the fixed bit.
    const bool greased = header.version == 1 || header.version == version_2;
    if (header.type != QuicType::negotiation && (header.first & 0x40U) == 0 && !greased) return false;
    if (header.type == QuicType::negotiation) {
        in.skip(in.remaining());
        return true;
    }
    if (header.type == QuicType::retry) {
        // Section 17.2.5: a token and a tag of 16 bytes.
        if (in.remaining() > 16) header.token = in.take(in.remaining() - 16);
        in.skip(in.remaining());
        return true;
    }
    if (header.type == QuicType::initial) {
        header.token_length = quic_integer(in);
        header.token = in.take(static_cast<std::size_t>(header.token_length));
    }
    header.length = quic_integer(in);
    if (!in.ok()) return false;
    header.number_offset = in.offset() - start;
    in.skip(static_cast<std::size_t>(std::min<std::uint64_t>(header.length, in.remaining())));
    header.packet = header.packet.first(in.offset() - start);
    return true;
}

const Dissector quic_dissector{Protocol::quic, "quic", "QUIC", fields, step, info, visit};

}  // namespace fid::packet
