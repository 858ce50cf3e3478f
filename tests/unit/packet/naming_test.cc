// SPDX-License-Identifier: MIT
#include "dissected.h"

using namespace fid::packet;
using namespace fid::packet::test;

namespace {

Seen see(Protocol protocol, const Octets& bytes, Protocol outer = Protocol::udp) {
    const Seen seen = alone(protocol, bytes, {.outer = outer});
    CHECK(seen.sound);
    return seen;
}

const Octets query{0x04, 0xd2, 1,   0,   0,   1, 0,   0,   0,   0, 0, 0, 7, 'e', 'x',
                   'a',  'm',  'p', 'l', 'e', 3, 'c', 'o', 'm', 0, 0, 1, 0, 1};
Octets answer() {
    auto bytes = query;
    bytes[2] = 0x81;
    bytes[3] = 0x80;
    bytes[7] = 1;
    for (const int byte : {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1})
        bytes.push_back(static_cast<std::uint8_t>(byte));
    return bytes;
}

}  // namespace

TEST_CASE("dns messages in tcpdump words") {
    CHECK(see(Protocol::dns, query).info == "1234+ A? example.com. (29)");
    const Seen seen = see(Protocol::dns, answer());
    CHECK(seen.info == "1234 1/0/0 A 192.0.2.1 (45)");
    CHECK(seen["dns.name"] == "example.com.");
    CHECK(seen["dns.a"] == "192.0.2.1");
    CHECK_FALSE(seen.malformed);
}

TEST_CASE("dns over tcp has a length in front") {
    auto bytes = query;
    bytes.insert(bytes.begin(), {0, 29});
    CHECK(see(Protocol::dns, bytes, Protocol::tcp).info == "1234+ A? example.com. (29)");
}

TEST_CASE("dns name that points at itself ends") {
    auto bytes = answer();
    bytes[29] = 0xc0;
    bytes[30] = 29;
    CHECK(see(Protocol::dns, bytes).fields.size() < 1000);
}

TEST_CASE("dns cut at every length") {
    const auto whole = answer();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Seen seen = see(Protocol::dns, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
        CHECK((seen.refused || seen.malformed));
    }
}

TEST_CASE("dhcp request names its client") {
    Octets bytes(240);
    bytes[0] = bytes[1] = 1;
    bytes[2] = 6;
    bytes[33] = 7;
    bytes[236] = 0x63;
    bytes[237] = 0x82;
    bytes[238] = 0x53;
    bytes[239] = 0x63;
    for (const int byte : {53, 1, 3, 50, 4, 10, 0, 0, 9, 255}) bytes.push_back(static_cast<std::uint8_t>(byte));
    const Seen seen = see(Protocol::dhcp, bytes);
    CHECK(seen.info == "BOOTP/DHCP, Request from 00:00:00:00:00:07, length 250");
    CHECK(seen["dhcp.type"] == "3");
    CHECK(seen["dhcp.requested_ip"] == "10.0.0.9");
}

TEST_CASE("syslog and snmp in tcpdump words") {
    CHECK(see(Protocol::syslog, {'<', '5', '>', 'x'}).info == "SYSLOG kernel.notice, length: 4");
    const Octets get{0x30, 0x1d, 2, 1,    1,    4,    1, 'p', 0xa0, 0x15, 2, 1, 1, 2, 1, 0,
                     2,    1,    0, 0x30, 0x0a, 0x30, 8, 6,   4,    0x2b, 6, 1, 2, 5, 0};
    CHECK(see(Protocol::snmp, get).info == "V2c C=*** GetRequest .1.3.6.1.2");
}

TEST_CASE("netflow version 9 and ipfix data by the templates beside it") {
    const std::string nine =
        "0009 0002 00000001 00000002 00000003 00000004"
        " 0000 0018 0100 0004 0008 0004 000c 0004 0007 0002 0001 0004"
        " 0100 0014 c0000201 c6336402 01bb 00000400 0000"
        " 0101 0006 aabb";
    const Seen seen = see(Protocol::netflow, from_hex(nine));
    CHECK(
        seen.has("netflow.template{ netflow.template.id=256 netflow.count=4 "
                 "netflow.element=8(sourceIPv4Address) netflow.element.length=4"));
    CHECK(
        seen.has("netflow.flow{ netflow.flow.src=192.0.2.1 netflow.flow.dst=198.51.100.2 netflow.flow.sport=443 "
                 "netflow.flow.octets=1024 } netflow.set.data=0000"));
    CHECK(seen.has("netflow.set.data=aabb"));  // its template came in another packet
    const std::string ipfix =
        "000a 003a 00000001 00000002 00000003"
        " 0002 0014 0100 0002 8001 ffff 00001234 0004 0001"
        " 0100 0016 03 616263 06 ff 0004 64656667 11 00 01 0000 00";
    const Seen ten = see(Protocol::netflow, from_hex(ipfix));
    CHECK(ten.has("netflow.element=1 netflow.element.length=65535 netflow.element.enterprise=4660"));
    CHECK(ten.has("netflow.flow{ netflow.element.value=616263 netflow.flow.protocol=6 }"));
    CHECK(ten.has("netflow.flow{ netflow.element.value=64656667 netflow.flow.protocol=17 }"));
    // Elements of no bytes would let any number of records stand in none.
    CHECK(see(Protocol::netflow, from_hex("0009 0002 00000001 00000002 00000003 00000004"
                                          " 0000 000c 0100 0001 0008 0000 0100 0008 00000000"))
              .values.count("netflow.flow") == 0);
    for (const std::string& hex : {nine, ipfix})
        CHECK(sound_at_every_length(from_hex(hex), [](fid::Bytes cut) { return alone(Protocol::netflow, cut); }));
}

TEST_CASE("any bytes are survived by every dissector at every length") {
    for (const Protocol protocol :
         {Protocol::dns, Protocol::mdns, Protocol::nbns, Protocol::dhcp, Protocol::dhcp6, Protocol::ntp, Protocol::tftp,
          Protocol::snmp, Protocol::radius, Protocol::sip, Protocol::rtp, Protocol::rtcp, Protocol::syslog,
          Protocol::stun, Protocol::ssdp, Protocol::coap, Protocol::netflow}) {
        std::uint32_t state = 12345;
        for (int round = 0; round < 300; ++round) {
            Octets bytes(static_cast<std::size_t>(round));
            for (auto& byte : bytes) {
                state = state * 1664525U + 1013904223U;
                byte = static_cast<std::uint8_t>((state >> 28U) > 6 ? state >> 29U : state >> 20U);
            }
            see(protocol, bytes);
        }
    }
}
