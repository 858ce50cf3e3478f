// SPDX-License-Identifier: MIT
// What stands inside routing messages: type-length-values, link state advertisements, groups, and every cut of them.
#include "dissected.h"

namespace fid::packet::test {
namespace {

Seen read(Protocol protocol, std::string_view hex) { return alone(protocol, from_hex(hex)); }

bool survives_cutting(Protocol protocol, std::string_view hex) {
    return sound_at_every_length(from_hex(hex), [&](Bytes cut) { return alone(protocol, cut); });
}

}  // namespace

TEST_CASE("isis link state tells areas, neighbours and prefixes") {
    constexpr std::string_view state =
        "83 1b 01 00 12 01 00 00 0080 04af 2222222222220000 0000000f b503 01"
        " 01 04 03 49000a"
        " 81 02 cc8e"
        " 84 04 c0000201"
        " 02 0c 00 0a808080 33333333333302"
        " 80 0c 4a808080 c6336400 ffffff00"
        " 16 0d 11111111111100 000064 02 aa00"
        " 87 09 00000014 98 c0a801 e0"
        " ec 0a 0000001e 40 20 20010db8"
        " f0 01 02"
        " e5 02 0002"
        " 63 02 beef";
    const Seen seen = read(Protocol::isis, state);
    CHECK(seen["isis.area_address"] == "49.000a");
    CHECK(seen.has("isis.nlpid=cc(IPv4) isis.nlpid=8e(IPv6)"));
    CHECK(seen["isis.ipv4_address"] == "192.0.2.1");
    CHECK(seen.has("isis.metric=10 isis.metric.external=0 isis.metric.down=0 isis.neighbor=3333.3333.3333.02"));
    CHECK(seen.has("isis.metric=10 isis.metric.external=1 isis.metric.down=0 isis.prefix=198.51.100.0/24"));
    CHECK(seen.has("isis.neighbor=1111.1111.1111.00 isis.metric=100 isis.subtlv{ isis.subtlv.type=170 }"));
    CHECK(seen.has("isis.metric=20 isis.metric.down=1 isis.prefix=192.168.1.0/24"));
    CHECK(seen.has("isis.metric=30 isis.metric.down=0 isis.metric.external=1 isis.prefix=2001:db8::/32"));
    CHECK(seen.meaning("isis.adjacency_state") == "Down");
    CHECK(seen["isis.topology"] == "2");
    CHECK(seen.has("isis.tlv.value=beef"));
    CHECK(survives_cutting(Protocol::isis, state));
}

TEST_CASE("isis sequence numbers list their entries") {
    constexpr std::string_view complete =
        "83 21 01 00 18 01 00 00 0043 11111111111100 0000000000000000 ffffffffffffffff"
        " 09 10 04a0 2222222222220000 0000000e 5910";
    CHECK(read(Protocol::isis, complete)
              .has("isis.lsp_entry{ isis.lsp.remaining_life=1184 isis.lsp.lsp_id=2222222222220000 "
                   "isis.lsp.sequence_number=e isis.lsp.checksum=5910 }"));
    CHECK(survives_cutting(Protocol::isis, complete));
}

TEST_CASE("eigrp parameters, version and routes") {
    constexpr std::string_view update =
        "02 01 abcd 00000009 00000005 00000000 0000 0064"
        " 0001 000c 010001000000000f"
        " 0004 0008 0c04 0102"
        " 0102 001c 00000000 ffffffff 0003e800 0005dc 02 ff 01 00 00 18 c0a804"
        " 0103 0031 00000000 c0000201 0000fde9 00000007 00000014 0000 06 00 00000100 0003e800 0005dc 02 ff 01 00 00"
        " 19 0a000080"
        " 0402 0032 fe800000000000000000000000000001 00000200 0003e800 0005dc 00 ff 01 00 00"
        " 40 20010db800010002";
    const Seen seen = read(Protocol::eigrp, update);
    CHECK(seen.meaning("eigrp.flags") == "Init, End of Table");
    CHECK(seen["eigrp.par.holdtime"] == "15");
    CHECK(seen["eigrp.release_version"] == "12.04");
    CHECK(seen["eigrp.tlv_version"] == "1.02");
    CHECK(
        seen.has("eigrp.metric.delay=4294967295 eigrp.metric.bandwidth=256000 eigrp.metric.mtu=1500 "
                 "eigrp.metric.hopcount=2 eigrp.metric.reliability=255 eigrp.metric.load=1"));
    CHECK(seen.has("eigrp.route=192.168.4.0/24"));
    CHECK(seen.has("eigrp.extdata.as=65001 eigrp.extdata.tag=7 eigrp.extdata.metric=20 eigrp.extdata.proto=6(OSPF)"));
    CHECK(seen.has("eigrp.route=10.0.0.128/25"));
    CHECK(seen.has("eigrp.ipv6.nexthop=fe80::1"));
    CHECK(seen.has("eigrp.route=2001:db8:1:2::/64"));
    CHECK(survives_cutting(Protocol::eigrp, update));
}

TEST_CASE("ospf version 2 advertisements") {
    constexpr std::string_view head = "0201 0000 0a000001 00000000 abcd 0000 0000000000000000 ";
    const auto update = [&](std::string_view lsa) {
        std::string hex(head);
        hex.replace(2, 2, "04");
        return hex.append("00000001 ").append(lsa);
    };
    const std::string router = update(
        "0001 02 01 0a000001 0a000001 80000001 abcd 0030 03 00 0002"
        " c0a80100 ffffff00 03 00 000a 0a000002 0a000001 01 00 0040");
    Seen seen = read(Protocol::ospf, router);
    CHECK(seen.meaning("ospf.lsa.flags") == "ABR, ASBR");
    CHECK(
        seen.has("ospf.lsa.link.id=192.168.1.0 ospf.lsa.link.data=255.255.255.0 "
                 "ospf.lsa.link.type=3(stub network) ospf.metric=10"));
    CHECK(seen.has("ospf.lsa.link.type=1(point-to-point) ospf.metric=64"));
    seen = read(Protocol::ospf, update("0001 02 02 0a000001 0a000001 80000001 abcd 0020 ffffff00 0a000001 0a000002"));
    CHECK(seen.has("ospf.hello.network_mask=255.255.255.0 ospf.lsa.attached_router=10.0.0.1"));
    seen = read(Protocol::ospf, update("0001 02 03 0a000000 0a000001 80000001 abcd 001c ff000000 00 000014"));
    CHECK(seen.has("ospf.lsa.tos=0 ospf.metric=20"));
    const std::string external =
        update("0001 02 05 0a000000 0a000001 80000001 abcd 0024 ff000000 80 000014 c0000201 00000007");
    CHECK(read(Protocol::ospf, external)
              .has("ospf.lsa.asext.type=2 ospf.lsa.tos=0 ospf.metric=20 ospf.lsa.asext.fwdaddr=192.0.2.1 "
                   "ospf.lsa.asext.extrttag=7"));
    CHECK(survives_cutting(Protocol::ospf, router));
    CHECK(survives_cutting(Protocol::ospf, external));
}

TEST_CASE("ospf version 3 advertisements") {
    const auto update = [](std::string_view lsa) {
        return std::string("0304 0000 0a000001 00000000 abcd 00 00 00000001 0001 ").append(lsa);
    };
    const std::string router =
        update("2001 00000000 0a000001 80000001 abcd 0028 01 000033 01 00 000a 00000006 00000007 01010101");
    Seen seen = read(Protocol::ospf, router);
    CHECK(seen.meaning("ospf.options") == "V6, E, R, DC");
    CHECK(
        seen.has("ospf.metric=10 ospf.lsa.interface_id=6 ospf.lsa.neighbor_interface_id=7 "
                 "ospf.lsa.neighbor_router_id=1.1.1.1"));
    const std::string link = update(
        "0008 00000006 0a000001 80000001 abcd 0038 64 000033 fe800000000000000000000000000003 00000001"
        " 40 00 0000 20010db800000034");
    seen = read(Protocol::ospf, link);
    CHECK(seen["ospf.hello.router_priority"] == "100");
    CHECK(seen["ospf.lsa.link_local_address"] == "fe80::3");
    CHECK(seen["ospf.prefix"] == "2001:db8:0:34::/64");
    seen = read(Protocol::ospf, update("2009 00000000 0a000001 80000001 abcd 002c 0001 2001 00000000 03030303"
                                       " 40 02 000a 20010db800000034"));
    CHECK(seen.has("ospf.lsa.referenced_ls_type=2001(Router)"));
    CHECK(seen.has("ospf.prefix.options=2(LA) ospf.metric=10 ospf.prefix=2001:db8:0:34::/64"));
    const std::string external = update(
        "4005 00000001 0a000001 80000001 abcd 0038 07 000014 20 00 0000 20010db8"
        " 20010db8000000000000000000000001 0000002a");
    CHECK(read(Protocol::ospf, external)
              .has("ospf.lsa.asext.type=2 ospf.metric=20 ospf.prefix.options=0 ospf.lsa.referenced_ls_type=0 "
                   "ospf.prefix=2001:db8::/32 ospf.lsa.asext.fwdaddr6=2001:db8::1 ospf.lsa.asext.extrttag=42"));
    CHECK(read(Protocol::ospf, update("2003 00000000 0a000001 80000001 abcd 001c 00 00000a ff 00 0000")).sound);
    for (const std::string& hex : {router, link, external}) CHECK(survives_cutting(Protocol::ospf, hex));
}

TEST_CASE("pim options, joins and bootstrap") {
    const Seen hello = read(Protocol::pim,
                            "20 00 abcd 0001 0002 0069 0002 0004 81f4 09c4 0013 0004 00000001 0014 0004 d770061c"
                            " 0018 0006 0100 c0000202");
    CHECK(hello.has("pim.holdtime=105"));
    CHECK(hello.has("pim.t=1 pim.propagation_delay=500 pim.override_interval=2500"));
    CHECK(hello.has("pim.dr_priority=1"));
    CHECK(hello["pim.generation_id"] == "d770061c");
    CHECK(hello["pim.address_list"] == "192.0.2.2");
    constexpr std::string_view join =
        "23 00 abcd 0100 0a00000d 00 02 00d2 0100 0020 ef7b7b7b 0001 0001 0100 07 20 01010101 0100 01 20 0a000001"
        " 0100 0020 ef000001 0001 0000 0100 04 20 0a000002";
    const Seen joined = read(Protocol::pim, join);
    CHECK(joined["pim.upstream_neighbor"] == "10.0.0.13");
    CHECK(
        joined.has("pim.group=239.123.123.123/32 pim.numjoins=1 pim.numprunes=1 pim.join_ip=1.1.1.1/32 (SWR) "
                   "pim.prune_ip=10.0.0.1/32 (R)"));
    CHECK(joined.has("pim.group=239.0.0.1/32 pim.numjoins=1 pim.numprunes=0 pim.join_ip=10.0.0.2/32 (S)"));
    constexpr std::string_view bootstrap =
        "24 00 e410 04b0 00 00 0100 01010101 0100 0004 e0000000 02 02 0000 0100 02020202 0096 00 00"
        " 0100 03030303 0096 05 00";
    CHECK(read(Protocol::pim, bootstrap)
              .has("pim.bsr=1.1.1.1 pim.group=224.0.0.0/4 pim.rp_count=2 pim.frp_count=2 pim.rp=2.2.2.2 "
                   "pim.holdtime=150 pim.priority=0 pim.rp=3.3.3.3 pim.holdtime=150 pim.priority=5"));
    constexpr std::string_view assertion = "25 00 abcd 0100 0020 ef000001 0100 0a000001 80000065 0000000a";
    CHECK(read(Protocol::pim, assertion).has("pim.source=10.0.0.1 pim.rpt=1 pim.metric_pref=101 pim.metric=10"));
    CHECK(read(Protocol::pim, "2a 10 ca80 0100 0a000001 00000064 0000000a")
              .has("pim.rp=10.0.0.1 pim.metric_pref=100 pim.metric=10"));
    CHECK(read(Protocol::pim, "2a 40 abcd 0100 0a000001 00000064 0000000a 0100 0a000002 00000065 0000000b")
              .has("pim.metric=10 pim.source=10.0.0.2 pim.metric_pref=101 pim.metric=11"));
    for (const std::string_view hex : {join, bootstrap, assertion}) CHECK(survives_cutting(Protocol::pim, hex));
}

TEST_CASE("bgp attributes") {
    const std::string update =
        "ffffffffffffffffffffffffffffffff 008f 02 0000 0078"
        " c00708 0000fde9 c0000201 c00808 fde90064 ffffff01 800904 0a000001 800a08 0a000002 0a000003"
        " c01008 0002fde900000064 801a0b 01 000b 00000000000003e8 c0200c 0000fde9 00000001 00000002"
        " 800e25 0002 01 20 20010db8000000000000000000000001 fe800000000000000000000000000001 00";
    const Seen seen = read(Protocol::bgp, update);
    CHECK(seen.has("aggregator_as=65001 bgp.update.path_attribute.aggregator_origin=192.0.2.1"));
    CHECK(seen.has("community=65001:100 bgp.update.path_attribute.community=NO_EXPORT"));
    CHECK(seen["bgp.update.path_attribute.originator_id"] == "10.0.0.1");
    CHECK(seen.values.count("bgp.update.path_attribute.cluster_id") == 2);
    CHECK(seen["bgp.update.path_attribute.extended_community"] == "0002fde900000064");
    CHECK(seen["bgp.update.path_attribute.aigp"] == "1000");
    CHECK(seen["bgp.update.path_attribute.large_community"] == "65001:1:2");
    CHECK(seen.has("next_hop_ipv6=2001:db8::1 bgp.update.path_attribute.next_hop_ipv6=fe80::1"));
    CHECK(survives_cutting(Protocol::bgp, update));
}

}  // namespace fid::packet::test
