// SPDX-License-Identifier: MIT
#include "dissected.h"

using namespace fid::packet;
using namespace fid::packet::test;

namespace {

Seen read(std::string_view hex, Protocol protocol = Protocol::ip) { return walked(from_hex(hex), protocol); }
bool survives_cutting(std::string_view hex, Protocol protocol = Protocol::ip) {
    return sound_at_every_length(from_hex(hex), [&](fid::Bytes cut) { return walked(cut, protocol); });
}

const std::string syn_ack =
    "4500 003c 0001 4000 4006 0000 0a000001 0a000002 "
    "01bb 1388 00000000 00000001 a012 fe88 0000 0000 0204 05b4 0402 080a 00000001 00000000 01 030307";
const std::string data =
    "4500 002c 0001 4000 4006 0000 0a000001 0a000002 2710 1388 00000065 000000c9 5018 0100 0000 0000 7a7a7a7a";
const std::string sack =
    "4500 0034 0001 4000 4006 0000 0a000001 0a000002 2710 1388 00000065 000000c9 8010 0100 0000 0000 0101 050a "
    "000000d3 000000dd";
const std::string datagram = "4500 0020 0001 4000 4011 0000 0a000001 0a000002 2710 1388 000c 0000 7a7a7a7a";
const std::string init =
    "4500 0034 0001 4000 4084 0000 0a000001 0a000002 2710 1388 00000000 00000000 01000014 0000000a 00010000 000a 000a "
    "00000007";

Protocol over_tcp(std::uint16_t source, std::uint16_t destination, std::string_view payload) {
    Packet packet;
    packet.inner_source_port = source;
    packet.inner_destination_port = destination;
    return tcp_application(packet, fid::as_bytes(payload));
}
Protocol over_udp(std::uint16_t source, std::uint16_t destination, std::string_view hex) {
    Packet packet;
    packet.inner_source_port = source;
    packet.inner_destination_port = destination;
    return udp_application(packet, from_hex(hex));
}

}  // namespace

TEST_CASE("tcp flags and options in tcpdump's words") {
    CHECK(read(syn_ack).info ==
          "IP 10.0.0.1.443 > 10.0.0.2.5000: Flags [S.], seq 0, ack 1, win 65160, "
          "options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0");
    CHECK(read(syn_ack)["tcp.option.mss"] == "1460");
    CHECK(read(syn_ack).meaning("tcp.flags") == "S.");
    CHECK(read(syn_ack)["tcp.flags.syn"] == "1");
    CHECK(read(syn_ack)["tcp.hdr_len"] == "40");
}

TEST_CASE("tcp sequence numbers are shown from their base") {
    const auto bytes = from_hex(data);
    Packet packet;
    walk(packet, bytes, Protocol::ip);
    packet.sequence_base = 100;
    packet.acknowledgement_base = 200;
    CHECK(describe(packet).info == "IP 10.0.0.1.10000 > 10.0.0.2.5000: Flags [P.], seq 1:5, ack 1, win 256, length 4");
    CHECK(
        read(sack).info ==
        "IP 10.0.0.1.10000 > 10.0.0.2.5000: Flags [.], ack 201, win 256, options [nop,nop,sack 1 {211:221}], length 0");
}

TEST_CASE("tcp cut by the snap length still has its claimed length") {
    auto bytes = from_hex(data);
    bytes.resize(40);
    Packet packet;
    walk(packet, bytes, Protocol::ip);
    packet.wire_length = 44;
    CHECK(describe(packet).info ==
          "IP 10.0.0.1.10000 > 10.0.0.2.5000: Flags [P.], seq 101:105, ack 201, win 256, length 4");
}

TEST_CASE("tcp checksum is verified over the pseudo header") {
    const std::string right =
        "4500 0028 0001 4000 4006 0000 0a000001 0a000002 2710 1388 00000000 00000000 5002 0000 6148 0000";
    CHECK(read(right).meaning("tcp.checksum") == "correct");
    CHECK(read(data).meaning("tcp.checksum") == "incorrect");
}

