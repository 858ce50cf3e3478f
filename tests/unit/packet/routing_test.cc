// SPDX-License-Identifier: MIT
// The routing family on messages written here, without their carriers, and on every cut of them.
#include "dissected.h"

namespace fid::packet::test {
namespace {

Seen read(Protocol protocol, std::string_view hex) { return alone(protocol, from_hex(hex)); }

bool survives_cutting(Protocol protocol, std::string_view hex) {
    const Octets bytes = from_hex(hex);
    return sound_at_every_length(bytes, [&](Bytes cut) {
        return alone(protocol, cut, {.missing = static_cast<std::uint32_t>(bytes.size() - cut.size())});
    });
}

constexpr std::string_view marker = "ffffffffffffffffffffffffffffffff ";

}  // namespace

TEST_CASE("ospf version 2 hello") {
    constexpr std::string_view hello =
        "0201 0030 0a000001 00000002 abcd 0000 0000000000000000 ffffff00 000a 02 01 00000028 c0000201 c0000202 "
        "0a000002";
    const Seen found = read(Protocol::ospf, hello);
    CHECK(found.info == "OSPFv2, Hello, length 48");
    CHECK(found.has("ospf.srcrouter=10.0.0.1 ospf.area_id=0.0.0.2"));
    CHECK(found.has("ospf.hello.network_mask=255.255.255.0 ospf.hello.hello_interval=10"));
    CHECK(found.has("ospf.hello.active_neighbor=10.0.0.2"));
    CHECK(survives_cutting(Protocol::ospf, hello));
    CHECK(read(Protocol::ospf, "0901 0030 0a000001").refused);
}

TEST_CASE("ospf version 3 description and update") {
    constexpr std::string_view head = "0000 0001 2002 00000005 0a000001 80000001 abcd 0014";
    const std::string description =
        "0302 0030 0a000001 00000000 abcd 00 00 00 000013 05dc 00 07 00001d46" + std::string(head.substr(0));
    CHECK(read(Protocol::ospf, description).info == "OSPFv3, Database Description, length 50");
    CHECK(read(Protocol::ospf, description).has("ospf.db.flags=7(Master, More, Init)"));
    const std::string update =
        "0304 0028 0a000001 00000000 abcd 00 00 00000001 0001 2002 00000005 0a000001 80000001 abcd 0014";
    CHECK(read(Protocol::ospf, update).has("ospf.lsa.type=8194(Network) ospf.lsa.id=0.0.0.5 ospf.advrouter=10.0.0.1"));
    CHECK(survives_cutting(Protocol::ospf, update));
}

TEST_CASE("vrrp of both versions") {
    constexpr std::string_view v2 = "21 2a bf 01 01 0a 0000 c0000201 7365637265740000";
    CHECK(read(Protocol::vrrp, v2).info ==
          "VRRPv2, Advertisement, vrid 42, prio 191, authtype simple, intvl 10s, length 20");
    CHECK(read(Protocol::vrrp, v2).has("vrrp.ip_addr=192.0.2.1"));
    CHECK(read(Protocol::vrrp, "31 2c bf 01 03e8 0000 c0000201").info ==
          "VRRPv3, Advertisement, vrid 44, prio 191, intvl 1000cs, length 12");
    CHECK(survives_cutting(Protocol::vrrp, v2));
}

TEST_CASE("hsrp of both versions") {
    constexpr std::string_view v1 = "00 00 10 03 0a 78 01 00 636973636f000000 c0a80001";
    CHECK(read(Protocol::hsrp, v1).info == "HSRPv0-hello 20: state=active group=1 addr=192.168.0.1");
    constexpr std::string_view v2 =
        "01 28 02 00 06 04 0005 020000000001 00000064 00000bb8 00002710 c0000201 000000000000000000000000";
    CHECK(read(Protocol::hsrp, v2).info == "HSRPv1-hello 42: state=active group=5 addr=192.0.2.1");
    CHECK(read(Protocol::hsrp, v2).has("hsrp.priority=100 hsrp.hellotime=3000"));
    CHECK(survives_cutting(Protocol::hsrp, v1));
    CHECK(survives_cutting(Protocol::hsrp, v2));
}

TEST_CASE("pim hello and register") {
    constexpr std::string_view hello = "20 00 abcd 0001 0002 0069 0013 0004 00000001";
    CHECK(read(Protocol::pim, hello).info == "PIMv2, Hello, length 18");
    CHECK(read(Protocol::pim, hello).has("pim.option.type=19(DR Priority) pim.option.length=4"));
    CHECK(survives_cutting(Protocol::pim, hello));
    Packet packet;
    const Step step = dissector(Protocol::pim).step(from_hex("21 00 abcd 00000000 45"), packet, 0);
    CHECK(step.next == Protocol::ip);
    CHECK(step.header == 8);
}

TEST_CASE("eigrp hello") {
    constexpr std::string_view hello = "02 05 eed0 00000000 00000000 00000000 0000 0064 0001 000c 010001000000000f";
    CHECK(read(Protocol::eigrp, hello).info == "EIGRP Hello, length: 32");
    CHECK(read(Protocol::eigrp, hello).has("eigrp.as=100 eigrp.tlv{ eigrp.tlv.type=1"));
    CHECK(survives_cutting(Protocol::eigrp, hello));
}

TEST_CASE("isis hello and link state") {
    constexpr std::string_view hello = "83 14 01 00 11 01 00 00 02 111111111111 001b 0019 01 8103 cc8e81";
    CHECK(read(Protocol::isis, hello).info == "IS-IS, p2p IIH, src-id 1111.1111.1111, length 25");
    constexpr std::string_view state =
        "83 1b 01 00 12 01 00 00 0020 04af 2222222222220003 00000009 abcd 03 8903 523232";
    CHECK(read(Protocol::isis, state).info ==
          "IS-IS, L1 LSP, lsp-id 2222.2222.2222.00-03, seq 0x00000009, lifetime  1199s, length 32");
    CHECK(read(Protocol::isis, state).has("isis.hostname=R22"));
    CHECK(survives_cutting(Protocol::isis, state));
    CHECK(read(Protocol::isis, "82 1b 01 00 12 01 00 00").refused);
}

TEST_CASE("bfd control") {
    constexpr std::string_view control = "20 64 03 1a 00000001 00000000 000f4240 000f4240 00000000 0102";
    CHECK(read(Protocol::bfd, control).info ==
          "BFDv1, Control, State Down, Flags: [Poll, Authentication Present], length: 26");
    CHECK(read(Protocol::bfd, control).has("bfd.auth.type=1(Simple Password)"));
    CHECK(survives_cutting(Protocol::bfd, control));
}

TEST_CASE("bgp open and keepalive in one segment") {
    const std::string both = std::string(marker) + "001d 01 04 fde9 00b4 c0000201 00" + std::string(marker) + "0013 04";
    const Seen found = read(Protocol::bgp, both);
    CHECK(found.info == "BGP, Open Message (1), my AS 65001, Holdtime 180s, ID 192.0.2.1, Keepalive Message (4)");
    CHECK(found.has("bgp.open.myas=65001"));
    CHECK(survives_cutting(Protocol::bgp, both));
    CHECK(read(Protocol::bgp, "0102030405").refused);
    CHECK(read(Protocol::bgp, std::string(marker) + "0012 04").malformed);
}

TEST_CASE("bgp update with attributes and prefixes") {
    const std::string update =
        std::string(marker) +
        "003d 02 0004 18 cb0071 001b 400101 00 400206 0201 0000fde9 400304 c0000201 800404 00000064"
        " 10 0a01 18 c6336400";
    const Seen found = read(Protocol::bgp, update);
    CHECK(found.has("bgp.withdrawn_prefix=203.0.113.0/24"));
    CHECK(found.has("bgp.update.path_attribute.origin=0(IGP)"));
    CHECK(found.has("bgp.update.path_attribute.as_path=65001 "));
    CHECK(found.has("bgp.update.path_attribute.next_hop=192.0.2.1"));
    CHECK(found.has("bgp.nlri_prefix=10.1.0.0/16 bgp.nlri_prefix=198.51.100.0/24"));
    CHECK(survives_cutting(Protocol::bgp, update));
}

TEST_CASE("bgp update of ipv6 prefixes") {
    const std::string update =
        std::string(marker) + "0035 02 0000 001e 800e1b 0002 01 10 20010db8000000000000000000000001 00 20 20010db8";
    CHECK(read(Protocol::bgp, update).has("bgp.nlri_prefix=2001:db8::/32"));
    CHECK(survives_cutting(Protocol::bgp, update));
}

TEST_CASE("bgp notification") {
    CHECK(read(Protocol::bgp, std::string(marker) + "0015 03 06 02").info ==
          "BGP, Notification Message (3), Cease (6), subcode 2");
}

TEST_CASE("rip request and response") {
    CHECK(read(Protocol::rip, "01 02 0000 0000 0000 00000000 00000000 00000000 00000010").info ==
          "RIPv2, Request, length: 24");
    constexpr std::string_view response = "02 02 0000 0002 0000 c0000200 ffffff00 00000000 00000001";
    CHECK(read(Protocol::rip, response).info == "RIPv2, Response, length: 24, routes: 1");
    CHECK(read(Protocol::rip, response).has("rip.ip=192.0.2.0 rip.netmask=255.255.255.0"));
    CHECK(survives_cutting(Protocol::rip, response));
}

TEST_CASE("ldp hello") {
    constexpr std::string_view hello =
        "0001 001e 0a010101 0000 0100 0014 00000001 0400 0004 000f 0000 0401 0004 0a010101";
    const Seen found = read(Protocol::ldp, hello);
    CHECK(found.info == "LDP, Label-Space-ID: 10.1.1.1:0, Hello, length: 34");
    CHECK(found.has("ldp.msg.tlv.hello.hold=15"));
    CHECK(found.has("ldp.msg.tlv.ipv4.taddr=10.1.1.1"));
    CHECK(survives_cutting(Protocol::ldp, hello));
}

}  // namespace fid::packet::test
