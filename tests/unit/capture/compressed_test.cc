// SPDX-License-Identifier: MIT
// Compressed captures: whole, in several frames, cut anywhere, with something behind.
#include <doctest/doctest.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <string>

#include "writing.h"

namespace fid::capture::test {
namespace {

using Packed = std::vector<std::uint8_t>;

constexpr std::uint32_t now = 1'760'000'000;

Packed gzip(Bytes plain) {
    z_stream stream{};
    REQUIRE(::deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    Packed out(::deflateBound(&stream, plain.size()) + 32);
    stream.next_in = const_cast<Bytef*>(plain.data());
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

Packed zstd(Bytes plain) {
    Packed out(::ZSTD_compressBound(plain.size()));
    const std::size_t size = ::ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 3);
    REQUIRE(::ZSTD_isError(size) == 0);
    out.resize(size);
    return out;
}

Packed lz4(Bytes plain) {
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
    Packed out(::LZ4F_compressFrameBound(plain.size(), &preferences));
    const std::size_t size = ::LZ4F_compressFrame(out.data(), out.size(), plain.data(), plain.size(), &preferences);
    REQUIRE(::LZ4F_isError(size) == 0);
    out.resize(size);
    return out;
}

Packed xz(Bytes plain) {
    Packed out(::lzma_stream_buffer_bound(plain.size()));
    std::size_t size = 0;
    REQUIRE(::lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, nullptr, plain.data(), plain.size(), out.data(), &size,
                                      out.size()) == LZMA_OK);
    out.resize(size);
    return out;
}

struct Method {
    std::string_view name;
    Packed (*pack)(Bytes);
};
constexpr std::array<Method, 4> methods{{{"gzip", gzip}, {"zstd", zstd}, {"lz4", lz4}, {"xz", xz}}};

/// Bytes that no method makes small, so that a large file has many blocks.
std::string noise(std::size_t size) {
    std::string text(size, '\0');
    std::uint32_t state = 1;
    for (char& c : text) {
        state = state * 1664525 + 1013904223;
        c = static_cast<char>(state >> 24U);
    }
    return text;
}

Writing capture_of(unsigned packets, std::size_t size) {
    Writing file;
    file.pcap_header();
    const std::string data = noise(size);
    for (unsigned i = 0; i < packets; ++i) file.pcap_record(now + i, i, data);
    return file;
}

Packed joined(Packed first, const Packed& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

}  // namespace

TEST_CASE("whole compressed captures") {
    const Writing file = capture_of(300, 1400);
    for (const Method& method : methods) {
        CAPTURE(method.name);
        const Packed packed = method.pack(file.bytes);
        auto reader = Reader::from_memory(packed);
        REQUIRE(reader);
        CHECK(reader->facts().compression == method.name);
        CHECK(read_all(*reader).size() == 300);
        CHECK(reader->damage_count() == 0);
        CHECK(reader->facts().data_bytes == file.bytes.size());
        CHECK(reader->file_bytes_taken() == packed.size());
    }
}

TEST_CASE("several frames one behind the other, cut inside a record") {
    const Writing file = capture_of(300, 1400);
    const Bytes plain(file.bytes);
    for (const Method& method : methods) {
        CAPTURE(method.name);
        const Packed packed = joined(method.pack(plain.first(100'003)), method.pack(plain.subspan(100'003)));
        auto reader = Reader::from_memory(packed);
        REQUIRE(reader);
        CHECK(read_all(*reader).size() == 300);
        CHECK(reader->damage_count() == 0);
    }
}

TEST_CASE("a skippable frame in front and behind") {
    Writing skippable;
    skippable.u32(0x184d2a53).u32(5).text("hello");
    const Writing file = capture_of(10, 20);
    for (const Method& method : {methods[1], methods[2]}) {
        CAPTURE(method.name);
        const Packed packed = joined(joined(skippable.bytes, method.pack(file.bytes)), skippable.bytes);
        auto reader = Reader::from_memory(packed);
        REQUIRE(reader);
        CHECK(reader->facts().compression == method.name);
        CHECK(read_all(*reader).size() == 10);
        CHECK(reader->damage_count() == 0);
    }
}

TEST_CASE("something else behind the compressed data is damage and costs no packet") {
    const Writing file = capture_of(300, 1400);
    for (const Method& method : methods) {
        CAPTURE(method.name);
        Packed packed = method.pack(file.bytes);
        const Writing garbage = Writing().text("this is not compressed at all, it is just text");
        packed.insert(packed.end(), garbage.bytes.begin(), garbage.bytes.end());
        auto reader = Reader::from_memory(packed);
        REQUIRE(reader);
        CHECK(read_all(*reader).size() == 300);
        REQUIRE(reader->damage_count() == 1);
        CHECK(reader->damage().front().what.find(method.name) != std::string::npos);
    }
}

TEST_CASE("a cut at any place is told, and what came before it is listed") {
    const Writing file = capture_of(300, 1400);
    for (const Method& method : methods) {
        CAPTURE(method.name);
        const Packed packed = method.pack(file.bytes);
        std::size_t most = 0;
        // The last bytes may be a trailer without which every packet is there: that is damage all the same.
        for (const std::size_t size : {std::size_t{5}, std::size_t{12}, std::size_t{40}, packed.size() / 4,
                                       packed.size() / 2, packed.size() * 9 / 10, packed.size() - 1}) {
            CAPTURE(size);
            auto reader = Reader::from_memory(Bytes(packed).first(size));
            if (!reader) {
                CHECK(reader.error().status == Status::truncated);
                CHECK(reader.error().cause == "the " + std::string(method.name) + " data ends too early");
                continue;
            }
            const std::size_t packets = read_all(*reader).size();
            CHECK(packets <= 300);
            CHECK(packets >= most);
            most = packets;
            REQUIRE(reader->damage_count() >= 1);
            CHECK(reader->damage().back().what == "the " + std::string(method.name) + " data ends too early");
        }
        // Noise does not shrink, so the share of packets is that of bytes, but for the block that was cut.
        CHECK(most >= 250);
    }
}

TEST_CASE("a small capture whose only block is cut is damaged, not something else") {
    const Writing file = capture_of(10, 30);
    for (const Method& method : methods) {
        CAPTURE(method.name);
        const Packed packed = method.pack(file.bytes);
        for (std::size_t size = 4; size < packed.size(); ++size) {
            CAPTURE(size);
            auto reader = Reader::from_memory(Bytes(packed).first(size));
            if (reader) {
                CHECK(read_all(*reader).size() <= 10);
                CHECK(reader->damage_count() >= 1);
            } else {
                CHECK(reader.error().status == Status::truncated);
            }
        }
    }
}

TEST_CASE("flipped bits never pass for a sound capture with other packets") {
    const Writing file = capture_of(40, 200);
    for (const Method& method : {methods[0], methods[2], methods[3]}) {  // those whose frames end with a checksum
        CAPTURE(method.name);
        const Packed packed = method.pack(file.bytes);
        auto sound = Reader::from_memory(packed);
        REQUIRE(sound);
        const auto original = read_all(*sound);
        for (std::size_t at = 32; at < packed.size(); at += 61) {
            CAPTURE(at);
            Packed damaged = packed;
            damaged[at] ^= 0x10U;
            auto reader = Reader::from_memory(damaged);
            if (!reader) continue;
            const auto packets = read_all(*reader);
            bool same = packets.size() == original.size();
            for (std::size_t i = 0; same && i < packets.size(); ++i) same = packets[i].data == original[i].data;
            CHECK((same || reader->damage_count() != 0));
        }
    }
}

}  // namespace fid::capture::test
