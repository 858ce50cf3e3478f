// SPDX-License-Identifier: MIT
// The link family: frames written here byte by byte, what is found in them, and every cut of them.
#include "dissected.h"

namespace fid::packet::test {
namespace {

constexpr std::string_view addresses = "ffffffffffff 020000000001 ";
constexpr std::string_view arp_request = "0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202";

Octets frame(std::string_view type_and_rest) { return from_hex(std::string(addresses) + std::string(type_and_rest)); }

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

bool survives_cutting(Bytes bytes, std::uint16_t link_type) {
    return sound_at_every_length(bytes, [&](Bytes cut) { return dissected(cut, link_type); });
}

}  // namespace

TEST_CASE("arp request over ethernet") {
    const auto bytes = frame("0806" + std::string(arp_request));
    const Seen found = dissected(bytes, 1);
    CHECK(found.layers == "ethernet:arp");
    CHECK(found.info == "ARP, Request who-has 192.0.2.2 tell 192.0.2.1, length 28");
    CHECK(found.has("ethernet.dst=ffffffffffff ethernet.src=020000000001 ethernet.type=806(ARP)"));
    CHECK(found.has("arp.src.proto_ipv4=192.0.2.1"));
    CHECK(survives_cutting(bytes, 1));
}

TEST_CASE("arp counts its padding and sets no addresses") {
    auto bytes = frame("0806 0001 0800 06 04 0002 020000000001 c0000201 020000000002 c0000202");
    bytes.resize(60);
    Packet packet;
    dissect(packet, bytes, 60, 1);
    CHECK(describe(packet).info == "ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01, length 46");
    CHECK_FALSE(packet.has_addresses);
}

TEST_CASE("a short arp is malformed, a cut one truncated") {
    const auto bytes = frame("0806 0001 0800 06 04 0001 0200");
    CHECK(dissected(bytes, 1).malformed);
    Packet packet;
    dissect(packet, bytes, 60, 1);
    CHECK(packet.last().truncated);
    CHECK_FALSE(packet.last().malformed);
}

TEST_CASE("stacked vlan tags") {
    const auto bytes = frame("88a8 6064 9100 0065 8100 f066 0806" + std::string(arp_request));
    const Seen found = dissected(bytes, 1);
    CHECK(found.layers == "ethernet:vlan:vlan:vlan:arp");
    CHECK(found.has("vlan.priority=3 vlan.dei=0 vlan.id=100"));
    CHECK(found.has("vlan.priority=7 vlan.dei=1 vlan.id=102"));
    CHECK(survives_cutting(bytes, 1));
}

TEST_CASE("unknown ethertypes are described by their frame") {
    const Seen found = dissected(frame("88b5 0102"), 1);
    CHECK(found.layers == "ethernet:data");
    CHECK(found.info == "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, ethertype Unknown (0x88b5), length 16");
}

TEST_CASE("an 802-3 length trims the padding") {
    auto bytes = frame("0008 aaaa03 000000 88b5");
    bytes.resize(60);
    Packet packet;
    dissect(packet, bytes, 60, 1);
    const Seen found = describe(packet);
    CHECK(found.layers == "ethernet:llc:snap");
    CHECK(packet.last().length == 5);
    CHECK(found.has("ethernet.len=8"));
    CHECK(found.has("snap.oui=0(Ethernet) snap.pid=88b5"));
    CHECK(dissected(frame("0004 ffff 0004"), 1).layers == "ethernet:data");
}

TEST_CASE("a jumbo llc frame and a bare llc frame") {
    CHECK(dissected(frame("8870 aaaa03 000000 0806" + std::string(arp_request)), 1).layers == "ethernet:llc:snap:arp");
    CHECK(dissected(frame("0003 f0f0 03"), 1).info ==
          "dsap NetBeui (0xf0) Individual, ssap NetBeui (0xf0) Command, ctrl 0x03: Unnumbered, ui, length 3");
}

TEST_CASE("cooked captures of both versions") {
    const auto one = from_hex("0000 0001 0006 020000000001 0000 0806" + std::string(arp_request));
    CHECK(dissected(one, 113).layers == "sll:arp");
    CHECK(dissected(one, 113).has("sll.src=020000000001"));
    CHECK(survives_cutting(one, 113));
    const auto two = from_hex("0806 0000 00000003 0001 04 06 020000000001 0000" + std::string(arp_request));
    CHECK(dissected(two, 276).layers == "sll2:arp");
    CHECK(dissected(two, 276).has("sll2.ifindex=3"));
    CHECK(dissected(two, 276).has("sll2.pkttype=4(Out)"));
    CHECK(survives_cutting(two, 276));
}

TEST_CASE("loopback families in both byte orders") {
    Packet packet;
    const auto next = [&](std::string_view hex) {
        const auto bytes = from_hex(hex);
        packet.clear(bytes, static_cast<std::uint32_t>(bytes.size()), 0);
        return dissector(Protocol::null).step(bytes, packet, 0).next;
    };
    CHECK(next("02000000") == Protocol::ip);
    CHECK(next("00000002") == Protocol::ip);
    for (const std::string_view six : {"0a000000", "18000000", "1c000000", "1e000000", "0000001e"})
        CHECK(next(six) == Protocol::ip6);
    CHECK(next("63000000") == Protocol::data);
}

TEST_CASE("raw ip by its version") {
    const auto next = [](std::uint8_t first) {
        Packet packet;
        const Octets bytes{first};
        return dissector(Protocol::raw).step(bytes, packet, 0).next;
    };
    CHECK(next(0x45) == Protocol::ip);
    CHECK(next(0x60) == Protocol::ip6);
    for (const std::uint16_t type : std::initializer_list<std::uint16_t>{12, 14, 101, 228, 229}) {
        CHECK(by_link_type(type, from_hex("45")) == Protocol::raw);
        CHECK(by_link_type(type, from_hex("00")) == Protocol::data);
    }
}

TEST_CASE("ppp with and without framing, and its control protocols") {
    const auto lcp = from_hex("ff03 c021 01 07 000e 0104 05dc 0506 01020304");
    const Seen found = dissected(lcp, 9);
    CHECK(found.layers == "ppp");
    CHECK(found.info == "LCP, Conf-Request (0x01), id 7, length 16");
    CHECK(found.has("ppp.opt{ ppp.opt.type=5 ppp.opt.length=6 ppp.opt.value=01020304 }"));
    CHECK(survives_cutting(lcp, 9));
    Packet packet;
    for (const std::string_view ip : {"ff030021 45", "0021 45", "21 45", "ff0321 45"})
        CHECK(dissector(Protocol::ppp).step(from_hex(ip), packet, 0).next == Protocol::ip);
    CHECK(dissector(Protocol::ppp).step(from_hex("0057 60"), packet, 0).next == Protocol::ip6);
}

TEST_CASE("pppoe discovery and session") {
    const auto padi = frame("8863 11 09 0000 000a 0101 0000 0103 0002 abcd");
    CHECK(dissected(padi, 1).info == "PADI [Service-Name] [Host-Uniq 0xabcd]");
    CHECK(dissected(padi, 1).has("pppoe.code=9(PADI)"));
    CHECK(survives_cutting(padi, 1));
    const auto session = frame("8864 11 00 0011 0006 c021 09 01 0004 0000 0000");
    CHECK(dissected(session, 1).layers == "ethernet:pppoe:ppp");
    CHECK(dissected(session, 1).has("pppoe.session_id=11"));
}

TEST_CASE("cisco hdlc keep-alives") {
    const auto bytes = from_hex("8f00 8035 00000002 00000005 00000002 ffff 00790588");
    CHECK(dissected(bytes, 104).layers == "chdlc");
    CHECK(dissected(bytes, 104).info ==
          "SLARP (length: 18), keepalive: mineseen=0x00000005, yourseen=0x00000002, reliability=0xffff");
    CHECK(survives_cutting(bytes, 104));
    // One byte of padding, of any value, may stand before IS-IS.
    const std::string hello = "83 14 01 00 11 01 00 00 02 111111111111 001b 0019 01";
    CHECK(dissected(from_hex("8f00 fefe 74" + hello), 104).layers == "chdlc:isis");
    CHECK(dissected(from_hex("8f00 fefe" + hello), 104).layers == "chdlc:isis");
}

TEST_CASE("mpls stacks and what is guessed below them") {
    const auto stack =
        frame("8847 000120ff 000641ff 00000000" + std::string(addresses) + "0806" + std::string(arp_request));
    const Seen found = dissected(stack, 1);
    CHECK(found.layers == "ethernet:mpls:ethernet:arp");
    CHECK(contains(found.info, "MPLS (label 18, tc 0, ttl 255) (label 100, tc 0, [S], ttl 255)"));
    CHECK(found.has("mpls.label=18 mpls.exp=0 mpls.bottom=0 mpls.ttl=255"));
    CHECK(survives_cutting(stack, 1));
    Packet packet;
    CHECK(dissector(Protocol::mpls).step(from_hex("000641ff 45"), packet, 0).next == Protocol::ip);
    CHECK(dissector(Protocol::mpls).step(from_hex("000641ff 60"), packet, 0).next == Protocol::ip6);
    CHECK(dissected(frame("8847 00064000 00064000"), 1).malformed);
}

TEST_CASE("spanning tree of every version") {
    constexpr std::string_view body = "8000 020000000001 00000004 8001 020000000002 8004 0100 1400 0200 0f00";
    const auto config = frame("0026 424203 0000 00 00 01" + std::string(body));
    CHECK(dissected(config, 1).layers == "ethernet:llc:stp");
    CHECK(dissected(config, 1).info ==
          "STP 802.1d, Config, Flags [Topology change], bridge-id 8001.02:00:00:00:00:02.8004, length 35");
    CHECK(dissected(config, 1).has("stp.root.prio=32768 stp.root.hw=020000000001 stp.root.cost=4"));
    const auto rapid = frame("0027 424203 0000 02 02 3c" + std::string(body) + "00");
    CHECK(contains(dissected(rapid, 1).info, "802.1w, Rapid STP, Flags [Learn, Forward], bridge-id"));
    CHECK(dissected(rapid, 1).has("stp.flags.port_role=3(designated)"));
    CHECK(survives_cutting(rapid, 1));
    CHECK(dissected(frame("0007 424203 0000 00 80"), 1).info == "STP 802.1d, Topology Change");
}

TEST_CASE("lldp ends where it says") {
    const auto bytes = frame("88cc 0207 04 020000000003 0403 05 6531 0602 0078 0a02 5231 0000 00000000");
    const Seen found = dissected(bytes, 1);
    CHECK(found.layers == "ethernet:lldp");
    CHECK(contains(found.info, "length 28: R1"));
    CHECK(found.has("lldp.chassis.subtype=4(MAC address) lldp.chassis.id.mac=020000000003"));
    CHECK(found.has("lldp.port.id=e1"));
    CHECK(found.has("lldp.tlv.system.name=R1"));
    CHECK(survives_cutting(bytes, 1));
}

TEST_CASE("cdp device") {
    const auto bytes = frame("0018 aaaa03 00000c 2000 02 b4 0000 0001 0006 5331 000b 0005 01 00");
    const Seen found = dissected(bytes, 1);
    CHECK(found.layers == "ethernet:llc:snap:cdp");
    CHECK(found.info == "CDPv2, ttl: 180s, Device-ID 'S1'");
    CHECK(found.has("cdp.duplex=1(full)"));
    CHECK(survives_cutting(bytes, 1));
}

TEST_CASE("lacp actor") {
    const auto bytes = frame("8809 01 01 01 14 8000 020000000001 000d 8000 0016 85 000000 00 00");
    const Seen found = dissected(bytes, 1);
    CHECK(found.info == "LACPv1, length 24");
    CHECK(found.has("lacp.system=020000000001 lacp.key=13"));
    CHECK(found.has("lacp.state=85(Activity, Aggregation, Expired)"));
    CHECK(survives_cutting(bytes, 1));
}

TEST_CASE("eapol start and identity") {
    CHECK(dissected(frame("888e 01 01 0000"), 1).info == "EAPOL start (1) v1, len 0");
    const auto bytes = frame("888e 01 00 0008 02 05 0008 01 626f62");
    CHECK(dissected(bytes, 1).info == "EAP packet (0) v1, len 8, Response (2), id 5, Type Identity (1), Identity: bob");
    CHECK(dissected(bytes, 1).has("eap.identity=bob"));
    CHECK(survives_cutting(bytes, 1));
}

TEST_CASE("a beacon behind radiotap without its checksum") {
    const auto bytes = from_hex(
        "0000 0a00 06000000 10 02"
        "80000000 ffffffffffff 020000000009 020000000009 1000"
        "0102030405060708 6400 1104 0004 6c616220 030106 deadbeef");
    const Seen found = dissected(bytes, 127);
    CHECK(found.layers == "radiotap:ieee80211");
    CHECK(found.info == "Beacon (lab ) CH: 6, PRIVACY");
    CHECK(found.has("radiotap.flags=10(FCS at end) radiotap.datarate=2"));
    CHECK(found.has("ieee80211.ssid=lab "));
    CHECK(found.has("ieee80211.ds.current_channel=6"));
    CHECK_FALSE(found.has("deadbeef"));
    CHECK(survives_cutting(bytes, 127));
}

TEST_CASE("802-11 data leads to arp, protected data does not") {
    const std::string head = "020000000009 020000000001 020000000002 1000 0000 aaaa03 000000 0806";
    CHECK(dissected(from_hex("88010000" + head + std::string(arp_request)), 105).layers == "ieee80211:llc:snap:arp");
    CHECK(dissected(from_hex("88410000" + head + std::string(arp_request)), 105).layers == "ieee80211:data");
    CHECK(dissected(from_hex("d4000000 020000000009"), 105).info == "Acknowledgment RA:02:00:00:00:00:09");
    CHECK(dissected(from_hex("c0000000 020000000009 020000000001 020000000001 1000 0700"), 105).info ==
          "DeAuthentication (02:00:00:00:00:01): Class 3 frame received from nonassociated STA");
}

TEST_CASE("frame relay with rfc 2427 and cisco encapsulation") {
    const std::string packet = "45000014 00010000 40010000 c0000201 c6336402";
    const Seen cisco = dissected(from_hex("48e9 0800" + packet), 107);
    CHECK(cisco.layers == "frelay:ip");
    CHECK(cisco.has("fr.dlci=302 fr.cr=0 fr.fecn=1 fr.becn=0 fr.de=0 fr.type=800(IPv4)"));
    CHECK(dissected(from_hex("48e1 03 cc" + packet), 107).layers == "frelay:ip");
    CHECK(dissected(from_hex("48e1 03 00 80 000000 0806" + std::string(arp_request)), 107).layers == "frelay:snap:arp");
    CHECK(dissected(from_hex("48e1 03 11 00"), 107).info ==
          "Q.922, hdr-len 2, DLCI 302, Flags [none], NLPID unknown (0x11), length 5");
    CHECK(dissected(from_hex("49e1 03 cc" + packet), 107).malformed);
    CHECK(survives_cutting(from_hex("48e0 e0 41 03 00 80 000000 0806"), 107));
}

}  // namespace fid::packet::test
