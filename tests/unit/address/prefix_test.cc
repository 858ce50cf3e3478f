// SPDX-License-Identifier: MIT
#include "address/prefix.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "address/prefix_set.h"

using namespace fid;

namespace {

Range range_of(std::string_view text) {
    CAPTURE(text);
    const auto range = Range::parse(text);
    REQUIRE(range.has_value());
    return *range;
}
std::string cause_of(std::string_view text) {
    const auto range = Range::parse(text);
    return range ? "no error: " + range->text() : range.error().cause;
}
std::string prefixes(const Range& range) {
    std::string out;
    range.each_prefix([&](const Prefix& prefix) {
        out += prefix.text() + " ";
        return true;
    });
    return out;
}
PrefixSet set_of(std::initializer_list<const char*> texts) {
    PrefixSet set;
    for (const char* text : texts) set.add(range_of(text));
    set.normalise();
    return set;
}
std::string shown(const PrefixSet& set) {
    std::string out;
    set.each_prefix([&](const Prefix& prefix) {
        out += prefix.text() + " ";
        return true;
    });
    return out;
}

}  // namespace

TEST_CASE("every spelling of a range") {
    CHECK(range_of("10.0.0.5-10.0.1.9").text() == "10.0.0.5-10.0.1.9");
    CHECK(range_of("10.0.0.5 - 10.0.1.9").text() == "10.0.0.5-10.0.1.9");
    CHECK(range_of("10.1.2.3/8").text() == "10.0.0.0/8");
    CHECK(range_of("192.0.2.1").text() == "192.0.2.1");
    CHECK(range_of("192.168.0.0/255.255.0.0").text() == "192.168.0.0/16");
    CHECK(range_of("192.168.0.0/0.0.255.255").text() == "192.168.0.0/16");
    CHECK(range_of("10.0.0.0/128.0.0.0").text() == "0.0.0.0/1");
    CHECK(range_of("10.0.0.0/0.0.0.1").text() == "10.0.0.0/31");
    CHECK(range_of("::/0").text() == "::/0");
    CHECK(range_of("2001:db8::1/127").text() == "2001:db8::/127");
    CHECK(range_of("fe80::1%br-lan").text() == "fe80::1");
    CHECK(range_of("fe80::1%eth0-fe80::9").text() == "fe80::1-fe80::9");
    CHECK(range_of("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").text() == "::/0");
}

TEST_CASE("what is not a range says why") {
    CHECK(cause_of("10.0.0.0/0.0.0.0").find("the mask 0.0.0.0 is ambiguous") == 0);
    CHECK(cause_of("10.0.0.0/255.255.255.255").find("the mask 255.255.255.255 is ambiguous") == 0);
    CHECK(cause_of("10.0.0.0/255.0.255.0") == "the mask 255.0.255.0 is not contiguous");
    CHECK(cause_of("10.0.0.0/33") == "/33 is longer than IPv4's /32");
    CHECK(cause_of("::/129") == "/129 is longer than IPv6's /128");
    CHECK(cause_of("::/99999999999999999999") == "/99999999999999999999 is longer than IPv6's /128");
    CHECK(cause_of("10.0.0.0/08") == "leading zero in the length /08");
    CHECK(cause_of("10.0.0.0/") == "the length after / is empty");
    CHECK(cause_of("10.0.0.0/-1") == "/-1 is neither a length nor a mask");
    CHECK(cause_of("10.0.0.0/8/9") == "more than one /");
    CHECK(cause_of("10.0.0.9-10.0.0.1") == "the range ends before it starts");
    CHECK(cause_of("10.0.0.9-::1") == "a range from one address family to the other");
    CHECK(cause_of("::/255.0.0.0") == "a dotted mask on an IPv6 address");
    CHECK(cause_of("10.0.0.0/8-10.1.0.0/16") == "a range of prefixes");
    CHECK(cause_of("10.0.0/8") == "3 octets where 4 are needed");
    CHECK(cause_of("-") == "empty");
}

