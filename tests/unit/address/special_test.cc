// SPDX-License-Identifier: MIT
#include "address/special.h"

#include <doctest/doctest.h>

using namespace fid;

namespace {
std::string use(std::string_view text) { return use_text(Range::parse(text).value()); }
bool global(std::string_view text) { return is_global(Range::parse(text).value()); }
}  // namespace

TEST_CASE("the use of an address with its rfc") {
    CHECK(use("10.1.2.3") == "private-use (RFC 1918)");
    CHECK(use("172.31.255.255") == "private-use (RFC 1918)");
    CHECK(use("172.32.0.0") == "global unicast");
    CHECK(use("0.0.0.0") == "this host on this network (RFC 1122)");
    CHECK(use("0.0.0.1") == "this network (RFC 791)");
    CHECK(use("255.255.255.255") == "limited broadcast (RFC 919)");
    CHECK(use("255.255.255.254") == "reserved (RFC 1112)");
    CHECK(use("192.0.0.9") == "Port Control Protocol anycast (RFC 7723)");
    CHECK(use("192.0.0.11") == "IETF protocol assignments (RFC 6890)");
    CHECK(use("224.0.0.251") == "multicast, mDNS (RFC 6762)");
    CHECK(use("239.1.1.1") == "multicast, administratively scoped (RFC 2365)");
    CHECK(use("::") == "unspecified (RFC 4291)");
    CHECK(use("::1") == "loopback (RFC 4291)");
    CHECK(use("fe80::1") == "link-local unicast (RFC 4291)");
    CHECK(use("ff02::1") == "multicast, link-local scope (RFC 4291)");
    CHECK(use("ff0e::1") == "multicast, global scope (RFC 4291)");
    CHECK(use("3fff:fff::") == "documentation (RFC 9637)");
    CHECK(use("2606:4700::1") == "global unicast (RFC 4291)");
    CHECK(use("4000::1") == "unallocated");
    CHECK(use("2001:db8::/32") == "documentation (RFC 3849)");
    CHECK(use("2001::1") == "Teredo (RFC 4380)");
    CHECK(use("0.0.0.0/0") == "the whole address space");
}

TEST_CASE("global reachability follows the registry") {
    CHECK(global("8.8.8.8"));
    CHECK_FALSE(global("100.64.0.1"));
    CHECK(global("192.0.0.9"));
    CHECK_FALSE(global("192.88.99.1"));
    CHECK_FALSE(global("64:ff9b:1::1"));
    CHECK(global("64:ff9b::8.8.8.8"));
    CHECK_FALSE(global("8.0.0.0/6"));
    CHECK_FALSE(global("fc00::1"));
    CHECK(global("ff0e::1"));
    CHECK_FALSE(global("ff02::1"));
    CHECK_FALSE(global("224.0.0.1"));
    CHECK_FALSE(global("4000::1"));
    CHECK_FALSE(global("::/0"));
}

TEST_CASE("the table is in order and its prefixes are networks") {
    const auto table = special_purposes();
    CHECK(table.size() == 51);
    for (std::size_t i = 1; i < table.size(); ++i) {
        CAPTURE(table[i].prefix.text());
        const bool same_start = table[i - 1].prefix.first() == table[i].prefix.first();
        if (table[i - 1].prefix.family() == table[i].prefix.family())
            CHECK((same_start ? table[i - 1].prefix.length() < table[i].prefix.length()
                              : table[i - 1].prefix.first() < table[i].prefix.first()));
        CHECK(special_purpose(table[i].prefix.range()) == &table[i]);
    }
    CHECK(legacy_class(Address::v4(0x7f000001)) == 'A');
    CHECK(legacy_class(Address::v4(0x80000000)) == 'B');
    CHECK(legacy_class(Address::v4(0xdfffffff)) == 'C');
    CHECK(legacy_class(Address::v4(0xe0000000)) == 'D');
    CHECK(legacy_class(Address::v4(0xf0000000)) == 'E');
    CHECK_FALSE(legacy_class(Address::v6(1)));
}
