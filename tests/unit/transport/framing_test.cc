// SPDX-License-Identifier: MIT
#include "transport/framing.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace fid;
using namespace fid::transport;
using namespace std::string_literals;

/// "a|b|" for two messages; what is not ended has no bar behind it. Then what is wrong: "!18".
std::string read_in_steps(Framing framing, std::string_view text, std::size_t step, std::uint64_t most) {
    FrameReader reader(framing, most);
    std::string out;
    const auto take = [&out](const Result<std::optional<FramePiece>>& next) {
        if (!next) out += "!" + std::to_string(static_cast<int>(next.error().status));
        if (!next || !*next) return false;
        out += as_text((*next)->bytes);
        if ((*next)->last) out += '|';
        return true;
    };
    for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) {
        reader.feed(as_bytes(text.substr(0, step)));
        while (take(reader.next())) continue;
        if (out.find('!') != std::string::npos) return out;
    }
    take(reader.end());
    return out;
}

std::string read(Framing framing, std::string_view text, std::uint64_t most = 100) {
    const std::string whole = read_in_steps(framing, text, text.size(), most);
    CHECK(read_in_steps(framing, text, 1, most) == whole);
    return whole;
}

std::string framed(Framing framing, std::string_view message) {
    std::vector<std::uint8_t> out;
    const auto done = put_framed(framing, as_bytes(message), out);
    return done ? std::string(as_text(out)) : "!" + std::to_string(static_cast<int>(done.error().status));
}

}  // namespace

TEST_CASE("the framings, there and back") {
    CHECK(framed(Framing::line, "ab") == "ab\n");
    CHECK(framed(Framing::nul, "ab") == "ab\0"s);
    CHECK(framed(Framing::len16, "ab") == "\0\2ab"s);
    CHECK(framed(Framing::len32, "ab") == "\0\0\0\2ab"s);
    CHECK(framed(Framing::len32le, "ab") == "\2\0\0\0ab"s);
    CHECK(framed(Framing::mp, "ab") == "\0\0\0\2ab"s);
    // A message may always have the long form of a length; no other negative one means anything.
    CHECK(read(Framing::mp, "\xff\xff\xff\xff\0\0\0\0\0\0\0\2ab\0\0\0\1c"s) == "ab|c|");
    CHECK(read(Framing::mp, "\xff\xff\xff\xff\0\0\0\1\0\0\0\2ab"s) == "!8");
    CHECK(read(Framing::mp, "\xff\xff\xff\xff\0\0"s) == "!18");
    CHECK(read(Framing::mp, "\xff\xff\xff\xfe"s) == "!8");
    for (const std::string_view name : framing_names()) {
        const auto framing = find_framing(name);
        REQUIRE(framing);
        CHECK(read(*framing, framed(*framing, "one") + framed(*framing, "") + framed(*framing, "three")) ==
              "one||three|");
    }
    CHECK_FALSE(find_framing("len64"));
}

TEST_CASE("the end of the bytes ends a line, but cuts a frame") {
    CHECK(read(Framing::line, "a\nb") == "a|b|");
    CHECK(read(Framing::nul, "a\nb") == "a\nb|");
    CHECK(read(Framing::line, "").empty());
    CHECK(read(Framing::len16, "\0\1a\0"s) == "a|!18");
    CHECK(read(Framing::len16, "\0\3ab"s) == "ab!18");
    CHECK(read(Framing::len32, "\0\0\0\1"s) == "!18");
}

TEST_CASE("a message is limited, by its length before its bytes come") {
    CHECK(read(Framing::line, "0123456789\n", 10) == "0123456789|");
    CHECK(read_in_steps(Framing::line, "0123456789a", 11, 10) == "!8");
    CHECK(read(Framing::len32, "\xff\xff\xff\xff") == "!8");
    CHECK(read(Framing::len32le, "\x65\0\0\0"s) == "!8");
    CHECK(framed(Framing::len16, std::string(65535, 'x')).size() == 65537);
    CHECK(framed(Framing::len16, std::string(65536, 'x')) == "!3");
    CHECK(framed(Framing::nul, "a\0b"s) == "!3");
}
