// SPDX-License-Identifier: MIT
#include "transfer/glob.h"

#include <doctest/doctest.h>

using fid::transfer::Glob;

namespace {

std::string all(std::string_view pattern) {
    const auto glob = Glob::read(pattern);
    if (!glob) return "error";
    std::string text;
    for (std::uint64_t i = 0; i < glob->count(); ++i) text += (i == 0 ? "" : " ") + glob->at(i);
    return text;
}

}  // namespace

TEST_CASE("patterns stand for many URLs") {
    CHECK(all("http://h/") == "http://h/");
    CHECK(all("h/{a,b}[1-2]") == "h/a1 h/a2 h/b1 h/b2");
    CHECK(all("[08-11]") == "08 09 10 11");
    CHECK(all("[a-i:4]") == "a e i");
    CHECK(all("{a,}x") == "ax x");
    CHECK(all("a\\{b\\}") == "a{b}");
    CHECK(all("http://[::1]:80/[1-2]") == "http://[::1]:80/1 http://[::1]:80/2");
    CHECK(all("http://[fe80::1%25eth0]/") == "http://[fe80::1%25eth0]/");
}

TEST_CASE("what is no pattern is refused") {
    for (const std::string_view bad : {"[1-", "{a", "a]", "b}", "[3-1]", "[1-2:0]", "{}", "{a,{b}}", "[a-9]", "[1]",
                                       "[0-18446744073709551615]", "[0-4294967295][0-4294967295][0-9]"})
        CHECK_MESSAGE(!Glob::read(bad), bad);
}

TEST_CASE("a large range costs nothing") {
    const auto glob = Glob::read("x[1-1000000000]");
    REQUIRE(glob);
    CHECK(glob->count() == 1'000'000'000);
    CHECK(glob->at(999'999'999) == "x1000000000");
}

TEST_CASE("file names take what the patterns stand for") {
    const auto glob = Glob::read("h/{x,y}/[1-2]");
    REQUIRE(glob);
    CHECK(glob->fill("#1_#2.txt", 3) == "y_2.txt");
    CHECK(glob->fill("#3#0#", 0) == "#3#0#");
}
