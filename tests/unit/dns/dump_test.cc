// SPDX-License-Identifier: MIT
#include "dns/dump.h"

#include <doctest/doctest.h>

using namespace fid;
using namespace fid::dns;

namespace {

constexpr std::string_view message_hex = "00000100000100000000000001610000010001";  // an ID of 0: no offset

std::string hex(Bytes bytes) {
    Text out;
    out.hex_bytes(bytes);
    return out.take();
}

}  // namespace

TEST_CASE("messages as text") {
    for (const std::string_view text :
         {"00000100000100000000000001610000010001", "0000 0100 0001 0000 0000 0000 0161 0000 0100 01",
          "00:00:01:00:00:01:00:00:00:00:00:00:01:61:00:00:01:00:01",
          "0x00, 0x00, 0x01,0x00,0x00,0x01,0x00000000000001\n610000010001\n",
          "\\x00\\x00\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x01\\x61\\x00\\x00\\x01\\x00\\x01",
          "00000000: 0000 0100 0001 0000 0000 0000 0161 0000  .........be .\n00000010: 0100 01                   ...\n",
          "00000000  00 00 01 00 00 01 00 00  00 00 00 00 01 61 00 00  |.........a..|\n"
          "00000010  01 00 01                                          |...|\n00000013\n",
          "0000  00 00 01 00 00 01 00 00 00 00 00 00 01 61 00 00   .........a..\n0010  01 00 01   ...\n",
          "\t0x0000:  0000 0100 0001 0000 0000 0000 0161 0000\n\t0x0010:  0100 01\n", "AAABAAABAAAAAAAAAWEAAAEAAQ",
          "AAABAAABAAAAAAAAAWEAAAEAAQ==", "https://dns.example/dns-query?ct&dns=AAABAAABAAAAAAAAAWEAAAEAAQ&x=1"}) {
        CAPTURE(text);
        const auto read = read_dump(text);
        REQUIRE(read);
        CHECK(hex(*read) == message_hex);
    }
    for (const std::string_view text : {"", " \n", "abc!", "0g", "00 0", "00\n1"}) {
        CAPTURE(text);
        CHECK(!read_dump(text));
    }
}

TEST_CASE("where a message is broken") {
    const std::vector<std::uint8_t> whole =
        *read_dump("1234818000010001000000000161000001 0001c00c000100010000003c0004c0000201");
    CHECK(!find_fault(whole));
    struct Row {
        std::size_t size, offset;
        std::string_view what;
    };
    for (const Row& row :
         {Row{0, 0, "the header breaks off"}, Row{11, 11, "the header breaks off"},
          Row{12, 12, "question 1 of 1 is missing"}, Row{13, 12, "no name begins question 1 of 1"},
          Row{17, 15, "question 1 of 1 breaks off"}, Row{19, 19, "answer record 1 of 1 is missing"},
          Row{20, 19, "no name begins answer record 1 of 1"}, Row{25, 21, "answer record 1 of 1 breaks off"},
          Row{34, 31, "the data of answer record 1 of 1 breaks off, 3 bytes of 4"}}) {
        CAPTURE(row.size);
        const auto fault = find_fault(Bytes(whole).first(row.size));
        REQUIRE(fault);
        CHECK(fault->offset == row.offset);
        CHECK(fault->what == row.what);
    }
    std::vector<std::uint8_t> more = whole;
    more.push_back(0);
    CHECK(find_fault(more)->offset == whole.size());
}

TEST_CASE("messages behind their lengths") {
    const std::vector<std::uint8_t> one = *read_dump(message_hex);
    std::vector<std::uint8_t> framed;
    for (int i = 0; i < 2; ++i) {
        framed.push_back(0);
        framed.push_back(static_cast<std::uint8_t>(one.size()));
        framed.insert(framed.end(), one.begin(), one.end());
    }
    CHECK(split_messages(one).size() == 1);
    const auto both = split_messages(framed);
    REQUIRE(both.size() == 2);
    CHECK(both[1].offset == one.size() + 4);
    CHECK(hex(both[1].message) == message_hex);
    // The second is cut: what is there of it.
    const auto cut = split_messages(Bytes(framed).first(framed.size() - 3));
    REQUIRE(cut.size() == 2);
    CHECK(cut[1].message.size() == one.size() - 3);
    // Broken, but no lengths either.
    CHECK(split_messages(Bytes(one).first(15)).size() == 1);
    CHECK(capture_kind(*read_dump("0a0d0d0a")) == "pcapng");
    CHECK(capture_kind(one).empty());
}
