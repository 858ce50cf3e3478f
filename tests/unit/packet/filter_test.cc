// SPDX-License-Identifier: MIT
#include "packet/filter/filter.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "packet/dissector.h"

using namespace fid;
using namespace fid::packet;

namespace {

using Octets = std::vector<std::uint8_t>;

Octets operator+(Octets a, const Octets& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Octets ethernet(std::uint16_t type) {
    return {2,
            0,
            0,
            0,
            0,
            1,
            2,
            0,
            0,
            0,
            0,
            2,
            static_cast<std::uint8_t>(type >> 8U),
            static_cast<std::uint8_t>(type & 0xffU)};
}

/// 10.0.0.1 > 192.168.1.2 with a payload of `size` bytes.
Octets ip(std::uint8_t protocol, std::uint8_t size) {
    return {0x45, 0, 0, static_cast<std::uint8_t>(20 + size), 0, 1, 0, 0, 9, protocol, 0, 0, 10, 0, 0, 1, 192,
            168,  1, 2};
}

/// A SYN from 40000 to 80.
const Octets tcp{0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0x10, 0, 0, 0, 0, 0};
const Octets plain = ethernet(0x0800) + ip(6, 20) + tcp;
const Octets tagged = ethernet(0x8100) + Octets{0, 10, 8, 0} + ip(6, 20) + tcp;
/// IPv4 in GRE in IPv4: the TCP stands behind two tunnels' headers.
const Octets tunnelled = ethernet(0x0800) + ip(47, 44) + Octets{0, 0, 8, 0} + ip(6, 20) + tcp;

bool matches(const std::string& text, const Octets& bytes) {
    const auto filter = Filter::compile(text);
    REQUIRE_MESSAGE(filter.has_value(), (filter ? std::string() : filter.error().sentence()));
    Packet packet;
    dissect(packet, bytes, static_cast<std::uint32_t>(bytes.size()), 1);
    const Frame frame{.number = 7,
                      .seconds = 1'700'000'000,
                      .nanoseconds = 500'000'000,
                      .length = static_cast<std::uint32_t>(bytes.size()),
                      .interface = 0,
                      .interface_name = "eth0",
                      .direction = 1};
    const bool found = filter->matches(packet, frame);
    if (filter->needs_ports_only()) {
        Packet shallow;
        dissect_to_ports(shallow, bytes, static_cast<std::uint32_t>(bytes.size()), 1);
        CHECK_MESSAGE(filter->matches(shallow, frame) == found, text);
        dissect_applications(shallow);
        CHECK(shallow.layers().size() == packet.layers().size());
        CHECK(shallow.highest() == packet.highest());
    }
    return found;
}

}  // namespace

TEST_CASE("filter words match on every layer") {
    for (const Octets* bytes : {&plain, &tagged, &tunnelled}) {
        for (const char* text : {"tcp",
                                 "ip",
                                 "port 80",
                                 "tcp port 80",
                                 "port http",
                                 "dst port 80",
                                 "src port 40000",
                                 "host 10.0.0.1",
                                 "src host 10.0.0.1",
                                 "dst 192.168.1.2",
                                 "net 10.0.0.0/8",
                                 "net 192.168",
                                 "src net 10",
                                 "net 10.0.0.0 mask 255.0.0.0",
                                 "portrange 80-90",
                                 "not udp",
                                 "tcp and not port 443",
                                 "ip proto 6",
                                 "proto \\tcp",
                                 "ether host 02:00:00:00:00:01",
                                 "ether dst 02:00:00:00:00:01",
                                 "greater 50",
                                 "less 1000",
                                 "port 443 or 80",
                                 "port (443 or 80)",
                                 "src or dst port 80",
                                 "tcp[13] & 2 != 0",
                                 "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn",
                                 "inbound",
                                 "!(udp || arp)",
                                 "10.0.0.1"}) {
            CAPTURE(text);
            CHECK(matches(text, *bytes));
        }
        for (const char* text : {"udp", "ip6", "port 443", "udp port 80", "src port 80", "dst host 10.0.0.1",
                                 "net 10.1.0.0/16", "src and dst port 80", "less 10", "arp or udp", "host 2001:db8::1",
                                 "tcp[13] & 16 != 0", "ether src 02:00:00:00:00:01", "outbound", "ether broadcast"}) {
            CAPTURE(text);
            CHECK_FALSE(matches(text, *bytes));
        }
    }
}

TEST_CASE("filter vlan words do not shift what follows") {
    CHECK(matches("vlan 10 and tcp", tagged));
    CHECK(matches("tcp and vlan", tagged));
    CHECK(matches("(vlan 6 and tcp) or (vlan 10 and tcp)", tagged));
    CHECK_FALSE(matches("vlan 11", tagged));
    CHECK_FALSE(matches("vlan", plain));
    CHECK(matches("(vlan 10 and tcp) or tcp", plain));
}

TEST_CASE("filter comparisons of fields") {
    for (const char* text :
         {"tcp.flags.syn == 1 && ip.ttl < 10", "tcp.dport == 80", "tcp.dstport in {443, 80}", "tcp.dport in {70..90}",
          "ip.src == 10.0.0.0/8", "ip.src != 10.0.0.2", "ip.src in {10.0.0.1, 10.0.0.9}", "ip.addr == 192.168.1.2",
          "len > 50", "caplen >= 54", "number == 7", "time >= 2023-11-14", "time < 1700000000.6", "interface == eth0",
          "tcp.sport", "ip.ttl le 9", "interface ~ \"^eth\"", "interface matches \"ETH\""}) {
        CAPTURE(text);
        CHECK(matches(text, plain));
    }
    for (const char* text :
         {"tcp.flags.syn == 0", "ip.ttl >= 10", "tcp.dport != 80", "udp.dport == 80", "udp.dport != 80", "udp.dport",
          "ip.src == 11.0.0.0/8", "number > 7", "time > 1700000000.5", "interface contains \"wlan\""}) {
        CAPTURE(text);
        CHECK_FALSE(matches(text, plain));
    }
}

TEST_CASE("the names of DNS's fields reach who speaks its messages") {
    // "a.local", type A, asked by multicast (port 5353), by LLMNR (5355) and of a server (53).
    const auto query = [](std::uint8_t high, std::uint8_t low) {
        return ethernet(0x0800) + ip(17, 33) + Octets{0x9c, 0x40, high, low, 0, 33, 0, 0} +
               Octets{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 5, 'l', 'o', 'c', 'a', 'l', 0, 0, 1, 0, 1};
    };
    const Octets multicast = query(0x14, 0xe9);
    const Octets local = query(0x14, 0xeb);
    const Octets server = query(0, 53);
    for (const Octets* each : {&multicast, &local, &server}) {
        CHECK(matches("dns.name ~ \"local\"", *each));
        CHECK(matches("dns.qry.name == \"a.local.\"", *each));
        CHECK(matches("dns.count.queries == 1 and dns.type == 1", *each));
        CHECK(!matches("dns.flags.response == 1", *each));
    }
    CHECK(matches("mdns.name ~ \"local\"", multicast));
    CHECK(!matches("mdns.name", server));
    CHECK(!matches("mdns.name", local));
    CHECK(matches("llmnr.name", local));
    CHECK(matches("dns", server));
    CHECK(!matches("dns", multicast));
    // Each name once, and everywhere the same field.
    for (const FieldInfo& field : find_dissector("dns")->fields) {
        const std::vector<FieldRef> found = find_fields(field.name);
        REQUIRE(found.size() == 4);
        const auto suffix = field.name.substr(field.name.find('.'));
        for (const FieldRef& one : found) CHECK(one.dissector->fields[one.field].name.ends_with(suffix));
    }
    CHECK(find_fields("mdns.name").size() == 1);
    CHECK(find_fields("no.such").empty());
}

TEST_CASE("filter precedence is pcap-filter's, left to right") {
    // (tcp or udp) and port 443, not tcp or (udp and port 443)
    CHECK_FALSE(matches("tcp or udp and port 443", plain));
    CHECK(matches("tcp or (udp and port 443)", plain));
    CHECK(Filter::compile("tcp or udp and port 443")->mixes_and_or());
    CHECK_FALSE(Filter::compile("tcp and udp or port 443")->mixes_and_or());
}

TEST_CASE("filter errors name the place") {
    const auto error_of = [](const std::string& text) {
        const auto filter = Filter::compile(text);
        REQUIRE_FALSE(filter.has_value());
        CHECK(filter.error().status == Status::usage);
        return filter.error();
    };
    const Error unknown = error_of("tcp and tcp.dprot == 80");
    CHECK(unknown.subject == "column 9");
    CHECK(unknown.cause == "no field is called 'tcp.dprot'\n    tcp and tcp.dprot == 80\n            ^");
    CHECK(unknown.hint == "did you mean 'tcp.dport'?");
    CHECK(error_of("tcp and").subject == "column 8");
    CHECK(error_of("(tcp").subject == "column 1");
    CHECK(error_of("tcp)").subject == "column 4");
    CHECK(error_of("port 70000").subject == "column 6");
    CHECK(error_of("host example.org").subject == "column 6");
    CHECK(error_of("tcp.dport == abc ~ 1").subject == "column 18");
    CHECK(error_of("ip.src == 10.0.0.0/33").subject == "column 11");
    CHECK(error_of("interface ~ \"(\"").subject == "column 13");
    CHECK(error_of("").subject == "column 1");
    for (const char* text : {"\"open", "port", "tcp port", "tcp[13", "tcp[13] &", "in {", "len in {1", "vlan 5000",
                             "(((((", "not", "tcp tcp"}) {
        CAPTURE(text);
        CHECK_FALSE(Filter::compile(text).has_value());
    }
}

TEST_CASE("filter nesting and length are bounded") {
    CHECK_FALSE(Filter::compile(std::string(1000, '(') + "tcp" + std::string(1000, ')')).has_value());
    std::string many = "port 1";
    for (int i = 2; i < 5000; ++i) many += " or " + std::to_string(i);
    CHECK(matches(many, plain));
}

TEST_CASE("a filter knows how far a packet has to be dissected, and whether it takes conversations apart") {
    struct Case {
        const char* text;
        bool ports_only, conversations;
    };
    for (const Case& one : {Case{"tcp port 443", true, true}, Case{"not (udp or host 10.0.0.1)", true, true},
                            Case{"src port 443", true, false}, Case{"src and dst net 10.0.0.0/8", true, true},
                            Case{"tcp.flags.syn == 1", true, false}, Case{"tcp[13] & 2 != 0", true, false},
                            Case{"greater 100", true, false}, Case{"vlan", true, false}, Case{"tls", false, false},
                            Case{"tcp and not http", false, false}, Case{"data", false, false},
                            Case{"dns.name ~ \"example\"", false, false}}) {
        CAPTURE(one.text);
        const auto filter = Filter::compile(one.text);
        REQUIRE(filter.has_value());
        CHECK(filter->needs_ports_only() == one.ports_only);
        CHECK(filter->chooses_conversations() == one.conversations);
    }
}
