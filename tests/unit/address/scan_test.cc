// SPDX-License-Identifier: MIT
#include "address/scan.h"

#include <doctest/doctest.h>

#include <random>

#include "address/lookup.h"

using namespace fid;

namespace {

/// What was found, as "token=range " each; a token that is its range is written once.
std::string found_in(const std::string& text) {
    std::string out;
    scan(text, [&](const Found& found) {
        const std::string token = text.substr(found.offset, found.length);
        const std::string range = found.range.text();
        out += token == range ? token + " " : token + "=" + range + " ";
        return true;
    });
    return out;
}

/// The same wherever the token falls in the scanner's blocks.
std::string found_anywhere(const std::string& text) {
    const std::string alone = found_in(text);
    for (std::size_t shift = 1; shift < 130; ++shift) {
        const std::string padded = std::string(shift, ' ') + text + std::string(shift % 7 * 15, ' ');
        if (found_in(padded) != alone) return "at " + std::to_string(shift) + ": " + found_in(padded);
    }
    return alone;
}

}  // namespace

TEST_CASE("addresses are found in running text") {
    CHECK(found_anywhere("1.2.3.4") == "1.2.3.4 ");
    CHECK(found_anywhere("see 1.2.3.4. Then 5.6.7.8, or (9.9.9.9)!") == "1.2.3.4 5.6.7.8 9.9.9.9 ");
    CHECK(found_anywhere("255.255.255.255:65535 0.0.0.0:0") == "255.255.255.255 0.0.0.0 ");
    CHECK(found_anywhere("src=10.0.0.1 dst=10.0.0.2;x") == "10.0.0.1 10.0.0.2 ");
    CHECK(found_anywhere(R"({"ip":"10.0.0.1","v6":"2001:db8::1"})") == "10.0.0.1 2001:db8::1 ");
    CHECK(found_anywhere("[::1]:80 [2001:db8::2]") == "::1 2001:db8::2 ");
    CHECK(found_anywhere("fe80::1%eth0 up") == "fe80::1%eth0=fe80::1 ");
    CHECK(found_anywhere("2001:db8::1: message") == "2001:db8::1 ");
    CHECK(found_anywhere("from 2001:db8::1.") == "2001:db8::1 ");
    CHECK(found_anywhere("1:2:3:4:5:6:7:8") == "1:2:3:4:5:6:7:8 ");
    CHECK(found_anywhere("2001:0db8:0000:0000:0000:0000:0000:0001") ==
          "2001:0db8:0000:0000:0000:0000:0000:0001=2001:db8::1 ");
    CHECK(found_anywhere("::ffff:10.0.0.1,x") == "::ffff:10.0.0.1 ");
    CHECK(found_anywhere("1:2:3:4:5:6:1.2.3.4") == "1:2:3:4:5:6:1.2.3.4=1:2:3:4:5:6:102:304 ");
    CHECK(found_anywhere("client:2001:db8::1") == "2001:db8::1 ");
    CHECK(found_anywhere("addr:1.2.3.4") == "1.2.3.4 ");
    CHECK(found_anywhere("12:34:56 1.2.3.4") == "1.2.3.4 ");
    CHECK(found_anywhere("http://1.2.3.4/24 ssh://[::1]/8") == "1.2.3.4 ::1 ");
    CHECK(found_anywhere("1.2.3.4\r\n5.6.7.8\n") == "1.2.3.4 5.6.7.8 ");
    CHECK(found_anywhere("\xe2\x80\x9c"
                         "1.2.3.4\xe2\x80\x9d") == "1.2.3.4 ");
    CHECK(found_anywhere("1.2.3.4-") == "1.2.3.4 ");
    CHECK(found_anywhere("listen \"::\" [::]:80 ::/0") == ":: :: ::/0 ");
}

TEST_CASE("prefixes masks and ranges are one token") {
    CHECK(found_anywhere("10.0.0.0/8") == "10.0.0.0/8 ");
    CHECK(found_anywhere("10.1.2.3/8.") == "10.1.2.3/8=10.0.0.0/8 ");
    CHECK(found_anywhere("2001:db8::/32,") == "2001:db8::/32 ");
    CHECK(found_anywhere("10.0.0.0/255.0.0.0") == "10.0.0.0/255.0.0.0=10.0.0.0/8 ");
    CHECK(found_anywhere("10.0.0.1/10.0.0.2") == "10.0.0.1 10.0.0.2 ");
    CHECK(found_anywhere("10.0.0.0/33") == "10.0.0.0 ");
    CHECK(found_anywhere("10.0.0.0/24/7") == "10.0.0.0 ");
    CHECK(found_anywhere("10.0.0.1-10.0.0.9 ::1-::9") == "10.0.0.1-10.0.0.9 ::1-::9 ");
    CHECK(found_anywhere("10.0.0.9-10.0.0.1") == "10.0.0.9 10.0.0.1 ");
}