TEST_CASE("a prefix with host bits is an error unless asked for") {
    CHECK(Prefix::parse("10.1.2.3/8").error().cause == "host bits are set");
    CHECK(Prefix::parse("10.1.2.3/8").error().hint == "the prefix is 10.0.0.0/8");
    Address typed;
    CHECK(Prefix::parse("10.1.2.3/8", Reading::strict, &typed)->text() == "10.0.0.0/8");
    CHECK(typed.text() == "10.1.2.3");
    CHECK(Prefix::parse("192.0.2.1")->length() == 32);
    CHECK(Prefix::parse("::1")->length() == 128);
    CHECK(Prefix::parse("10.0.0.0-10.0.0.255")->text() == "10.0.0.0/24");
    CHECK(Prefix::parse("10.0.0.0-10.0.0.254").error().cause == "the range is not one prefix");
    CHECK(Prefix::parse("0.0.0.0/0")->contains(Address::v4(0xffffffff)));
    CHECK_FALSE(Prefix::parse("::/0")->contains(Address::v4(1)));
    CHECK(Prefix::parse("2001:db8::/33")->last() == Address::parse("2001:db8:7fff:ffff:ffff:ffff:ffff:ffff")->number());
}

TEST_CASE("counts are exact to 2 to the 128") {
    CHECK(range_of("0.0.0.0/0").count_text() == "4294967296");
    CHECK(range_of("::/0").count_text() == "340282366920938463463374607431768211456");
    CHECK(range_of("::/1").count_text() == "170141183460469231731687303715884105728");
    CHECK(range_of("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").count_text() ==
          "340282366920938463463374607431768211455");
    CHECK(range_of("10.0.0.0/31").count_text() == "2");
    CHECK(range_of("10.0.0.0/32").count_text() == "1");
    CHECK(range_of("::/127").count_text() == "2");
}

TEST_CASE("a range is cut into the fewest prefixes") {
    CHECK(prefixes(range_of("0.0.0.0/0")) == "0.0.0.0/0 ");
    CHECK(prefixes(range_of("::/0")) == "::/0 ");
    CHECK(prefixes(range_of("255.255.255.254-255.255.255.255")) == "255.255.255.254/31 ");
    CHECK(prefixes(range_of("10.0.0.5-10.0.0.9")) == "10.0.0.5/32 10.0.0.6/31 10.0.0.8/31 ");
    CHECK(prefixes(range_of("::ffff-1::")).starts_with("::ffff/128 ::1:0/112 "));
    std::size_t count = 0;
    range_of("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe").each_prefix([&](const Prefix&) { return ++count, true; });
    CHECK(count == 254);
    count = 0;
    range_of("0.0.0.1-255.255.255.254").each_prefix([&](const Prefix&) { return ++count < 3; });
    CHECK(count == 3);
}

TEST_CASE("a set joins what overlaps or touches and never wraps") {
    CHECK(shown(set_of({"255.255.255.255", "0.0.0.0"})) == "0.0.0.0/32 255.255.255.255/32 ");
    CHECK(shown(set_of({"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::"})) ==
          "::/128 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128 ");
    CHECK(shown(set_of({"10.0.1.0/24", "10.0.0.0/24"})) == "10.0.0.0/23 ");
    CHECK(shown(set_of({"0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"})) == "0.0.0.0/0 ::/0 ");
    CHECK(shown(set_of({"10.0.0.0/8", "10.2.0.0/16", "10.0.0.0/30", "9.255.255.255"})) ==
          "9.255.255.255/32 10.0.0.0/8 ");
    CHECK(shown(set_of({"255.255.255.0/24", "255.255.254.0/24"})) == "255.255.254.0/23 ");
    CHECK(shown(set_of({"0.0.0.0/0", "255.255.255.255", "0.0.0.0"})) == "0.0.0.0/0 ");
    CHECK(set_of({"0.0.0.0/0"}).count_text(Family::v4) == "4294967296");
    CHECK(set_of({"::/0"}).count_text(Family::v6) == "340282366920938463463374607431768211456");
    CHECK(set_of({"::/0"}).count_text(Family::v4) == "0");
    CHECK(set_of({}).count_text(Family::v6) == "0");
}

