// SPDX-License-Identifier: MIT
// The text of every type is compared with dig's in tests/cli/resolve_peers.py; here is what no server sends.
#include "dns/rdata.h"

#include <doctest/doctest.h>

#include <string>

using namespace fid;
using namespace fid::dns;
using namespace std::string_view_literals;

namespace {

/// A message whose one record is of that type and data; the owner is the root.
struct Made {
    Made(std::uint16_t type, std::string_view data) : bytes("\0\0\x80\0\0\0\0\1\0\0\0\0\0"sv) {
        for (const unsigned value : {unsigned{type}, 1U, 0U, 0U, static_cast<unsigned>(data.size())}) {
            bytes += static_cast<char>(value >> 8U);
            bytes += static_cast<char>(value);
        }
        bytes += data;
        message = Message::open(as_bytes(bytes));
        Records records(*message);
        REQUIRE(records.next(record));
    }
    std::string text(const RdataStyle& style = {}) const {
        Text out;
        write_rdata(*message, record, out, style);
        return out.take();
    }
    std::string json() const {
        Text out;
        report::Value(rdata_fields(*message, record)).write_json(out);
        return out.take();
    }
    std::string bytes;
    std::optional<Message> message;
    Record record;
};

}  // namespace

TEST_CASE("dns data that contradicts its type is generic") {
    CHECK(Made(1, "\1\2\3"sv).text() == "\\# 3 010203");
    CHECK(Made(1, "\1\2\3\4\5"sv).text() == "\\# 5 0102030405");
    CHECK(Made(15, "\0\1"sv).text() == "\\# 2 0001");
    CHECK(Made(15, "\0\1\xc0\xff"sv).text() == "\\# 4 0001C0FF");
    CHECK(Made(16, "\5ab"sv).text() == "\\# 3 056162");
    CHECK(Made(47, "\0\0\0"sv).text() == "\\# 3 000000");                  // an empty window
    CHECK(Made(65, "\0\1\0\0\1\0\0"sv).text() == "\\# 7 00010000010000");  // alpn without a protocol
    CHECK(Made(29, "\0\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv).text().starts_with("\\# 16 "));
    CHECK(Made(42, "\0\3\0\0"sv).text() == "\\# 4 00030000");
    CHECK(Made(65280, ""sv).text() == "\\# 0");
    CHECK(Made(1, "\1\2\3"sv).json() == "{}");
}

TEST_CASE("dns data as text and as named values") {
    CHECK(Made(1, "\xc0\0\2\1"sv).text() == "192.0.2.1");
    CHECK(Made(1, "\xc0\0\2\1"sv).text({.generic = true}) == "\\# 4 C0000201");
    CHECK(Made(1, "\xc0\0\2\1"sv).json() == R"({"address":"192.0.2.1"})");
    CHECK(Made(15, "\0\12\4mail\0"sv).json() == R"({"preference":10,"exchange":"mail."})");
    CHECK(Made(16, "\3a\"b\2\xff\xfe"sv).text() == R"("a\"b" "\255\254")");
    CHECK(Made(16, "\3a\"b\2\xff\xfe"sv).json() == R"({"strings":["a\"b",{"base64":"//4="}]})");
    CHECK(Made(43, "\0\1\2\3\xab\xcd"sv).text() == "1 2 3 ABCD");
    CHECK(Made(43, "\0\1\2\3\xab\xcd"sv).text({.split = 2}) == "1 2 3 AB CD");
    CHECK(Made(65, "\0\1\0\0\1\0\3\2h2"sv).json() == R"({"priority":1,"target":".","params":{"alpn":["h2"]}})");
    CHECK(Made(65, "\0\1\0\0\1\0\6\2a,\2\\b"sv).text() == R"(1 . alpn="a\\,,\\\\b")");
}

TEST_CASE("dns key tags are those of rfc 4034") {
    // Section 2.3's DNSKEY, which made the RRSIG of section 3.3.
    const std::string_view key =
        "\x01\x00\x03\x05"
        "\x01\x03\xd2\x2a\x6c\xa7\x7f\x35\xb8\x93\x20\x6f\xd3\x5e\x4c\x50\x6d\x83\x78\x84\x37\x09\xb9\x7e\x04\x16\x47"
        "\xe1"
        "\xbf\xf4\x3d\x8d\x64\xc6\x49\xaf\x1e\x37\x19\x73\xc9\xe8\x91\xfc\xe3\xdf\x51\x9a\x8c\x84\x0a\x63\xee\x42\xa6"
        "\xd2"
        "\xeb\xdd\xbb\x97\x03\x5d\x21\x5a\xa4\xe4\x17\xb1\xfa\x45\xfa\x11\xa9\x74\x1e\xa2\x09\x8c\x1d\xfa\x5f\xb5\xfe"
        "\xb3"
        "\x32\xfd\x4b\xc8\x15\x20\x89\xae\xf3\x6b\xa6\x44\xcc\xe2\x41\x3b\x3b\x72\xbe\x18\xcb\xef\x8d\xa2\x53\xf4\xe9"
        "\x3d"
        "\x21\x03\x86\x6d\x92\x34\xa2\xe2\x8d\xf5\x29\xa6\x7d\x54\x68\xdb\xef\xe3"sv;
    CHECK(key_tag(as_bytes(key)) == 2642);
}
