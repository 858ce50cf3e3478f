// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "writing.h"

namespace fid::capture::test {
namespace {

constexpr std::uint32_t now = 1'760'000'000;

Writing sound_file(bool big_endian = false) {
    Writing file(big_endian);
    file.pcap_header();
    for (unsigned i = 0; i < 10; ++i) file.pcap_record(now + i, i, std::string(20 + i, static_cast<char>('a' + i)));
    return file;
}

}  // namespace

TEST_CASE("pcap in both byte orders") {
    for (const bool big_endian : {false, true}) {
        const Writing file = sound_file(big_endian);
        auto reader = Reader::from_memory(file.bytes);
        REQUIRE(reader);
        const auto packets = read_all(*reader);
        REQUIRE(packets.size() == 10);
        CHECK(packets[3].record.number == 4);
        CHECK(packets[3].record.time == Timestamp{now + 3, 3000});
        CHECK(packets[3].data == std::string(23, 'd'));
        CHECK(packets[3].record.link_type == 1);
        CHECK(packets[3].record.offset == 24 + 3 * 16 + 20 + 21 + 22);
        CHECK(reader->facts().big_endian == big_endian);
        CHECK(reader->damage_count() == 0);
        CHECK(reader->facts().data_bytes == file.bytes.size());
    }
}

TEST_CASE("pcap variants of header and fraction") {
    Writing nano;
    nano.pcap_header(0xa1b23c4d, 0x24000001).pcap_record(now, 999'999'999, "x");
    auto reader = Reader::from_memory(nano.bytes);
    REQUIRE(reader);
    CHECK(reader->interfaces()[0].fcs_bytes == 4);
    CHECK(reader->interfaces()[0].link_type == 1);
    const auto packets = read_all(*reader);
    REQUIRE(packets.size() == 1);
    CHECK(packets[0].record.time == Timestamp{now, 999'999'999});
    CHECK(packets[0].record.precision == 9);

    Writing modified;
    modified.pcap_header(0xa1b2cd34).u32(now).u32(1'500'000).u32(2).u32(1).u32(7).u16(0x0800).u16(0).text("ab");
    auto other = Reader::from_memory(modified.bytes);
    REQUIRE(other);
    CHECK(other->facts().format == "modified pcap");
    const auto odd = read_all(*other);
    REQUIRE(odd.size() == 1);
    CHECK(odd[0].data == "ab");
    CHECK(odd[0].record.length == 1);
    CHECK(odd[0].record.time == Timestamp{now + 1, 500'000'000});
    CHECK(other->damage_count() == 0);
}

TEST_CASE("pcap reading goes on behind a damaged record") {
    Writing file = sound_file();
    const std::size_t third = 24 + 16 + 20 + 16 + 21;
    for (std::size_t i = 8; i < 12; ++i) file.bytes[third + i] = 0xff;
    auto reader = Reader::from_memory(file.bytes);
    REQUIRE(reader);
    const auto packets = read_all(*reader);
    REQUIRE(packets.size() == 9);
    CHECK(packets[2].data == std::string(23, 'd'));
    REQUIRE(reader->damage_count() == 1);
    CHECK(reader->damage()[0].offset == third);
    CHECK(reader->damage()[0].bytes_lost == 16 + 22);
    CHECK(reader->damage()[0].what == "a record claims 4294967295 bytes");
}

TEST_CASE("pcap zeros and a second file inside are damage, not packets") {
    Writing file = sound_file();
    file.text(std::string(1000, '\0')).add(sound_file());
    auto reader = Reader::from_memory(file.bytes);
    REQUIRE(reader);
    CHECK(read_all(*reader).size() == 20);
    CHECK(reader->damage_count() == 1);
    Writing two = sound_file();
    two.add(sound_file());
    auto joined = Reader::from_memory(two.bytes);
    REQUIRE(joined);
    CHECK(read_all(*joined).size() == 20);
    REQUIRE(joined->damage_count() == 1);
    CHECK(joined->damage()[0].bytes_lost == 24);
}

TEST_CASE("pcap cut at every byte gives the packets before the cut") {
    const Writing file = sound_file();
    std::size_t complete = 0;
    std::size_t next_end = 24 + 16 + 20;
    for (std::size_t size = 24; size <= file.bytes.size(); ++size) {
        bool at_end = size == 24;
        if (size == next_end) {
            ++complete;
            next_end += 16 + 20 + complete;
            at_end = true;
        }
        auto reader = Reader::from_memory(Bytes(file.bytes).first(size));
        REQUIRE(reader);
        CHECK(read_all(*reader).size() == complete);
        CHECK(reader->damage_count() == (at_end ? 0 : 1));
    }
}

TEST_CASE("what is no capture is said to be none") {
    CHECK(Reader::open("/nonexistent/file").error().status == Status::cannot_read);
    CHECK(Reader::open("/").error().status == Status::cannot_read);
    CHECK(Reader::from_memory({}).error().status == Status::bad_input);
    CHECK(Reader::from_memory(as_bytes("GET / HTTP/1.1\r\n\r\n")).error().status == Status::bad_input);
}

TEST_CASE("link types have names") {
    CHECK(link_type_name(1) == "EN10MB");
    CHECK(link_type_title(276) == "Linux cooked v2");
    CHECK(link_type_name(65535) == "unknown");
}

}  // namespace fid::capture::test
