// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "writing.h"

namespace fid::capture::test {
namespace {

constexpr std::uint64_t now = 1'760'000'000;

Writing small_file(bool big_endian = false) {
    Writing file(big_endian);
    file.section().interface(1);
    for (unsigned i = 0; i < 5; ++i)
        file.enhanced(0, (now + i) * 1'000'000 + 7, std::string(20 + i, static_cast<char>('a' + i)));
    return file;
}

}  // namespace

TEST_CASE("pcapng sections of both byte orders restart the interfaces") {
    Writing file = small_file();
    file.add(small_file(true));
    auto reader = Reader::from_memory(file.bytes);
    REQUIRE(reader);
    const auto packets = read_all(*reader);
    REQUIRE(packets.size() == 10);
    CHECK(packets[6].record.interface == 1);
    CHECK(packets[6].record.time == Timestamp{static_cast<std::int64_t>(now) + 1, 7000});
    CHECK(packets[6].data == std::string(21, 'b'));
    CHECK(reader->facts().sections == 2);
    CHECK(reader->interfaces()[1].section == 1);
    CHECK(reader->damage_count() == 0);
}

TEST_CASE("pcapng clocks: powers of two, nanoseconds and a signed offset") {
    Writing file;
    file.section();
    file.interface(
        1, 0,
        Writing().option(9, std::string_view("\x8a", 1)).option(14, Writing().u64(static_cast<std::uint64_t>(-100))));
    file.interface(101, 0, Writing().option(9, std::string_view("\x09", 1)).option(2, "tun0"));
    file.enhanced(0, 1024 * 50 + 512, "a").enhanced(1, now * 1'000'000'000 + 5, "b");
    auto reader = Reader::from_memory(file.bytes);
    REQUIRE(reader);
    const auto packets = read_all(*reader);
    REQUIRE(packets.size() == 2);
    CHECK(packets[0].record.time == Timestamp{-50, 500'000'000});
    CHECK(packets[1].record.time == Timestamp{static_cast<std::int64_t>(now), 5});
    CHECK(packets[1].record.precision == 9);
    CHECK(reader->interfaces()[1].name == "tun0");
    CHECK(packets[1].record.link_type == 101);
}

TEST_CASE("pcapng interface filters, also an empty one") {
    Writing file;
    file.section().interface(1, 0, Writing().option(11, std::string_view("\0tcp", 4)));
    file.interface(1, 0, Writing().option(11, std::string_view("\0", 1)));
    auto reader = Reader::from_memory(file.bytes);
    REQUIRE(reader);
    CHECK(read_all(*reader).empty());
    REQUIRE(reader->interfaces().size() == 2);
    CHECK(reader->interfaces()[0].filter == "tcp");
    CHECK(reader->interfaces()[1].filter.empty());
}

TEST_CASE("pcapng simple packets are cut by the snap length and have no time") {
    Writing file;
    file.section().interface(1, 4).block(3, Writing().u32(9).text("abcd")).block(3, Writing().u32(2).text("xy").pad());
    auto reader = Reader::from_memory(file.bytes);
    REQUIRE(reader);
    const auto packets = read_all(*reader);
    REQUIRE(packets.size() == 2);
    CHECK_FALSE(packets[0].record.has_time);
    CHECK(packets[0].data == "abcd");
    CHECK(packets[0].record.length == 9);
    CHECK(packets[1].data == "xy");
}

TEST_CASE("pcapng comments, names, secrets, statistics and unknown blocks") {
    Writing file;
    file.section().interface(1);
    file.enhanced(0, now, "abc", Writing().option(1, "one").option(1, "two").option(2, Writing().u32(2)));
    Writing names;
    names.u16(1).u16(4 + 4).text("\xc0").text(std::string_view("\x00\x02\x01", 3)).text(std::string_view("a\0b\0", 4));
    file.block(4, names.u32(0));
    file.block(5, Writing().u32(0).u64(0).option(4, Writing().u64(12)).option(5, Writing().u64(3)));
    file.block(10, Writing().u32(0x544c534b).u32(3).text("key").pad());
    file.block(0xbad, Writing().u32(1)).block(0x12345, Writing());
    auto reader = Reader::from_memory(file.bytes);
    REQUIRE(reader);
    const auto packets = read_all(*reader);
    REQUIRE(packets.size() == 1);
    CHECK(packets[0].comments == std::vector<std::string>{"one", "two"});
    CHECK(packets[0].record.flags == 2);
    const FileFacts& facts = reader->facts();
    CHECK(facts.packet_comments == 2);
    REQUIRE(facts.names.size() == 2);
    CHECK(facts.names[1] == std::pair<std::string, std::string>{"192.0.2.1", "b"});
    CHECK(reader->interfaces()[0].received == 12);
    CHECK(reader->interfaces()[0].dropped == 3);
    REQUIRE(reader->secrets().size() == 1);
    CHECK(reader->secrets()[0].second == "key");
    CHECK(facts.custom_blocks == 1);
    CHECK(facts.unknown_blocks == 1);
    CHECK(reader->damage_count() == 0);
}

TEST_CASE("pcapng reading goes on behind damage") {
    Writing file = small_file();
    const std::size_t second = 28 + 20 + 52;
    file.bytes[second + 4] = 0xfe;
    file.bytes[second + 7] = 0xff;
    file.enhanced(7, now, "no such interface");
    auto reader = Reader::from_memory(file.bytes);
    REQUIRE(reader);
    const auto packets = read_all(*reader);
    REQUIRE(packets.size() == 4);
    CHECK(packets[1].data == std::string(22, 'c'));
    REQUIRE(reader->damage_count() == 2);
    CHECK(reader->damage()[0].offset == second);
    CHECK(reader->damage()[0].bytes_lost == 56);
    CHECK(reader->damage()[1].what == "a packet names interface 7 of 1");
}

TEST_CASE("pcapng cut or changed at every byte never breaks the reader") {
    const Writing file = small_file();
    for (std::size_t size = 12; size <= file.bytes.size(); ++size) {
        auto reader = Reader::from_memory(Bytes(file.bytes).first(size));
        REQUIRE(reader);
        CHECK(read_all(*reader).size() <= 5);
    }
    for (std::size_t i = 12; i < file.bytes.size(); ++i) {
        auto changed = file.bytes;
        changed[i] ^= 0xff;
        auto reader = Reader::from_memory(changed);
        REQUIRE(reader);
        // One changed byte costs at most its own packet, or all of them where it is the interface.
        const std::size_t read = read_all(*reader).size();
        CHECK((i < 48 || read >= 4));
        CHECK(read <= 5);
    }
}

}  // namespace fid::capture::test
