// SPDX-License-Identifier: MIT
// Who speaks inside TCP and UDP: signatures at the payload's start, then the ports. The first byte decides whether a
// signature is worth looking for, so that a payload nobody knows costs one table load and two port loads.
#include <algorithm>
#include <array>

#include "packet/dissector.h"
#include "packet/network/octets.h"
#include "packet/transport/ports.h"

namespace fid::packet {
namespace {

bool starts(Bytes payload, std::string_view text) { return as_text(payload).starts_with(text); }

/// The first line, or as much of it as could name a protocol.
std::string_view first_line(Bytes payload) {
    const std::string_view text = as_text(payload.first(std::min<std::size_t>(payload.size(), 1024)));
    return text.substr(0, text.find('\n'));
}

/// "METHOD something": HTTP's, RTSP's and SIP's requests look alike up to the version at the line's end.
Protocol request_protocol(Bytes payload) {
    constexpr std::array<std::string_view, 30> methods{
        "GET ",    "POST ",     "HEAD ",      "PUT ",      "DELETE ",    "OPTIONS ", "CONNECT ", "TRACE ",
        "PATCH ",  "PROPFIND ", "PROPPATCH ", "MKCOL ",    "COPY ",      "MOVE ",    "LOCK ",    "UNLOCK ",
        "REPORT ", "SEARCH ",   "NOTIFY ",    "M-SEARCH ", "SUBSCRIBE ", "INVITE ",  "ACK ",     "BYE ",
        "CANCEL ", "REGISTER ", "DESCRIBE ",  "SETUP ",    "PLAY ",      "TEARDOWN "};
    const bool known = std::ranges::any_of(methods, [&](std::string_view method) { return starts(payload, method); });
    if (!known) return Protocol::none;
    const std::string_view line = first_line(payload);
    if (line.find(" RTSP/1.") != line.npos || line.find(" rtsp://") != line.npos) return Protocol::rtsp;
    if (line.find(" SIP/2.0") != line.npos || line.find(" sip:") != line.npos) return Protocol::sip;
    // A request line longer than the segment has no version yet; only the commonest methods are taken on trust.
    const bool cut = line.size() == payload.size();
    if (line.find(" HTTP/") != line.npos || (cut && (starts(payload, "GET ") || starts(payload, "POST "))))
        return Protocol::http;
    return Protocol::none;
}

bool is_tls_record(Bytes payload) {
    if (payload.size() < 5 || payload[1] != 3 || payload[2] > 4) return false;
    const unsigned length = be16(payload, 3);
    return length != 0 && length <= 16384 + 2048;
}

bool is_stun(Bytes payload) { return payload.size() >= 20 && payload[0] < 0x40 && be32(payload, 4) == 0x2112a442U; }

Protocol tcp_signature(Bytes payload) {
    switch (payload[0]) {
        case 0x14:
        case 0x15:
        case 0x16:
        case 0x17:
        case 0x18:
            return is_tls_record(payload) ? Protocol::tls : Protocol::none;
        case 0x13:
            return starts(payload,
                          "\x13"
                          "BitTorrent protocol")
                       ? Protocol::bittorrent
                       : Protocol::none;
        case 0x01:
            return is_stun(payload) ? Protocol::stun : Protocol::none;
        case 0x00:
            if (is_stun(payload)) return Protocol::stun;
            // The NetBIOS session header, then SMB 1, 2 or 3 (encrypted).
            if (payload.size() >= 8 && payload[4] >= 0xfc && starts(payload.subspan(5), "SMB")) return Protocol::smb;
            return Protocol::none;
        case 0x10:
            // CONNECT: a length of one to four bytes, then the protocol's name as a counted string.
            for (std::size_t at = 2; at <= 5 && at < payload.size(); ++at)
                if (starts(payload.subspan(at), std::string_view("\0\4MQTT", 6)) ||
                    starts(payload.subspan(at), std::string_view("\0\6MQIsdp", 8)))
                    return Protocol::mqtt;
            return Protocol::none;
        case 0x05:
            // DNP3's start bytes are 05 64.
            return payload.size() >= 10 && payload[1] == 0x64 && payload[2] >= 5 ? Protocol::dnp3 : Protocol::none;
        case 0xff: {
            const bool marker =
                payload.size() >= 19 && std::ranges::all_of(payload.first(16), [](auto b) { return b == 0xff; });
            return marker ? Protocol::bgp : Protocol::none;
        }
        case 'H':
            if (starts(payload, "HTTP/1.") || starts(payload, "HTTP/0.9")) return Protocol::http;
            return request_protocol(payload);
        case 'P':
            if (starts(payload, "PRI * HTTP/2.0\r\n")) return Protocol::http2;
            return request_protocol(payload);
        case 'R':
            if (starts(payload, "RTSP/1.")) return Protocol::rtsp;
            if (starts(payload, "RFB 003.")) return Protocol::vnc;
            return request_protocol(payload);
        case 'S':
            if (starts(payload, "SSH-2.0-") || starts(payload, "SSH-1.")) return Protocol::ssh;
            if (starts(payload, "SIP/2.0 ")) return Protocol::sip;
            return request_protocol(payload);
        default:
            return request_protocol(payload);
    }
}

/// The refusal of a version (RFC 8999 section 6): two connection ids, of which the server's is the client's choice and
/// so has eight bytes or more, and nothing but versions.
bool is_negotiation(Bytes payload) {
    const std::size_t source = std::size_t{6} + payload[5];
    if (source >= payload.size() || payload[source] < 8 || payload[source] > 20) return false;
    const std::size_t list = source + 1 + payload[source];
    return list + 4 <= payload.size() && (payload.size() - list) % 4 == 0;
}

/// A long header (RFC 8999 section 5.1) of a version that is in use.
bool is_quic(Bytes payload) {
    if (payload.size() < 7 || payload[5] > 20) return false;
    const std::uint32_t version = be32(payload, 1);
    if (version == 1 || version == 0x6b3343cfU) return true;
    if (version == 0) return is_negotiation(payload);
    // RFC 9287 lets only those two clear the fixed bit.
    if (payload[0] < 0xc0) return false;
    // The IETF's drafts, Google's Q0xx and T0xx, Facebook's mvfst.
    if (version >> 8U == 0xff0000U || version >> 16U == 0x5130U || version >> 16U == 0x5430U ||
        version >> 8U == 0xfaceb0U)
        return true;
    // A version that exists to be refused, in a client's first packet, which is never small.
    return (version & 0x0f0f0f0fU) == 0x0a0a0a0aU && payload.size() >= 1200;
}

/// OpenVPN where it shares QUIC's port: the two kinds of its packets that have QUIC's fixed bit set.
bool is_openvpn(Bytes payload) {
    constexpr std::uint8_t server_reset = 0x40, data = 0x48;
    if (payload.size() < 26) return false;
    if (payload[0] == data) {
        // A small number or none for the peer, then the packet's number, which starts at one.
        const unsigned peer = be32(payload, 0) & 0xffffffU;
        return (peer < 256 || peer == 0xffffffU) && payload[4] == 0;
    }
    if (payload[0] != server_reset) return false;
    // A session's id, then one acknowledgement; or a hash and the packet's number, which is one.
    if (payload.size() == 26) return payload[9] == 1 && be32(payload, 10) == 0 && be32(payload, 22) == 0;
    return std::ranges::any_of(std::array<std::size_t, 3>{20, 32, 64}, [&](std::size_t hash) {
        return payload.size() > 9 + hash + 8 && be32(payload, 9 + hash) == 1;
    });
}

/// RFC 3550: a compound packet's lengths add up to the datagram, which chance does not do.
bool is_rtcp(Bytes payload) {
    if (payload.size() < 8 || (payload[1] != 200 && payload[1] != 201)) return false;
    while (payload.size() >= 4) {
        const std::size_t length = (std::size_t{be16(payload, 2)} + 1) * 4;
        if (payload[0] >> 6U != 2 || payload[1] < 200 || payload[1] > 207 || length > payload.size()) return false;
        payload = payload.subspan(length);
    }
    return payload.empty();
}

/// Without the signalling RTP is only a guess; taken are the telephone codecs whose frames have fixed sizes, and
/// packets with the one-byte header extension (RFC 8285).
bool is_rtp(Bytes payload) {
    if (payload.size() <= 20) return false;
    if (payload[0] == 0x90) return be16(payload, 12) == 0xbede;
    if (payload[0] != 0x80 || be32(payload, 8) == 0) return false;
    const std::size_t body = payload.size() - 12;
    switch (payload[1] & 0x7fU) {
        case 0:
        case 8:
        case 9:
            return body % 80 == 0 && body <= 480;
        case 3:
            return body % 33 == 0 && body <= 99;
        case 18:
            return body % 10 == 0 && body <= 60;
        default:
            return false;
    }
}

bool is_wireguard(Bytes payload) {
    if (payload.size() < 4 || payload[1] != 0 || payload[2] != 0 || payload[3] != 0) return false;
    switch (payload[0]) {
        case 1:
            return payload.size() == 148;
        case 2:
            return payload.size() == 92;
        case 3:
            return payload.size() == 64;
        default:
            return false;
    }
}

Protocol udp_signature(const Packet& packet, Bytes payload) {
    const std::uint8_t first = payload[0];
    if (first < 0x40) {
        if (is_stun(payload)) return Protocol::stun;
        return is_wireguard(payload) ? Protocol::wireguard : Protocol::none;
    }
    if (first >= 0x80 && is_quic(payload)) return Protocol::quic;
    if (first >= 0xc0) return Protocol::none;
    if (first >= 0x80) {
        const std::uint16_t lower = std::min(packet.inner_source_port, packet.inner_destination_port);
        if (lower < 1024) return Protocol::none;
        if (is_rtcp(payload)) return Protocol::rtcp;
        const bool even = packet.inner_source_port % 2 == 0 && packet.inner_destination_port % 2 == 0;
        return even && is_rtp(payload) ? Protocol::rtp : Protocol::none;
    }
    switch (first) {
        case 'H':
            return starts(payload, "HTTP/1.1 200 OK\r\n") ? Protocol::ssdp : Protocol::none;
        case 'S':
            return starts(payload, "SIP/2.0 ") ? Protocol::sip : Protocol::none;
        case 'M':
        case 'N':
            if (starts(payload, "M-SEARCH * HTTP/1.") || starts(payload, "NOTIFY * HTTP/1.")) return Protocol::ssdp;
            [[fallthrough]];
        case 'I':
        case 'A':
        case 'B':
        case 'C':
        case 'O':
        case 'R': {
            const Protocol request = request_protocol(payload);
            return request == Protocol::sip ? request : Protocol::none;
        }
        case 'd':
            // BitTorrent's distributed hash table: bencoded, queries and replies.
            return starts(payload, "d1:ad2:id20:") || starts(payload, "d1:rd2:id20:") ? Protocol::bittorrent
                                                                                      : Protocol::none;
        default:
            return Protocol::none;
    }
}

/// First bytes that some TCP signature begins with.
constexpr std::array<bool, 256> make_openers() {
    std::array<bool, 256> table{};
    for (const unsigned byte : {0x00U, 0x01U, 0x05U, 0x10U, 0x13U, 0x14U, 0x15U, 0x16U, 0x17U, 0x18U, 0xffU})
        table[byte] = true;
    for (const char letter : std::string_view("ABCDGHILMNOPRSTU")) table[static_cast<std::uint8_t>(letter)] = true;
    return table;
}
constexpr std::array<bool, 256> openers = make_openers();

Protocol known_or_data(Protocol protocol) { return protocol == Protocol::none ? Protocol::data : protocol; }

}  // namespace

Protocol tcp_application(const Packet& packet, Bytes payload) {
    if (payload.empty()) return Protocol::data;
    if (openers[payload[0]])
        if (const Protocol found = tcp_signature(payload); found != Protocol::none) return found;
    const auto [lower, higher] = std::minmax(packet.inner_source_port, packet.inner_destination_port);
    Protocol found = tcp_port(lower);
    if (found == Protocol::none) found = tcp_port(higher);
    // Every record begins with a signature: what does not is the middle of one.
    return found == Protocol::tls ? Protocol::data : known_or_data(found);
}

Protocol udp_application(const Packet& packet, Bytes payload) {
    if (payload.empty()) return Protocol::data;
    if (const Protocol found = udp_signature(packet, payload); found != Protocol::none) return found;
    const auto [lower, higher] = std::minmax(packet.inner_source_port, packet.inner_destination_port);
    Protocol found = udp_port(lower);
    if (found == Protocol::none) found = udp_port(higher);
    // RFC 3948: ESP and IKE share port 4500; IKE is marked by four zero bytes, a keep-alive is one byte 0xff.
    if (found == Protocol::isakmp && (lower == 4500 || higher == 4500)) {
        if (payload.size() < 8) return Protocol::data;
        return be32(payload, 0) == 0 ? Protocol::isakmp : Protocol::esp;
    }
    // Transport data on a port of its own, or on HTTPS's: type 4, three zeros, a multiple of 16 bytes.
    const bool free = found == Protocol::none || found == Protocol::quic;
    if (free && payload.size() >= 32 && payload.size() % 16 == 0 && be32(payload, 0) == 0x04000000U)
        return Protocol::wireguard;
    if (found == Protocol::quic && is_openvpn(payload)) return Protocol::data;
    return known_or_data(found);
}

}  // namespace fid::packet
