// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "dns/destination_order.h"
#include "dns/hosts_file.h"
#include "dns/nsswitch.h"

using namespace fid;
using namespace fid::dns;

namespace {

Destination at(std::string_view address, std::string_view source, unsigned length = 64) {
    Destination one{*Address::read(address), std::nullopt};
    if (source.empty()) return one;
    one.source.emplace();
    one.source->address = *Address::read(source);
    one.source->prefix_length = length;
    return one;
}

}  // namespace

TEST_CASE("the hosts line of nsswitch.conf, its services and what they lead to") {
    const NssOrder order = parse_hosts_order(
        "passwd: files\nhosts: old\n hosts :\tfiles  mdns4_minimal[notfound=RETURN] dns [!unavail=return "
        "TRYAGAIN=merge] # end\n");
    CHECK(order.line == 3);
    CHECK(order.text() == "files mdns4_minimal [notfound=RETURN] dns [!unavail=return TRYAGAIN=merge]");
    REQUIRE(order.services.size() == 3);
    CHECK(order.services[0].action(NssStatus::success) == NssAction::stop);
    CHECK(order.services[0].action(NssStatus::not_found) == NssAction::go_on);
    CHECK(order.services[1].action(NssStatus::not_found) == NssAction::stop);
    CHECK(order.services[1].action(NssStatus::unavailable) == NssAction::go_on);
    CHECK(order.services[2].action(NssStatus::unavailable) == NssAction::go_on);
    CHECK(order.services[2].action(NssStatus::success) == NssAction::stop);
    CHECK(order.services[2].action(NssStatus::try_again) == NssAction::merge);
}

TEST_CASE("malformed criteria change nothing, and without a line glibc has an order of its own") {
    const NssOrder odd =
        parse_hosts_order("hosts: [NOTFOUND=return] files [=] [WHAT=return] [NOTFOUND=jump] dns [NOTFOUND=return");
    REQUIRE(odd.services.size() == 2);
    CHECK(odd.services[0].action(NssStatus::not_found) == NssAction::go_on);
    CHECK(odd.services[1].action(NssStatus::not_found) == NssAction::stop);
    const NssOrder none = parse_hosts_order("# hosts: nis\nhostsx: nis\n");
    CHECK(none.line == 0);
    CHECK(none.text() == "files dns");
}

TEST_CASE("lines of a hosts file") {
    constexpr std::string_view hosts =
        "# 192.0.2.9 a\n192.0.2.1 a.example A # b\nnonsense a\n\n2001:db8::1\tb a\r\n192.0.2.3 ab\n192.0.2.4 c";
    const auto found = find_in_hosts(hosts, "a");
    REQUIRE(found.size() == 2);
    CHECK(found[0].number == 2);
    CHECK(found[0].address.text() == "192.0.2.1");
    CHECK(found[0].names == std::vector<std::string>{"a.example", "A"});
    CHECK(found[1].number == 5);
    CHECK(find_in_hosts(hosts, "c").size() == 1);
    CHECK(find_in_hosts(hosts, "").empty());
}

TEST_CASE("the rules of RFC 6724, each where those before it are silent") {
    const PolicyTable table;
    const auto rule = [&](const Destination& a, const Destination& b) {
        const OrderReason forward = compare_destinations(a, b, table), backward = compare_destinations(b, a, table);
        CHECK(forward.rule == backward.rule);
        if (forward.rule != 10) CHECK(forward.as_given != backward.as_given);
        return forward.as_given ? static_cast<int>(forward.rule) : -static_cast<int>(forward.rule);
    };
    const Destination global = at("2001:db8::9", "2001:db8::1");
    CHECK(rule(global, at("2001:db8::9", "")) == 1);
    CHECK(rule(at("2001:db8::9", "fe80::1"), global) == -2);
    Destination old = global;
    old.source->deprecated = true;
    CHECK(rule(old, global) == -3);
    Destination home = global;
    home.source->home = true;
    CHECK(rule(home, global) == 4);
    CHECK(rule(at("2001::9", "2001:db8::1"), global) == -5);
    CHECK(rule(at("192.0.2.9", "192.0.2.1", 24), global) == -6);
    Destination tunnel = global;
    tunnel.source->tunnelled = true;
    CHECK(rule(tunnel, global) == -7);
    CHECK(rule(global, at("fe80::9", "fe80::1")) == -8);
    CHECK(rule(at("2001:db8::9", "2001:db8::8"), at("2001:db8::7", "2001:db8::8")) == 9);
    CHECK(rule(at("192.0.2.9", "192.0.2.8", 24), at("198.51.100.9", "198.51.100.8", 32)) == 9);
    CHECK(rule(global, global) == 10);
}

TEST_CASE("gai.conf replaces a table as a whole") {
    const PolicyTable table =
        PolicyTable::parse("precedence ::ffff:0:0/96 100 # IPv4 first\nlabel nonsense 3\nprecedence ::/0\n");
    CHECK(table.precedence(Address::v4(1)) == 100);
    CHECK(table.precedence(Address::v6(1)) > 100);  // glibc's last entry
    CHECK(table.label(Address::v6(1)) == 0);
    CHECK(PolicyTable().precedence(*Address::read("2002::1")) == 30);
    CHECK(PolicyTable().scope(*Address::read("169.254.1.1")) == 2);
    CHECK(PolicyTable().scope(*Address::read("ff05::1")) == 5);
}