TEST_CASE("what looks like an address is left alone") {
    for (const std::string text : {"1.2.3.4.5",
                                   "1.2.3.4.5.6.7.8",
                                   "1.2.3",
                                   "v1.2.3.4",
                                   "1.2.3.4a",
                                   "1.2.3.4-beta",
                                   "256.1.1.1",
                                   "01.2.3.4",
                                   "1.2.3.1000",
                                   "1234.1.1.1",
                                   "1.2.3.4.example.org",
                                   "ip_1.2.3.4",
                                   "1.2.3.4_x",
                                   "12:34:56",
                                   "2026-11-21T12:34:56.789",
                                   "aa:bb:cc:dd:ee:ff",
                                   "00:11:22:33:44:55:66:77:88",
                                   "std::string",
                                   "std::abs",
                                   "a :: b",
                                   "::",
                                   "Foo::Bar",
                                   ":::",
                                   "1::2::3",
                                   "12345::1",
                                   "x.2001:db8::1",
                                   "1:2:3:4:5:6:7:8:9",
                                   "....",
                                   "::::::::",
                                   "1.2.3.",
                                   "1..2.3.4",
                                   "2001:db8::1x",
                                   "",
                                   ".",
                                   ":",
                                   "10:20",
                                   "2001:db8::1.example"}) {
        CAPTURE(text);
        CHECK(found_anywhere(text).empty());
    }
}

TEST_CASE("the scanner goes on from any line and sees every line once") {
    std::string text;
    std::size_t expected = 0;
    for (int i = 0; i < 500; ++i) {
        text += std::string(static_cast<std::size_t>(i % 71), 'x') + " 10.0." + std::to_string(i / 256) + "." +
                std::to_string(i % 256) + " 192.0.2.1 ::1\n";
        ++expected;
    }
    AddressScanner scanner(text);
    Found found;
    std::size_t lines = 0;
    bool first_of_line = true;
    while (scanner.next(found)) {
        first_of_line = first_of_line && found.range.first >> 24U == 10;
        ++lines;
        scanner.seek(text.find('\n', found.offset) + 1);
    }
    CHECK(first_of_line);
    CHECK(lines == expected);
}

TEST_CASE("random bytes of address characters neither hang nor leave the text") {
    std::mt19937 random(3);
    const std::string alphabet = "0123456789abcf.:/-%[] \n";
    for (int round = 0; round < 3000; ++round) {
        std::string text(random() % 200, ' ');
        for (char& c : text) c = alphabet[random() % alphabet.size()];
        std::size_t last_end = 0;
        scan(text, [&](const Found& found) {
            CHECK(found.offset >= last_end);
            CHECK(found.length > 0);
            last_end = found.offset + found.length;
            CHECK(last_end <= text.size());
            CHECK(Range::parse(text.substr(found.offset, found.length)) == found.range);
            return true;
        });
    }
}

TEST_CASE("the index answers as the set does") {
    std::mt19937_64 random(5);
    for (const unsigned count : {1U, 2U, 50U, 3000U}) {
        PrefixSet set;
        for (unsigned i = 0; i < count; ++i) {
            set.add(Prefix(Family::v4, static_cast<std::uint32_t>(random()) >> (count == 50 ? 12 : 0), 12 + i % 21));
            set.add(Prefix(Family::v6, (Uint128{0x20010db8U} << 96U) | (Uint128{random()} << 32U), 34 + i % 95));
        }
        set.normalise();
        const PrefixIndex index(set);
        bool agree = true;
        const auto ask = [&](const Address& at) { agree = agree && index.contains(at) == set.contains(at); };
        for (int i = 0; i < 3000; ++i) {
            ask(Address::v4(static_cast<std::uint32_t>(random()) >> (count == 50 ? 12 : 0)));
            ask(Address::v6((Uint128{0x20010db8U} << 96U) | (Uint128{random()} << 32U)));
        }
        for (const auto& range : set.v4())
            for (const std::uint32_t at : {range.first - 1, range.first, range.last, range.last + 1})
                ask(Address::v4(at));
        for (const auto& range : set.v6())
            for (const Uint128 at : {range.first - 1, range.first, range.last, range.last + 1}) ask(Address::v6(at));
        CHECK(agree);
    }
    const PrefixIndex nothing{PrefixSet{}};
    CHECK_FALSE(nothing.contains(Address::v4(0)));
    PrefixSet all;
    all.add(*Range::parse("0.0.0.0/0"));
    all.add(*Range::parse("::/0"));
    const PrefixIndex everything(all);
    CHECK(everything.contains(Address::v4(0xffffffff)));
    CHECK(everything.contains(Address::v6(highest(Family::v6))));
    CHECK(everything.contains(*Range::parse("0.0.0.0/0")));
}

TEST_CASE("a mapped address matches by its v4 too") {
    PrefixSet set;
    set.add(*Range::parse("10.0.0.0/8"));
    const PrefixIndex index(set);
    CHECK(index.matches(*Range::parse("::ffff:10.0.0.1")));
    CHECK(index.matches(*Range::parse("::ffff:10.0.0.0/104")));
    CHECK_FALSE(index.matches(*Range::parse("::ffff:10.0.0.0/103")));
    CHECK_FALSE(index.matches(*Range::parse("::ffff:11.0.0.1")));
    CHECK_FALSE(index.contains(*Range::parse("::ffff:10.0.0.1")));
    CHECK(index.find(*Range::parse("10.1.0.0/16"))->text() == "10.0.0.0/8");
    CHECK_FALSE(index.find(*Range::parse("10.0.0.0/7")));
}
