// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "packet/dissector.h"

using namespace fid;
using namespace fid::packet;

namespace {

/// Collects "name=value" lines and checks that offsets stay inside the layer.
class Lines : public FieldSink {
  public:
    Lines(const Dissector& one, std::size_t length) : one_(one), length_(length) {}
    void put(unsigned field, const FieldValue& value, std::size_t offset, std::size_t length) override {
        CHECK(offset + length <= length_);
        REQUIRE(field < one_.fields.size());
        const FieldInfo& info = one_.fields[field];
        text += std::string(info.name) + "=";
        if (info.type == FieldType::text)
            text += as_text(value.bytes);
        else if (info.type == FieldType::ipv4 && value.bytes.size() == 4) {
            for (const auto byte : value.bytes) text += std::to_string(byte) + ".";
        } else
            text += std::to_string(value.number);
        text += "\n";
    }
    void open(unsigned, std::string_view, std::size_t, std::size_t) override { ++depth; }
    void close() override { --depth; }
    std::string text;
    int depth = 0;

  private:
    const Dissector& one_;
    std::size_t length_;
};

struct Seen {
    Step step;
    std::string info, fields;
};
Seen see(Protocol protocol, const std::vector<std::uint8_t>& wire, Protocol outer = Protocol::udp) {
    const std::vector<std::uint8_t> bytes(wire);
    Packet packet;
    packet.clear(bytes, static_cast<std::uint32_t>(bytes.size()), 1);
    packet.add({.protocol = outer});
    const Dissector& one = dissector(protocol);
    REQUIRE(one.protocol == protocol);
    Seen seen;
    seen.step = one.step(bytes, packet, 0);
    if (seen.step.refused) return seen;
    const auto size = static_cast<std::uint32_t>(bytes.size());
    packet.add({.protocol = protocol, .header = size, .length = size});
    Text text;
    one.info(packet, packet.last(), text);
    Lines lines(one, bytes.size());
    one.visit(packet, packet.last(), lines);
    CHECK(lines.depth == 0);
    seen.info = text.view();
    seen.fields = lines.text;
    return seen;
}
bool has(const Seen& seen, std::string_view line) { return seen.fields.find(line) != std::string::npos; }

const std::vector<std::uint8_t> query{0x04, 0xd2, 1,   0,   0,   1, 0,   0,   0,   0, 0, 0, 7, 'e', 'x',
                                      'a',  'm',  'p', 'l', 'e', 3, 'c', 'o', 'm', 0, 0, 1, 0, 1};
std::vector<std::uint8_t> answer() {
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
    CHECK(has(seen, "dns.name=example.com.\n"));
    CHECK(has(seen, "dns.a=192.0.2.1.\n"));
    CHECK_FALSE(seen.step.malformed);
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
        CHECK((seen.step.refused || seen.step.malformed));
    }
}

TEST_CASE("dhcp request names its client") {
    std::vector<std::uint8_t> bytes(240);
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
    CHECK(has(seen, "dhcp.type=3\n"));
    CHECK(has(seen, "dhcp.requested_ip=10.0.0.9.\n"));
}

TEST_CASE("syslog and snmp in tcpdump words") {
    CHECK(see(Protocol::syslog, {'<', '5', '>', 'x'}).info == "SYSLOG kernel.notice, length: 4");
    const std::vector<std::uint8_t> get{0x30, 0x1d, 2, 1,    1,    4,    1, 'p', 0xa0, 0x15, 2, 1, 1, 2, 1, 0,
                                        2,    1,    0, 0x30, 0x0a, 0x30, 8, 6,   4,    0x2b, 6, 1, 2, 5, 0};
    CHECK(see(Protocol::snmp, get).info == "V2c C=*** GetRequest .1.3.6.1.2");
}

TEST_CASE("any bytes are survived by every dissector at every length") {
    for (const Protocol protocol :
         {Protocol::dns, Protocol::mdns, Protocol::nbns, Protocol::dhcp, Protocol::dhcp6, Protocol::ntp, Protocol::tftp,
          Protocol::snmp, Protocol::radius, Protocol::sip, Protocol::rtp, Protocol::rtcp, Protocol::syslog,
          Protocol::stun, Protocol::ssdp, Protocol::coap, Protocol::netflow}) {
        std::uint32_t state = 12345;
        for (int round = 0; round < 300; ++round) {
            std::vector<std::uint8_t> bytes(static_cast<std::size_t>(round));
            for (auto& byte : bytes) {
                state = state * 1664525U + 1013904223U;
                byte = static_cast<std::uint8_t>((state >> 28U) > 6 ? state >> 29U : state >> 20U);
            }
            see(protocol, bytes);
        }
    }
}
