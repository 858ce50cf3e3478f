// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "layers.h"

using namespace fid::packet;
using namespace fid::packet::test;

namespace {

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
    return udp_application(packet, unhex(hex));
}

}  // namespace

TEST_CASE("tcp flags and options in tcpdump's words") {
    CHECK(info(syn_ack) ==
          "IP 10.0.0.1.443 > 10.0.0.2.5000: Flags [S.], seq 0, ack 1, win 65160, "
          "options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0");
    CHECK(field(syn_ack, "tcp.option.mss") == "1460");
    CHECK(field(syn_ack, "tcp.flags") == "18=S.");
    CHECK(field(syn_ack, "tcp.flags.syn") == "1");
    CHECK(field(syn_ack, "tcp.hdr_len") == "40");
}

TEST_CASE("tcp sequence numbers are shown from their base") {
    const auto bytes = unhex(data);
    Packet packet;
    walk(packet, bytes, Protocol::ip);
    packet.sequence_base = 100;
    packet.acknowledgement_base = 200;
    CHECK(info(packet) == "IP 10.0.0.1.10000 > 10.0.0.2.5000: Flags [P.], seq 1:5, ack 1, win 256, length 4");
    CHECK(
        info(sack) ==
        "IP 10.0.0.1.10000 > 10.0.0.2.5000: Flags [.], ack 201, win 256, options [nop,nop,sack 1 {211:221}], length 0");
}

TEST_CASE("tcp cut by the snap length still has its claimed length") {
    auto bytes = unhex(data);
    bytes.resize(40);
    Packet packet;
    walk(packet, bytes, Protocol::ip);
    packet.wire_length = 44;
    CHECK(info(packet) == "IP 10.0.0.1.10000 > 10.0.0.2.5000: Flags [P.], seq 101:105, ack 201, win 256, length 4");
}

TEST_CASE("tcp checksum is verified over the pseudo header") {
    const std::string right =
        "4500 0028 0001 4000 4006 0000 0a000001 0a000002 2710 1388 00000000 00000000 5002 0000 6148 0000";
    CHECK(field(right, "tcp.checksum") == "24904=correct");
    CHECK(field(data, "tcp.checksum") == "0=incorrect");
}

TEST_CASE("udp bounds its payload by its own length") {
    CHECK(info(datagram) == "IP 10.0.0.1.10000 > 10.0.0.2.5000: UDP, length 4");
    const auto bytes = unhex("2710 1388 000a 0000 7a7a 0000");
    Packet packet;
    walk(packet, bytes, Protocol::udp);
    CHECK(packet.layers()[0].length == 10);
    CHECK(packet.has_ports);
    CHECK(packet.source_port == 10000);
    CHECK(packet.inner_destination_port == 5000);
    const auto broken = unhex("2710 1388 0004 0000 7a7a");
    walk(packet, broken, Protocol::udp);
    CHECK(packet.layers()[0].malformed);
}

TEST_CASE("sctp chunks and dccp types") {
    CHECK(info(init) ==
          "IP 10.0.0.1.10000 > 10.0.0.2.5000: sctp (1) [INIT] [init tag: 10] [rwnd: 65536] [OS: 10] [MIS: 10] "
          "[init TSN: 7]");
    CHECK(field(init, "sctp.init_tsn") == "7");
    CHECK(info("2710 1388 05000000 01000000 0000002a 00000007", Protocol::dccp) ==
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
