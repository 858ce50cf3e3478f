// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "layers.h"

using namespace fid::packet;
using namespace fid::packet::test;

namespace {

/// An IPv4 header from 192.0.2.1 to 198.51.100.2: total length, fragment word and protocol as four hexadecimal digits
/// each.
std::string v4(std::string_view length, std::string_view fragment, std::string_view protocol) {
    std::string hex = "4500 ";
    hex.append(length).append(" 0001 ").append(fragment).append(" 40").append(protocol).append(
        " 0000 c0000201 c6336402 ");
    return hex;
}
std::string v6(std::string_view length, std::string_view next) {
    std::string hex = "60000000 ";
    hex.append(length).append(" ").append(next).append(
        "40 20010db8000000000000000000000001 20010db8000000000000000000000002 ");
    return hex;
}

const std::string echo = v4("001e", "0000", "01") + "0800 f7fa 0001 0002 6869";
const std::string unreachable =
    v4("0038", "0000", "01") + "0303 0000 00000000 " + v4("0028", "0000", "11") + "1388 0035 0014 0000";
const std::string too_big =
    v4("0038", "0000", "01") + "0304 0000 000005dc " + v4("0028", "0000", "06") + "1388 0035 0000 0000";
const std::string neighbor = v6("0020", "3a") + "8700 0000 00000000 20010db8000000000000000000000002 0101 001122334455";
const std::string advertisement =
    v6("0030", "3a") +
    "8600 0000 40c0 0708 00000000 00000000 0304 40c0 00000e10 00000708 00000000 20010db8000000000000000000000000";
const std::string listener =
    v6("0024", "00") + "3a00 0502 0000 0100 8f00 0000 0000 0001 04000000 ff0200000000000000000001ff000001";
const std::string gre = v4("0036", "0000", "2f") + "2000 0800 00000007 " + echo;
const std::string nested = v4("0032", "0000", "04") + echo;

}  // namespace

TEST_CASE("ip bounds its payload and gives the outermost addresses") {
    const auto bytes = unhex(nested + "ffff");
    Packet packet;
    walk(packet, bytes, Protocol::ip);
    REQUIRE(packet.layers().size() == 3);
    CHECK(packet.layers()[0].length == 50);
    CHECK(packet.layers()[2].protocol == Protocol::icmp);
    CHECK(packet.layers()[2].length == 10);
    CHECK(packet.source_offset == 12);
    CHECK(info(nested) ==
          "IP 192.0.2.1 > 198.51.100.2: IP 192.0.2.1 > 198.51.100.2: ICMP echo request, id 1, seq 2, length 10");
}

TEST_CASE("ip total length zero means to the end") {
    const auto bytes = unhex(v4("0000", "0000", "01") + "0800 0000 0001 0002 6869");
    Packet packet;
    walk(packet, bytes, Protocol::ip);
    REQUIRE(packet.layers().size() == 2);
    CHECK(packet.layers()[1].length == 10);
}

TEST_CASE("ip fragments show their protocol number and no upper layer") {
    const std::string later = v4("001c", "0003", "11") + "0035 1388 0000 0000";
    CHECK(info(later) == "IP 192.0.2.1 > 198.51.100.2: ip-proto-17");
    CHECK(field(later, "ip.frag_offset") == "24");
    const auto bytes = unhex(later);
    Packet packet;
    walk(packet, bytes, Protocol::ip);
    CHECK(packet.fragment);
    CHECK_FALSE(packet.has_ports);
}

TEST_CASE("ip refuses another version and marks broken lengths") {
    Packet packet;
    const auto other = unhex("55000000 00000000 00000000 00000000 00000000");
    CHECK(dissector(Protocol::ip).step(other, packet, 0).refused);
    const auto short_header = unhex("41000014 00000000 40010000 c0000201 c6336402");
    CHECK(dissector(Protocol::ip).step(short_header, packet, 0).malformed);
    const auto short_total = unhex("45000010 00000000 40010000 c0000201 c6336402");
    CHECK(dissector(Protocol::ip).step(short_total, packet, 0).malformed);
}

TEST_CASE("ip checksum and options are told") {
    const std::string sums = "4600 0018 0000 0000 4002 1f81 c0000201 c6336402 94040000";
    CHECK(field(sums, "ip.option") == "router alert");
    CHECK(field(sums, "ip.hdr_len") == "24");
    CHECK(field(v4("0014", "4000", "fd"), "ip.flags.df") == "1");
    CHECK(field("4500 0014 0000 0000 40fd 8bef c0000201 c6336402", "ip.checksum").ends_with("=incorrect"));
}

