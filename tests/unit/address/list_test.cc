// SPDX-License-Identifier: MIT
#include "address/list.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <thread>

using namespace fid;

namespace {

struct Heard {
    std::string ranges;
    std::string bad;
};

Heard read_text(std::string_view text, Reading reading = Reading::strict) {
    Heard heard;
    const bool done = read_list(
        text, reading,
        [&](const Range& range, std::uint64_t line) {
            heard.ranges += std::to_string(line) + ":" + range.text() + " ";
            return true;
        },
        [&](const BadLine& bad) {
            heard.bad +=
                std::to_string(bad.number) + ":" + std::string(bad.text.substr(0, 20)) + ":" + bad.error.cause + " ";
            return true;
        });
    CHECK(done);
    return heard;
}

/// Reads what a writer thread puts into a pipe, so that lines are cut at any byte.
Heard read_pipe(const std::string& text, std::size_t piece) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    std::thread writer([&] {
        for (std::size_t at = 0; at < text.size(); at += piece) {
            const std::size_t count = std::min(piece, text.size() - at);
            if (::write(ends[1], text.data() + at, count) != static_cast<ssize_t>(count)) break;
        }
        ::close(ends[1]);
    });
    Heard heard;
    const auto done = read_list(
        ends[0], "pipe", Reading::strict,
        [&](const Range& range, std::uint64_t line) {
            heard.ranges += std::to_string(line) + ":" + range.text() + " ";
            return true;
        },
        [&](const BadLine& bad) {
            heard.bad += std::to_string(bad.number) + ":" + bad.error.cause + " ";
            return true;
        });
    writer.join();
    ::close(ends[0]);
    CHECK(done == true);
    return heard;
}

}  // namespace

TEST_CASE("any mix of entries comments blank lines and line ends") {
    const auto heard = read_text(
        "# head\n10.0.0.0/8\r\n\n  192.0.2.1  # office\n; note\n2001:db8::/32;x\n10.0.0.1 - 10.0.0.9 # r\n"
        "\t\n172.16.0.0/255.240.0.0\n10.1.2.3/8\n::1\r\n1.2.3.4");
    CHECK(heard.ranges ==
          "2:10.0.0.0/8 4:192.0.2.1 6:2001:db8::/32 7:10.0.0.1-10.0.0.9 9:172.16.0.0/12 10:10.0.0.0/8 11:::1 "
          "12:1.2.3.4 ");
    CHECK(heard.bad.empty());
}

TEST_CASE("bad lines are reported by number and the rest is read") {
    const auto heard = read_text("1.2.3.4\njunk here # why\n10.0.0.0/33\n010.0.0.1\n5.6.7.8 9.9.9.9\n1.1.1.1\n");
    CHECK(heard.ranges == "1:1.2.3.4 6:1.1.1.1 ");
    CHECK(heard.bad.find("2:junk here:") == 0);
    CHECK(heard.bad.find("3:10.0.0.0/33:/33 is longer than IPv4's /32 ") != std::string::npos);
    CHECK(heard.bad.find("4:010.0.0.1:leading zero in 010 ") != std::string::npos);
    CHECK(heard.bad.find("5:5.6.7.8 9.9.9.9:") != std::string::npos);
    CHECK(read_text("010.0.0.1\n1.2/16\n", Reading::legacy).ranges == "1:8.0.0.1 2:1.0.0.0/16 ");
}

TEST_CASE("a callback can stop the reading") {
    int calls = 0;
    CHECK_FALSE(read_list(
        "1.1.1.1\n2.2.2.2\n3.3.3.3\n", Reading::strict, [&](const Range&, std::uint64_t) { return ++calls < 2; },
        [](const BadLine&) { return true; }));
    CHECK(calls == 2);
}

TEST_CASE("a stream is read alike however it arrives") {
    const std::string text = "10.0.0.0/8\n2001:db8::/32\nbad\n\n192.0.2.1";
    for (const std::size_t piece : {1U, 3U, 7U, 1000U}) {
        const auto heard = read_pipe(text, piece);
        CHECK(heard.ranges == "1:10.0.0.0/8 2:2001:db8::/32 5:192.0.2.1 ");
        CHECK(heard.bad == "3:'b' is not a decimal digit ");
    }
}

TEST_CASE("a line too long is one bad line") {
    const auto heard = read_pipe("1.1.1.1\n" + std::string(700000, 'x') + "\n2.2.2.2\n", 4096);
    CHECK(heard.ranges == "1:1.1.1.1 3:2.2.2.2 ");
    CHECK(heard.bad == "2:longer than 64 KiB ");
}

TEST_CASE("a descriptor that cannot be read is an error") {
    PrefixSet set;
    const auto done = add_list(-1, "nothing", Reading::strict, set, [](const BadLine&) { return true; });
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().status == Status::cannot_read);
    CHECK(done.error().subject == "nothing");
}
