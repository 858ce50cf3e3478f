// SPDX-License-Identifier: MIT
#include "address/address.h"

#include <doctest/doctest.h>

using namespace fid;

namespace {
std::string shown(std::string_view text, Reading reading = Reading::strict) {
    const auto address = Address::parse(text, reading);
    return address ? address->text() : "error";
}
Error error_of(std::string_view text, Reading reading = Reading::strict) {
    const auto address = Address::parse(text, reading);
    REQUIRE_FALSE(address.has_value());
    return address.error();
}
}  // namespace

TEST_CASE("address text is read strictly and written as rfc 5952") {
    CHECK(shown("0.0.0.0") == "0.0.0.0");
    CHECK(shown("255.255.255.255") == "255.255.255.255");
    CHECK(shown("::") == "::");
    CHECK(shown("::1") == "::1");
    CHECK(shown("1::") == "1::");
    CHECK(shown("2001:DB8:0:0:1:0:0:1") == "2001:db8::1:0:0:1");
    CHECK(shown("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");
    CHECK(shown("1:2:3:4:5:6:7::") == "1:2:3:4:5:6:7:0");
    CHECK(shown("::2:3:4:5:6:7:8") == "0:2:3:4:5:6:7:8");
    CHECK(shown("1:2:3:4:5:6:192.0.2.1") == "1:2:3:4:5:6:c000:201");
    CHECK(shown("::ffff:192.0.2.1") == "::ffff:192.0.2.1");
    CHECK(shown("::ffff:c000:201") == "::ffff:192.0.2.1");
    CHECK(shown("64:ff9b::192.0.2.33") == "64:ff9b::c000:221");
    CHECK(shown("fe80::1%eth0") == "fe80::1%eth0");
    CHECK(shown("fe80::1%br-lan.7") == "fe80::1%br-lan.7");
}

TEST_CASE("what is not an address is refused") {
    for (const std::string text : {"",
                                   ".",
                                   "1",
                                   "1.2.3",
                                   "1.2.3.",
                                   "1.2.3.4.",
                                   ".1.2.3.4",
                                   "1.2.3.4.5",
                                   "1..3.4",
                                   "256.1.1.1",
                                   "1.2.3.1000",
                                   "01.2.3.4",
                                   "1.2.3.00",
                                   " 1.2.3.4",
                                   "1.2.3.4 ",
                                   "1.2.3.4/8",
                                   "1.2.3.a",
                                   "+1.2.3.4",
                                   "0x7f.0.0.1",
                                   "\xd9\xa1.2.3.4",
                                   ":",
                                   ":::",
                                   "1:2:3:4:5:6:7",
                                   "1:2:3:4:5:6:7:8:9",
                                   ":1:2:3:4:5:6:7",
                                   "1:2:3:4:5:6:7:",
                                   "1::2::3",
                                   "12345::",
                                   "::12345",
                                   "1:2:3:4:5:6:7:8::",
                                   "::1:2:3:4:5:6:7:8",
                                   "1:2:3:4:5:6:7:1.2.3.4",
                                   "::1.2.3",
                                   "::1.2.3.4:5",
                                   "::01.2.3.4",
                                   "::g",
                                   "[::1]",
                                   "::1/128",
                                   "fe80::1%",
                                   "fe80::1%a%b",
                                   "fe80::1%a b",
                                   "1.2.3.4%eth0",
                                   "1:2:3:4:5:6:7::8:9",
                                   ":::1",
                                   "1:::2"}) {
        CAPTURE(text);
        CHECK_FALSE(Address::parse(text).has_value());
        CHECK_FALSE(Address::read(text).has_value());
    }
    CHECK_FALSE(Address::parse(std::string_view("1.2.3.4\0", 8)).has_value());
    CHECK_FALSE(Address::parse(std::string(100000, '1')).has_value());
}

TEST_CASE("errors name the cause and the way out") {
    CHECK(error_of("10.0.0.010").status == Status::bad_input);
    CHECK(error_of("10.0.0.010").cause == "leading zero in 010");
    CHECK(error_of("10.0.0.010").hint.find("010: octal 8 or decimal 10?") == 0);
    CHECK(error_of("10.0.0.010").hint.find("--legacy-ip") != std::string::npos);
    CHECK(error_of("1.2").cause == "2 octets where 4 are needed");
    CHECK(error_of("1.2").hint.find("1.0.0.2") != std::string::npos);
    CHECK(error_of("1.2.3.256").cause == "octet 256 is above 255");
    CHECK(error_of("example.org").cause == "'e' is not a decimal digit");
    CHECK(error_of("1::2::3").cause == "\"::\" twice");
    CHECK(error_of("1:2:3").cause == "3 groups where 8 are needed");
    CHECK(error_of("::12345").cause == "a group has more than four hexadecimal digits");
    CHECK(error_of("").cause == "empty");
}

TEST_CASE("legacy reading is inet_aton") {
    CHECK(shown("010.1", Reading::legacy) == "8.0.0.1");
    CHECK(shown("1.2", Reading::legacy) == "1.0.0.2");
    CHECK(shown("0x7f.1", Reading::legacy) == "127.0.0.1");
    CHECK(shown("0xC0000201", Reading::legacy) == "192.0.2.1");
    CHECK(shown("4294967295", Reading::legacy) == "255.255.255.255");
    CHECK(shown("1.2.65535", Reading::legacy) == "1.2.255.255");
    for (const std::string text :
         {"4294967296", "1.2.65536", "1.256.1", "08.1.1.1", "0x", "1.2.3.4.5", "1.", "99999999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(Address::parse(text, Reading::legacy).has_value());
    }
}

TEST_CASE("addresses are ordered by family then number then zone") {
    const auto at = [](const char* text) { return Address::parse(text).value(); };
    CHECK(at("9.0.0.0") < at("10.0.0.0"));
    CHECK(at("255.255.255.255") < at("::"));
    CHECK(at("::ffff:1.2.3.4") > at("1.2.3.4"));
    CHECK(at("fe80::1") < at("fe80::1%a"));
    CHECK(at("fe80::1%a") < at("fe80::1%b"));
    CHECK(at("fe80::1%a") != at("fe80::1"));
    CHECK(at("fe80::1%a") == at("fe80::1%a"));
    CHECK(at("fe80::1%a").without_zone() == at("fe80::1"));
}

TEST_CASE("bytes are in network order") {
    const auto v6 = Address::parse("2001:db8::ff").value();
    CHECK(Address::from_bytes(std::span<const std::uint8_t, 16>(v6.bytes())) == v6);
    CHECK(v6.bytes()[0] == 0x20);
    CHECK(v6.bytes()[15] == 0xff);
    const auto v4 = Address::parse("192.0.2.1").value();
    CHECK(v4.bytes()[0] == 192);
    CHECK(v4.bytes()[3] == 1);
}
