// SPDX-License-Identifier: MIT
#include "dissected.h"

using namespace fid::packet;
using namespace fid::packet::test;

namespace {

Seen read(std::string_view hex, Protocol protocol = Protocol::ip) { return walked(from_hex(hex), protocol); }
bool survives_cutting(std::string_view hex, Protocol protocol = Protocol::ip) {
    return sound_at_every_length(from_hex(hex), [&](fid::Bytes cut) { return walked(cut, protocol); });
}

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
    const auto bytes = from_hex(nested + "ffff");
    Packet packet;
    walk(packet, bytes, Protocol::ip);
    REQUIRE(packet.layers().size() == 3);
    CHECK(packet.layers()[0].length == 50);
    CHECK(packet.layers()[2].protocol == Protocol::icmp);
    CHECK(packet.layers()[2].length == 10);
    CHECK(packet.source_offset == 12);
    CHECK(read(nested).info ==
          "IP 192.0.2.1 > 198.51.100.2: IP 192.0.2.1 > 198.51.100.2: ICMP echo request, id 1, seq 2, length 10");
}

TEST_CASE("ip total length zero means to the end") {
    const auto bytes = from_hex(v4("0000", "0000", "01") + "0800 0000 0001 0002 6869");
    Packet packet;
    walk(packet, bytes, Protocol::ip);
    REQUIRE(packet.layers().size() == 2);
    CHECK(packet.layers()[1].length == 10);
}

TEST_CASE("ip fragments show their protocol number and no upper layer") {
    const std::string later = v4("001c", "0003", "11") + "0035 1388 0000 0000";
    CHECK(read(later).info == "IP 192.0.2.1 > 198.51.100.2: ip-proto-17");
    CHECK(read(later)["ip.frag_offset"] == "24");
    const auto bytes = from_hex(later);
    Packet packet;
    walk(packet, bytes, Protocol::ip);
    CHECK(packet.fragment);
    CHECK_FALSE(packet.has_ports);
}

TEST_CASE("ip refuses another version and marks broken lengths") {
    Packet packet;
    const auto other = from_hex("55000000 00000000 00000000 00000000 00000000");
    CHECK(dissector(Protocol::ip).step(other, packet, 0).refused);
    const auto short_header = from_hex("41000014 00000000 40010000 c0000201 c6336402");
    CHECK(dissector(Protocol::ip).step(short_header, packet, 0).malformed);
    const auto short_total = from_hex("45000010 00000000 40010000 c0000201 c6336402");
    CHECK(dissector(Protocol::ip).step(short_total, packet, 0).malformed);
}

TEST_CASE("ip checksum and options are told") {
    const std::string sums = "4600 0018 0000 0000 4002 1f81 c0000201 c6336402 94040000";
    CHECK(read(sums)["ip.option"] == "router alert");
    CHECK(read(sums)["ip.hdr_len"] == "24");
    CHECK(read(v4("0014", "4000", "fd"))["ip.flags.df"] == "1");
    CHECK(read("4500 0014 0000 0000 40fd 8bef c0000201 c6336402").meaning("ip.checksum") == "incorrect");
}

TEST_CASE("icmp uses tcpdump's words") {
    CHECK(read(echo).info == "IP 192.0.2.1 > 198.51.100.2: ICMP echo request, id 1, seq 2, length 10");
    CHECK(read(unreachable).info ==
          "IP 192.0.2.1 > 198.51.100.2: ICMP 198.51.100.2 udp port 53 unreachable, length 36");
    CHECK(read(too_big).info ==
          "IP 192.0.2.1 > 198.51.100.2: ICMP 198.51.100.2 unreachable - need to frag (mtu 1500), length 36");
    CHECK(read(unreachable)["icmp.original.dport"] == "53");
    CHECK(read(too_big)["icmp.mtu"] == "1500");
}

TEST_CASE("icmp6 neighbour discovery and its options") {
    CHECK(read(neighbor, Protocol::ip6).info ==
          "IP6 2001:db8::1 > 2001:db8::2: ICMP6, neighbor solicitation, who has 2001:db8::2, length 32");
    CHECK(read(neighbor, Protocol::ip6)["icmp6.option.link_address"] == "001122334455");
    CHECK(read(advertisement, Protocol::ip6)["icmp6.nd.lifetime"] == "1800");
    CHECK(read(advertisement, Protocol::ip6)["icmp6.option.prefix_length"] == "64");
    CHECK(read(advertisement, Protocol::ip6)["icmp6.option.valid"] == "3600");
}

TEST_CASE("ip6 extension headers are layers whose words stand before the upper layer") {
    CHECK(read(listener, Protocol::ip6).info ==
          "IP6 2001:db8::1 > 2001:db8::2: HBH ICMP6, multicast listener report v2, 1 group record(s), length 28");
    CHECK(read(listener, Protocol::ip6)["ip6_hop.option"] == "router alert");
    const std::string fragment = v6("0010", "2c") + "11000b50 00000001 0000000000000000";
    CHECK(read(fragment, Protocol::ip6).info == "IP6 2001:db8::1 > 2001:db8::2: frag (2896|8)");
    CHECK(read(fragment, Protocol::ip6)["ip6_fragment.id"] == "1");
}

