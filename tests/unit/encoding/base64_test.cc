// SPDX-License-Identifier: MIT
#include "encoding/base64.h"

#include <doctest/doctest.h>

using namespace fid::encoding;

namespace {

std::string text_of(const std::optional<std::vector<std::uint8_t>>& bytes) {
    return bytes ? std::string(bytes->begin(), bytes->end()) : "(nothing)";
}

std::string every_byte() {
    std::string bytes;
    for (unsigned i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    return bytes;
}

}  // namespace

TEST_CASE("the test vectors of RFC 4648 section 10") {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> vectors{{{"", ""},
                                                                                    {"f", "Zg=="},
                                                                                    {"fo", "Zm8="},
                                                                                    {"foo", "Zm9v"},
                                                                                    {"foob", "Zm9vYg=="},
                                                                                    {"fooba", "Zm9vYmE="},
                                                                                    {"foobar", "Zm9vYmFy"}}};
    for (const auto& [bytes, letters] : vectors) {
        CHECK(base64(bytes) == letters);
        CHECK(text_of(read_base64_lenient(letters)) == bytes);
        if (!letters.empty()) CHECK(text_of(read_base64_strict(letters)) == bytes);
    }
}

TEST_CASE("every byte goes there and back") {
    const std::string bytes = every_byte();
    CHECK(text_of(read_base64_strict(base64(bytes))) == bytes);
    CHECK(text_of(read_base64_lenient(base64(bytes))) == bytes);
}

TEST_CASE("what only the lenient reader takes") {
    const auto both = [](std::string_view text) {
        CHECK_FALSE(read_base64_strict(text));
        return text_of(read_base64_lenient(text));
    };
    CHECK(both("") == "");
    CHECK(both("Zg") == "f");
    CHECK(both("Zm8") == "fo");
    CHECK(both("-_-_") == text_of(read_base64_strict("+/+/")));
}

TEST_CASE("what nobody takes") {
    for (const std::string_view text :
         {"Z", "Zg=", "Zm9vZ", "=", "====", "Zg==Zm9v", "Z=8=", "Zm 9", " Zm9v", "Zm9v\n", "Zm9v-", "Z\xc3\xa4=="}) {
        CHECK_FALSE(read_base64_strict(text));
        CHECK_FALSE(read_base64_lenient(text));
    }
}

// What Python's base64.encodebytes makes, with CR LF.
TEST_CASE("lines are the same whatever the blocks they come from") {
    const std::string bytes = every_byte();
    const std::string letters = base64(bytes);
    std::string wanted;
    for (std::size_t at = 0; at < letters.size(); at += 76) wanted += letters.substr(at, 76) + "\r\n";
    for (std::size_t block = 1; block < 60; ++block) {
        Base64Lines lines;
        std::string out;
        for (std::size_t at = 0; at < bytes.size(); at += block)
            lines.put(std::string_view(bytes).substr(at, block), out);
        lines.finish(out);
        CHECK(out == wanted);
    }
}

TEST_CASE("a text of whole lines has no empty one at its end, and finish begins anew") {
    Base64Lines lines;
    std::string out;
    lines.finish(out);
    CHECK(out == "");
    const std::string line(57, 'a');
    lines.put(line, out);
    lines.finish(out);
    CHECK(out == base64(line) + "\r\n");
    out.clear();
    lines.put("f", out);
    lines.finish(out);
    CHECK(out == "Zg==\r\n");
}