TEST_CASE("udp bounds its payload by its own length") {
    CHECK(read(datagram).info == "IP 10.0.0.1.10000 > 10.0.0.2.5000: UDP, length 4");
    const auto bytes = from_hex("2710 1388 000a 0000 7a7a 0000");
    Packet packet;
    walk(packet, bytes, Protocol::udp);
    CHECK(packet.layers()[0].length == 10);
    CHECK(packet.has_ports);
    CHECK(packet.source_port == 10000);
    CHECK(packet.inner_destination_port == 5000);
    const auto broken = from_hex("2710 1388 0004 0000 7a7a");
    walk(packet, broken, Protocol::udp);
    CHECK(packet.layers()[0].malformed);
}

TEST_CASE("sctp chunks and dccp types") {
    CHECK(read(init).info ==
          "IP 10.0.0.1.10000 > 10.0.0.2.5000: sctp (1) [INIT] [init tag: 10] [rwnd: 65536] [OS: 10] [MIS: 10] "
          "[init TSN: 7]");
    CHECK(read(init)["sctp.init_tsn"] == "7");
    CHECK(read("2710 1388 05000000 01000000 0000002a 00000007", Protocol::dccp).info ==
          "DCCP (CCVal 0, CsCov 0) DCCP-Request (service=7) seq 42");
}

