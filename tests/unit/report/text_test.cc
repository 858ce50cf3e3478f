// SPDX-License-Identifier: MIT
#include "report/text.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using fid::Text;

namespace {
std::string escaped(std::string_view raw) {
    Text text;
    text.escaped(raw);
    return text.take();
}
std::string json(std::string_view raw) {
    Text text;
    text.json_bytes(fid::as_bytes(raw));
    return text.take();
}
}  // namespace

TEST_CASE("text numbers at every length") {
    // The standard library's digits are the reference.
    std::uint64_t power = 1;
    for (unsigned digits = 1; digits <= 20; ++digits) {
        for (const std::uint64_t value : {power - 1, power, power + 1, power * 9 + power / 7, ~power}) {
            Text text;
            text.number(value);
            CHECK(text.view() == std::to_string(value));
            text.clear();
            text.padded(value, digits);
            const std::string plain = std::to_string(value);
            CHECK(text.view() == std::string(plain.size() < digits ? digits - plain.size() : 0, '0') + plain);
        }
        power *= 10;
    }
    for (std::uint64_t value = 0; value < 12000; ++value) {
        Text text;
        text.number(value);
        REQUIRE(text.view() == std::to_string(value));
    }
    Text wide;
    wide.padded(42, 40);
    CHECK(wide.view() == std::string(38, '0') + "42");
}

TEST_CASE("numbers are written in decimal and hex") {
    Text text;
    text.number(0);
    text.put(' ');
    text.number_signed(std::numeric_limits<std::int64_t>::min());
    text.put(' ');
    text.padded(7, 3);
    text.put(' ');
    text.hex(0xbeef, 6);
    CHECK(text.view() == "0 -9223372036854775808 007 00beef");
}

TEST_CASE("terminal escaping leaves letters and shows what would move the cursor") {
    CHECK(escaped("h\xc3\xa9llo") == "h\xc3\xa9llo");
    CHECK(escaped("a\x1b[31mb\n\t\\") == "a\\x1b[31mb\\n\\t\\\\");
    CHECK(escaped("\xc2\x9b") == "\\u{009b}");            // C1 control sequence introducer
    CHECK(escaped("\xe2\x80\xae") == "\\u{202e}");        // right-to-left override
    CHECK(escaped("\xff\xc0\x80") == "\\xff\\xc0\\x80");  // not UTF-8, overlong
}

TEST_CASE("bytes that are not text become base64 in JSON") {
    CHECK(json("a\"b\x7f") == "\"a\\\"b\\u007f\"");
    CHECK(json("\xff") == "{\"base64\":\"/w==\"}");
    CHECK(json("\xff\xfe") == "{\"base64\":\"//4=\"}");
    CHECK(json("\xff\xfe\xfd") == "{\"base64\":\"//79\"}");
}

TEST_CASE("IPv6 text follows RFC 5952") {
    auto v6 = [](std::array<std::uint8_t, 16> bytes) {
        Text text;
        text.ipv6(bytes);
        return text.take();
    };
    CHECK(v6({}) == "::");
    CHECK(v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}) == "::1");
    CHECK(v6({0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}) == "2001:db8:0:1::1");
    CHECK(v6({0x20, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1}) == "2001::1:1:0:0:1");
    CHECK(v6({0, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7}) == "1:0:2:3:4:5:6:7");
    CHECK(v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4}) == "::ffff:1.2.3.4");
    CHECK(v6({1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}) == "100::");
}