TEST_CASE("tunnels carry the packet inside") {
    CHECK(read(gre)["gre.key"] == "7");
    const auto vxlan = from_hex("0800000000006400");
    Packet packet;
    walk(packet, vxlan, Protocol::vxlan);
    CHECK(describe(packet).info == "VXLAN, flags [I] (0x08), vni 100");
    const std::string gtp = "30ff 001e 00000001 " + echo;
    CHECK(read(gtp, Protocol::gtp).info ==
          "GTP-U, G-PDU, TEID 0x00000001, length 30: IP 192.0.2.1 > 198.51.100.2: ICMP echo request, id 1, seq 2, "
          "length 10");
    CHECK(read(v4("001c", "0000", "32") + "12345678 00000001").info ==
          "IP 192.0.2.1 > 198.51.100.2: ESP(spi=0x12345678,seq=0x1), length 8");
}

TEST_CASE("igmp reports and queries") {
    CHECK(read(v4("001c", "0000", "02") + "16000000 e00000fb").info ==
          "IP 192.0.2.1 > 198.51.100.2: igmp v2 report 224.0.0.251");
    CHECK(read(v4("001c", "0000", "02") + "11640000 00000000").info == "IP 192.0.2.1 > 198.51.100.2: igmp query v2");
    // RFC 3376 section 4.1.1: a code of a version 3 query from 128 on is a mantissa and an exponent.
    CHECK(read(v4("0020", "0000", "02") + "11fe0000 00000000 00000000")["igmp.max_resp"] == "30720");
    CHECK(read(v4("001c", "0000", "02") + "11fe0000 00000000")["igmp.max_resp"] == "254");
    CHECK(read(v4("001c", "0000", "02") + "22fe0000 00000000")["igmp.max_resp"].empty());
}

TEST_CASE("network layers survive being cut anywhere") {
    for (const std::string& hex : {echo, unreachable, too_big, gre, nested}) CHECK(survives_cutting(hex));
    for (const std::string& hex : {neighbor, advertisement, listener}) CHECK(survives_cutting(hex, Protocol::ip6));
    CHECK(survives_cutting("34ff 0030 00000001 0000 00 85 01000000 01000000 4500", Protocol::gtp));
    CHECK(survives_cutting("c802 0024 0001 0002 0000 0001 8008 0000 0000 0001 8008 0000 0002 0100 0008 0000 0000 0000",
                           Protocol::l2tp));
    CHECK(survives_cutting("0240 6558 00000a00 01020301 00000000 0102", Protocol::geneve));
}

TEST_CASE("igmp version 3 queries and reports") {
    const std::string query = v4("0024", "0000", "02") + "118d0000 e8010101 0a94 0001 0a000001";
    CHECK(read(query)["igmp.max_resp"] == "232");  // 0x8d: (13 + 16) << 3
    CHECK(read(query)["igmp.s"] == "1");
    CHECK(read(query)["igmp.qrv"] == "2");
    CHECK(read(query)["igmp.qqic"] == "320");  // 0x94: (4 + 16) << 4
    CHECK(read(query)["igmp.source"] == "10.0.0.1");
    const std::string report = v4("002c", "0000", "02") + "22000000 00000001 04 01 0001 e8010101 0a000001 deadbeef";
    CHECK(
        read(report).has("igmp.num_grp_recs=1 igmp.record{ igmp.record.type=4(to exclude) "
                         "igmp.record.aux_data_len=1 igmp.num_src=1 igmp.address=232.1.1.1 igmp.source=10.0.0.1 "
                         "igmp.record.aux_data=deadbeef }"));
    CHECK(survives_cutting(query));
    CHECK(survives_cutting(report));
}

TEST_CASE("node information in tcpdump's words") {
    const std::string asked = v6("0020", "3a") + "8b00 0000 0003 003e 4e4f4e4345313233 " + std::string(31, '0') + "2";
    CHECK(read(asked, Protocol::ip6).info ==
          "IP6 2001:db8::1 > 2001:db8::2: ICMP6, who-are-you request node information query (node addresses [GSLCA], "
          "subject=::2), length 32");
    CHECK(read(asked, Protocol::ip6)["icmp6.ni.nonce"] == "4e4f4e4345313233");
    const std::string name =
        v6("0023", "3a") + "8c00 0000 0002 0001 4e4f4e4345313233 0000003c 04686f7374 076578616d706c65 00 00";
    CHECK(read(name, Protocol::ip6)
              .info.ends_with("node information reply (DNS name, \"host.example\" [TTL=60]), "
                              "length 35"));
    CHECK(read(name, Protocol::ip6)["icmp6.ni.name"] == "host.example");
    CHECK(survives_cutting(asked, Protocol::ip6));
    CHECK(survives_cutting(name, Protocol::ip6));
}