TEST_CASE("signatures win over ports") {
    CHECK(over_tcp(5000, 22, "GET / HTTP/1.1\r\n") == Protocol::http);
    CHECK(over_tcp(5000, 9000, "HTTP/1.1 200 OK\r\n") == Protocol::http);
    CHECK(over_tcp(5000, 9000, "OPTIONS rtsp://a/ RTSP/1.0\r\n") == Protocol::rtsp);
    CHECK(over_tcp(5000, 9000, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == Protocol::http2);
    CHECK(over_tcp(5000, 9000, "SSH-2.0-x\r\n") == Protocol::ssh);
    CHECK(over_tcp(5000, 9000, std::string_view("\x16\x03\x01\x00\x05\x01", 6)) == Protocol::tls);
    CHECK(over_tcp(5000, 9000, std::string_view("\x16\x03\x01\xff\xff\x01", 6)) == Protocol::data);
    CHECK(over_udp(5000, 9000, "000100002112a442 000000000000000000000000") == Protocol::stun);
    CHECK(over_udp(5000, 9000, "c0 00000001 08 0011223344556677") == Protocol::quic);
    CHECK(over_udp(5000, 9000, "80c90001 00000001") == Protocol::rtcp);
    CHECK(over_udp(5000, 9000, "80c90002 00000001") == Protocol::data);
}

TEST_CASE("ports decide where no signature does, the lower first") {
    CHECK(over_tcp(6379, 25, "EHLO x\r\n") == Protocol::smtp);
    CHECK(over_tcp(50000, 6379, "*1\r\n") == Protocol::redis);
    CHECK(over_tcp(50000, 50001, "zz") == Protocol::data);
    CHECK(over_tcp(50000, 443, "zz") == Protocol::data);
    CHECK(over_udp(53, 50000, "1234") == Protocol::dns);
    CHECK(over_udp(50000, 4500, "00000000 11223344 55667788") == Protocol::isakmp);
    CHECK(over_udp(50000, 4500, "12345678 00000001 55667788") == Protocol::esp);
    CHECK(over_udp(50000, 4500, "ff") == Protocol::data);
}

TEST_CASE("transport layers survive being cut anywhere") {
    for (const std::string& hex : {syn_ack, data, sack, datagram, init}) CHECK(survives_cutting(hex));
    CHECK(survives_cutting("2710 1388 06000000 0f000000 00000001 00000000 00000001 07000000", Protocol::dccp));
}

TEST_CASE("multipath tcp in tcpdump's words") {
    const auto with_option = [](std::string_view option, std::size_t words) {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string hex = "2710 1388 00000065 000000c9 ";
        hex += digits[5 + words];
        hex.append("010 0100 0000 0000 ").append(option);
        return hex;
    };
    const auto words = [&](std::string_view option, std::size_t count) {
        const std::string info = read(with_option(option, count), Protocol::tcp).info;
        const std::size_t at = info.find('[', info.find("options"));
        return info.substr(at + 1, info.find(']', at) - at - 1);
    };
    CHECK(words("1e0c 0081 1122334455667788", 3) == "mptcp 12 capable v0 csum {0x1122334455667788}");
    CHECK(words("1e04 0101", 1) == "mptcp 4 capable v1");
    CHECK(words("1e10 1102 1122334455667788 0000002a", 4) ==
          "mptcp 16 join backup id 2 hmac 0x1122334455667788 nonce 0x2a");
    CHECK(words("1e14 2005 00000001 00000002 00000003 0010 beef", 5) ==
          "mptcp 20 dss ack 1 seq 2 subseq 3 len 16 csum 0xbeef");
    CHECK(words("1e10 3001 0a000201 f8295862f645df19", 4) ==
          "mptcp 16 add-addr v1 id 1 10.0.2.1 hmac 0xf8295862f645df19");
    CHECK(words("1e08 3101 0a000201", 2) == "mptcp 8 add-addr v1-echo id 1 10.0.2.1");
    CHECK(words("1e0a 3401 0a000201 0050 0101", 3) == "mptcp 10 add-addr id 1 10.0.2.1:80,nop,nop");
    CHECK(words("1e05 40 0102 010101", 2) == "mptcp 5 rem-addr id 1 2,nop,nop,nop");
    CHECK(words("1e03 50 01", 1) == "mptcp 3 prio non-backup,nop");
    CHECK(words("1e0c 6000 0000000000000007", 3) == "mptcp 12 fail seq 7");
    CHECK(words("1e0c 7000 d005b1ab34bad344", 3) == "mptcp 12 fast-close key 0xd005b1ab34bad344");
    CHECK(words("1e08 2001 0000000101", 2).starts_with("mptcp 8 dss ack 1"));
    CHECK(words("1e07 2001 000001 01", 2).find("[len 7") != std::string::npos);
    const Seen seen = read(with_option("1e14 2005 00000001 00000002 00000003 0010 beef", 5), Protocol::tcp);
    CHECK(seen["tcp.option.mptcp_subflow_seq"] == "3");
    CHECK(seen["tcp.option.mptcp_length"] == "16");
    CHECK(survives_cutting(with_option("1e10 3001 0a000201 f8295862f645df19", 4), Protocol::tcp));
}

/// Whose the payload of a datagram between these ports (in hexadecimal) is.
Protocol datagram_of(std::string_view ports, std::string_view payload) {
    const auto size = static_cast<unsigned>(8 + payload.size() / 2);
    fid::Text length;
    length.hex(size, 4);
    const auto bytes = from_hex(std::string(ports) + std::string(length.view()) + "0000" + std::string(payload));
    Packet packet;
    walk(packet, bytes, Protocol::udp);
    return packet.layers().back().protocol;
}

TEST_CASE("udp port 443 is not QUIC's alone") {
    const auto layers = [](std::string_view payload) { return datagram_of("c35001bb", payload); };
    const std::string rest(60, '5');
    // A short header: the fixed bit and room for a sample, on the port.
    CHECK(layers("41" + rest) == Protocol::quic);
    CHECK(datagram_of("c35003e9", "41" + rest) == Protocol::data);
    CHECK(layers("41" + rest.substr(0, 38)) == Protocol::data);
    CHECK(layers("01" + rest) == Protocol::data);
    // DTLS 1.2's and 1.3's records.
    CHECK(layers("16fefd0000000000000000" + rest) == Protocol::data);
    CHECK(layers("17fefd0001000000000001" + rest) == Protocol::data);
    CHECK(layers("2e" + rest) == Protocol::data);
    // OpenVPN: resets of both sides, plain and with a hash, control, acknowledgement, data with and without a peer's
    // number.
    CHECK(layers("38334857703d96db390000000000") == Protocol::data);
    CHECK(layers("40d31c3a6964602fa00100000000334857703d96db3900000000") == Protocol::data);
    CHECK(layers("40d31c3a6964602fa0" + std::string(40, 'a') + "000000016553f100" + "0000000000") == Protocol::data);
    CHECK(layers("20334857703d96db390000000001160301" + rest) == Protocol::data);
    CHECK(layers("28334857703d96db390100000000d31c3a6964602fa0") == Protocol::data);
    CHECK(layers("4800000300000007" + rest) == Protocol::data);
    CHECK(layers("48ffffff00000007" + rest) == Protocol::data);
    CHECK(layers("30" + rest) == Protocol::data);
    CHECK(layers("48" + rest) == Protocol::quic);
    // WireGuard: a signature, or transport data in whole blocks.
    CHECK(layers("01000000" + std::string(288, 'a')) == Protocol::wireguard);
    CHECK(layers("04000000" + std::string(120, 'a')) == Protocol::wireguard);
    CHECK(layers("04000000" + std::string(122, 'a')) == Protocol::data);
    // A long header of a version nobody has.
    CHECK(layers("c012345678" + rest) == Protocol::data);
}

TEST_CASE("QUIC's long headers are known on any port") {
    const auto layers = [](std::string_view payload) { return datagram_of("c3502711", payload); };
    const std::string filled(2400, '5');
    CHECK(layers("c0000000010801020304050607080000" + filled) == Protocol::quic);
    // RFC 9287: with the fixed bit cleared.
    CHECK(layers("80000000010801020304050607080000" + filled) == Protocol::quic);
    CHECK(layers("80ff00001d0801020304050607080000" + filled) == Protocol::data);
    // Greasing needs a datagram of 1200 bytes.
    CHECK(layers("c01a2a3a4a0801020304050607080000" + filled) == Protocol::quic);
    CHECK(layers("c01a2a3a4a080102030405060708000000") == Protocol::data);
    // Version negotiation is exactly ids and versions; its fixed bit says nothing.
    const std::string ids = "040102030408a1a2a3a4a5a6a7a8";
    CHECK(layers("c000000000" + ids + "0000000100000002") == Protocol::quic);
    CHECK(layers("8000000000" + ids + "0000000100000002") == Protocol::quic);
    CHECK(layers("c000000000" + ids + "00000001000000") == Protocol::data);
    CHECK(layers("c000000000" + ids) == Protocol::data);
    CHECK(layers("c0000000000401020304021112000000010000") == Protocol::data);
}

TEST_CASE("STUN over TCP, BFD on a bundle's links, MPLS in UDP") {
    const auto segment_of = [](std::string_view payload) {
        const auto bytes = from_hex("c3500d9600000001000000015018200000000000" + std::string(payload));
        Packet packet;
        walk(packet, bytes, Protocol::tcp);
        return packet.layers().back().protocol;
    };
    CHECK(segment_of("000100002112a442000102030405060708090a0b") == Protocol::stun);
    CHECK(segment_of("010100002112a442000102030405060708090a0b") == Protocol::stun);
    CHECK(segment_of("000100002112a443000102030405060708090a0b") == Protocol::data);
    CHECK(datagram_of("c3501a80", "20c80318000000010000000000000000000000000000000000") == Protocol::bfd);
    CHECK(datagram_of("c35019eb", "000151404500001c000100004001000001020304050607080800f7ff00000000") ==
          Protocol::icmp);
}