TEST_CASE("icmp uses tcpdump's words") {
    CHECK(info(echo) == "IP 192.0.2.1 > 198.51.100.2: ICMP echo request, id 1, seq 2, length 10");
    CHECK(info(unreachable) == "IP 192.0.2.1 > 198.51.100.2: ICMP 198.51.100.2 udp port 53 unreachable, length 36");
    CHECK(info(too_big) ==
          "IP 192.0.2.1 > 198.51.100.2: ICMP 198.51.100.2 unreachable - need to frag (mtu 1500), length 36");
    CHECK(field(unreachable, "icmp.original.dport") == "53");
    CHECK(field(too_big, "icmp.mtu") == "1500");
}

TEST_CASE("icmp6 neighbour discovery and its options") {
    CHECK(info(neighbor, Protocol::ip6) ==
          "IP6 2001:db8::1 > 2001:db8::2: ICMP6, neighbor solicitation, who has 2001:db8::2, length 32");
    CHECK(field(neighbor, "icmp6.option.link_address", Protocol::ip6) == "001122334455");
    CHECK(field(advertisement, "icmp6.nd.lifetime", Protocol::ip6) == "1800");
    CHECK(field(advertisement, "icmp6.option.prefix_length", Protocol::ip6) == "64");
    CHECK(field(advertisement, "icmp6.option.valid", Protocol::ip6) == "3600");
}

TEST_CASE("ip6 extension headers are layers whose words stand before the upper layer") {
    CHECK(info(listener, Protocol::ip6) ==
          "IP6 2001:db8::1 > 2001:db8::2: HBH ICMP6, multicast listener report v2, 1 group record(s), length 28");
    CHECK(field(listener, "ip6_hop.option", Protocol::ip6) == "router alert");
    const std::string fragment = v6("0010", "2c") + "11000b50 00000001 0000000000000000";
    CHECK(info(fragment, Protocol::ip6) == "IP6 2001:db8::1 > 2001:db8::2: frag (2896|8)");
    CHECK(field(fragment, "ip6_fragment.id", Protocol::ip6) == "1");
}

TEST_CASE("tunnels carry the packet inside") {
    CHECK(field(gre, "gre.key") == "7");
    const auto vxlan = unhex("0800000000006400");
    Packet packet;
    walk(packet, vxlan, Protocol::vxlan);
    CHECK(info(packet) == "VXLAN, flags [I] (0x08), vni 100");
    const std::string gtp = "30ff 001e 00000001 " + echo;
    CHECK(info(gtp, Protocol::gtp) ==
          "GTP-U, G-PDU, TEID 0x00000001, length 30: IP 192.0.2.1 > 198.51.100.2: ICMP echo request, id 1, seq 2, "
          "length 10");
    CHECK(info(v4("001c", "0000", "32") + "12345678 00000001") ==
          "IP 192.0.2.1 > 198.51.100.2: ESP(spi=0x12345678,seq=0x1), length 8");
}

TEST_CASE("igmp reports and queries") {
    CHECK(info(v4("001c", "0000", "02") + "16000000 e00000fb") ==
          "IP 192.0.2.1 > 198.51.100.2: igmp v2 report 224.0.0.251");
    CHECK(info(v4("001c", "0000", "02") + "11640000 00000000") == "IP 192.0.2.1 > 198.51.100.2: igmp query v2");
}

TEST_CASE("network layers survive being cut anywhere") {
    for (const std::string& hex : {echo, unreachable, too_big, gre, nested}) CHECK(survives_cutting(hex));
    for (const std::string& hex : {neighbor, advertisement, listener}) CHECK(survives_cutting(hex, Protocol::ip6));
    CHECK(survives_cutting("34ff 0030 00000001 0000 00 85 01000000 01000000 4500", Protocol::gtp));
    CHECK(survives_cutting("c802 0024 0001 0002 0000 0001 8008 0000 0000 0001 8008 0000 0002 0100 0008 0000 0000 0000",
                           Protocol::l2tp));
    CHECK(survives_cutting("0240 6558 00000a00 01020301 00000000 0102", Protocol::geneve));
}
