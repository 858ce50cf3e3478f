// SPDX-License-Identifier: MIT
#include "capture/writer.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "writing.h"

namespace fid::capture::test {
namespace {

/// Removed with everything in it at the end of the test.
class Folder {
  public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "fid-writer-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::string operator/(const char* name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Kept> packets_of(const std::string& path) {
    auto reader = Reader::open(path);
    REQUIRE(reader);
    auto packets = read_all(*reader);
    CHECK(reader->damage_count() == 0);
    return packets;
}

std::unique_ptr<Writer> writer_to(const std::string& path, std::uint64_t rotate_bytes = 0) {
    auto writer = Writer::open({.path = path, .application = "a test", .rotate_bytes = rotate_bytes});
    REQUIRE(writer);
    (void)(*writer)->add_interface(101, "raw", "");
    return std::move(*writer);
}

void write_packet(Writer& writer, std::string_view text) {
    writer.packet({.time = {1, 0}, .head = as_bytes(text.substr(0, 1)), .rest = as_bytes(text.substr(1))});
}

}  // namespace

TEST_CASE("what the writer writes, the reader reads") {
    const Folder folder;
    const std::string path = folder / "out.pcapng";
    auto opened = Writer::open({.path = path, .application = "fid 1", .comment = "about the file"});
    REQUIRE(opened);
    Writer& writer = **opened;
    const auto ethernet = writer.add_interface(1, "eth0", "a wire");
    const auto raw = writer.add_interface(101, "", "");
    const Timestamp time{1'760'000'000, 123'456'789};
    const std::string long_comment(5000, 'x');
    writer.packet({.interface = raw, .time = time, .head = as_bytes("abc"), .rest = as_bytes("de"), .flags = 2});
    writer.packet({.interface = ethernet,
                   .time = {-5, 1},
                   .head = {},
                   .rest = as_bytes("f"),
                   .length = 1500,
                   .comment = "remark\n\xc3\xa9"});
    writer.packet({.interface = ethernet, .time = time, .head = {}, .rest = {}, .comment = long_comment});
    writer.tls_secrets("CLIENT_RANDOM 00 01");
    const std::uint8_t v4[] = {192, 0, 2, 1};
    const std::uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8};
    writer.name(v4, "one.example");
    writer.name(v6, "six.example");
    REQUIRE(writer.close());

    auto reader = Reader::open(path);
    REQUIRE(reader);
    const auto packets = read_all(*reader);
    REQUIRE(packets.size() == 3);
    CHECK(packets[0].data == "abcde");
    CHECK(packets[0].record.time == time);
    CHECK(packets[0].record.link_type == 101);
    CHECK(packets[0].record.flags == 2);
    CHECK(packets[0].record.length == 5);
    CHECK(packets[0].comments.empty());
    CHECK(packets[1].record.time == Timestamp{0, 0});  // the format has no time before 1970
    CHECK(packets[1].record.link_type == 1);
    CHECK(packets[1].record.length == 1500);
    CHECK(packets[1].comments == std::vector<std::string>{"remark\n\xc3\xa9"});
    CHECK(packets[2].data.empty());
    CHECK(packets[2].comments == std::vector<std::string>{long_comment.substr(0, 4096)});
    const FileFacts& facts = reader->facts();
    CHECK(facts.application == "fid 1");
    CHECK(facts.comments == std::vector<std::string>{"about the file"});
    CHECK(!facts.os.empty());
    CHECK(facts.nanoseconds);
    CHECK(reader->interfaces()[0].name == "eth0");
    CHECK(reader->interfaces()[0].description == "a wire");
    REQUIRE(reader->secrets().size() == 1);
    CHECK(reader->secrets()[0].second == "CLIENT_RANDOM 00 01\n");
    using Names = std::vector<std::pair<std::string, std::string>>;
    CHECK(facts.names == Names{{"192.0.2.1", "one.example"}, {"2001:db8::", "six.example"}});
    CHECK(reader->damage_count() == 0);
}

TEST_CASE("rotation gives captures of their own, none larger than asked") {
    const Folder folder;
    constexpr std::uint64_t limit = 1000;
    auto writer = writer_to(folder / "a.b.pcapng", limit);
    for (int i = 0; i < 30; ++i) write_packet(*writer, std::string(100, static_cast<char>('a' + i)));
    const std::string larger_than_a_file(2 * limit, 'L');
    write_packet(*writer, larger_than_a_file);
    write_packet(*writer, "last");
    CHECK(writer->path().ends_with(".pcapng"));
    const std::string last = writer->path();
    REQUIRE(writer->close());
    std::string all;
    std::size_t files = 0;
    for (std::string path = folder / "a.b.pcapng"; path != last; ++files) {
        const auto packets = packets_of(path);
        CHECK((std::filesystem::file_size(path) <= limit || packets.size() == 1));
        for (const Kept& packet : packets) all += packet.data[0];
        path = folder / ("a.b." + std::to_string(files + 1) + ".pcapng").c_str();
    }
    CHECK(files > 4);
    CHECK(all == std::string("abcdefghijklmnopqrstuvwxyz{|}~L"));
    CHECK(packets_of(last).at(0).data == "last");
    CHECK(Writer::open({.path = "-", .rotate_bytes = 1}).error().status == Status::usage);
}

TEST_CASE("secrets go ahead of packets that are held") {
    const Folder folder;
    const std::string path = folder / "out.pcapng";
    auto writer = writer_to(path);
    write_packet(*writer, "the first");
    writer->hold(writer->position());
    write_packet(*writer, "the second");
    REQUIRE(writer->flush());
    CHECK(packets_of(path).size() == 1);
    CHECK(writer->pending());
    writer->tls_secrets("SECRET");
    writer->hold(std::nullopt);
    REQUIRE(writer->flush());
    CHECK(!writer->pending());
    CHECK(packets_of(path).size() == 2);
    const std::string bytes = content(path);
    CHECK(bytes.find("the first") < bytes.find("SECRET"));
    CHECK(bytes.find("SECRET") < bytes.find("the second"));
    REQUIRE(writer->close());
}

TEST_CASE("rotation takes what is held into the next file, with its secrets") {
    const Folder folder;
    auto writer = writer_to(folder / "out.pcapng", 1000);
    for (int i = 0; i < 4; ++i) write_packet(*writer, std::string(100, 'a'));
    writer->hold(writer->position());
    writer->tls_secrets("SECRET");
    for (int i = 0; i < 20; ++i) write_packet(*writer, std::string(100, 'h'));
    CHECK(packets_of(folder / "out.pcapng").size() == 4);
    writer->hold(std::nullopt);
    for (int i = 0; i < 4; ++i) write_packet(*writer, std::string(100, 'z'));
    REQUIRE(writer->close());
    const auto held = packets_of(folder / "out.1.pcapng");
    REQUIRE(held.size() == 20);
    CHECK(held[0].data[0] == 'h');
    const std::string bytes = content(folder / "out.1.pcapng");
    CHECK(bytes.find("SECRET") < bytes.find("hhh"));
    CHECK(packets_of(folder / "out.2.pcapng").size() == 4);
}

TEST_CASE("a hold has a limit") {
    const Folder folder;
    const std::string path = folder / "out.pcapng";
    auto writer = writer_to(path);
    writer->hold(writer->position());
    const std::string packet(std::size_t{1} << 20U, 'x');
    for (int i = 0; i < 12; ++i) write_packet(*writer, packet);
    REQUIRE(writer->flush());
    CHECK(packets_of(path).size() >= 8);
}

TEST_CASE("the first failure to write is kept and told") {
    const auto full = Writer::open({.path = "/dev/full"});
    REQUIRE(!full);
    CHECK(full.error().status == Status::cannot_write);
    const Folder folder;
    CHECK(Writer::open({.path = folder / "none/out.pcapng"}).error().status == Status::cannot_write);

    // The next file cannot be made where a folder has its name.
    std::filesystem::create_directory(folder / "out.1.pcapng");
    auto writer = writer_to(folder / "out.pcapng", 100);
    for (int i = 0; i < 3; ++i) write_packet(*writer, std::string(100, 'x'));
    CHECK(writer->flush().error().sentence() == "cannot write " + (folder / "out.1.pcapng") + ": is a directory");
    CHECK(writer->close().error().status == Status::cannot_write);
    CHECK(packets_of(folder / "out.pcapng").size() == 1);
}

}  // namespace fid::capture::test