TEST_CASE("set algebra at the edges") {
    const auto all = set_of({"0.0.0.0/0", "::/0"});
    const auto ends = set_of({"0.0.0.0", "255.255.255.255", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"});
    const auto rest = subtract(all, ends);
    CHECK(rest.count_text(Family::v4) == "4294967294");
    CHECK(rest.v6().size() == 1);
    CHECK(unite(rest, ends) == all);
    CHECK(subtract(all, all).empty());
    CHECK(subtract(ends, all).empty());
    CHECK(intersect(rest, ends).empty());
    CHECK(intersect(all, ends) == ends);
    CHECK(symmetric_difference(all, rest) == ends);
    CHECK(shown(subtract(set_of({"10.0.0.0/30", "10.0.0.8/30"}),
                         set_of({"10.0.0.1", "10.0.0.2", "10.0.0.9-10.0.0.20"}))) ==
          "10.0.0.0/32 10.0.0.3/32 10.0.0.8/32 ");
    CHECK(all.contains(Address::v4(0xffffffff)));
    CHECK_FALSE(rest.contains(Address::v4(0)));
    CHECK(rest.overlaps(range_of("0.0.0.0/31")));
    CHECK_FALSE(rest.contains(range_of("0.0.0.0/31")));
    CHECK_FALSE(rest.overlaps(range_of("0.0.0.0")));
}

TEST_CASE("set algebra agrees with a bitmap of 4096 addresses") {
    std::mt19937 random(7);
    for (int round = 0; round < 60; ++round) {
        const bool v6 = round % 2 != 0;
        const Family family = v6 ? Family::v6 : Family::v4;
        const Uint128 base = round % 3 == 0 ? highest(family) - 4095 : Uint128{0x0a000000};
        std::vector<bool> bits[2];
        PrefixSet sets[2];
        for (int side = 0; side < 2; ++side) {
            bits[side].resize(4096);
            for (int i = 0; i < 25; ++i) {
                const auto first = random() % 4096;
                const auto last = std::min<std::size_t>(4095, first + random() % 120);
                for (std::size_t at = first; at <= last; ++at) bits[side][at] = true;
                sets[side].add(Range{family, base + first, base + last});
            }
            sets[side].normalise();
        }
        const auto both = intersect(sets[0], sets[1]), any = unite(sets[0], sets[1]), less = subtract(sets[0], sets[1]),
                   odd = symmetric_difference(sets[0], sets[1]);
        bool agree = true;
        for (std::size_t i = 0; i < 4096; ++i) {
            const Address at(family, base + i);
            const bool a = bits[0][i], b = bits[1][i];
            agree = agree && both.contains(at) == (a && b) && any.contains(at) == (a || b) &&
                    less.contains(at) == (a && !b) && odd.contains(at) == (a != b);
        }
        CHECK(agree);
    }
}

TEST_CASE("large lists take the radix sort and give the same set") {
    std::mt19937_64 random(11);
    PrefixSet shuffled, in_order;
    std::vector<Range> ranges;
    for (unsigned i = 0; i < 6000; ++i) {
        const std::uint64_t bits = random();
        ranges.push_back(Prefix(Family::v4, static_cast<std::uint32_t>(bits), 20 + i % 13).range());
        const Uint128 high = Uint128{0x20010db800000000U | (bits & 0xffU)} << 64U;
        ranges.push_back(Prefix(Family::v6, high | random(), 100 + i % 29).range());
    }
    for (const Range& range : ranges) shuffled.add(range);
    std::sort(ranges.begin(), ranges.end());
    for (const Range& range : ranges) in_order.add(range);
    shuffled.normalise();
    in_order.normalise();
    CHECK(shuffled == in_order);
    bool ascending = true, all_in = true;
    for (std::size_t i = 1; i < shuffled.v6().size(); ++i)
        ascending = ascending && shuffled.v6()[i - 1].last < shuffled.v6()[i].first - 1;
    for (const Range& range : ranges) all_in = all_in && shuffled.contains(range);
    CHECK(ascending);
    CHECK(all_in);
}
