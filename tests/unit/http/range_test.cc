// SPDX-License-Identifier: MIT
#include "http/range.h"

#include <doctest/doctest.h>

#include <string>

using namespace fid::http;

namespace {

/// "0-4,8-9", "416", or "" where the field is ignored; of 1000 bytes.
std::string ranges(std::string_view text, std::uint64_t size = 1000) {
    const RangeSet set = parse_ranges(text, size);
    if (set.verdict == RangeSet::Verdict::ignored) return "";
    if (set.verdict == RangeSet::Verdict::unsatisfiable) return "416";
    std::string out;
    for (const ByteRange& range : set.ranges) {
        if (!out.empty()) out += ',';
        out += std::to_string(range.first) + "-" + std::to_string(range.last());
    }
    return out;
}

}  // namespace

TEST_CASE("ranges") {
    const struct {
        std::string_view text, expected;
    } table[]{
        {"bytes=0-499", "0-499"},
        {"bytes=500-", "500-999"},
        {"bytes=-500", "500-999"},
        {"bytes=-5000", "0-999"},
        {"bytes=0-0,-1", "0-0,999-999"},
        {"bytes=999-5000", "999-999"},
        {"bytes=1000-", "416"},
        {"bytes=1000-1001,2000-", "416"},
        {"bytes=-0", "416"},
        {"bytes=1000-,5-6", "5-6"},
        {"Bytes = 0-1 , 400-401 ,", "0-1,400-401"},
        {"bytes=600-601,0-1", "600-601,0-1"},
        {"bytes=600-601,0-1,600-700", "0-1,600-700"},
        {"bytes=0-10,5-20", "0-20"},
        {"bytes=0-10,11-20", "0-20"},
        {"bytes=0-10,100-110", "0-110"},  // a part's head is longer than the gap
        {"bytes=0-10,500-510,0-", "0-999"},
        {"bytes=5-4", ""},
        {"bytes=a-b", ""},
        {"bytes=-", ""},
        {"bytes=", ""},
        {"bytes=,", ""},
        {"bytes=0-1-2", ""},
        {"bytes=1", ""},
        {"bytes=0-1,x", ""},
        {"bytes=+0-1", ""},
        {"bytes=99999999999999999999-", ""},
        {"bytes=0-18446744073709551615", "0-999"},
        {"bytes 0-1", ""},
        {"lines=0-1", ""},
    };
    for (const auto& [text, expected] : table) {
        CAPTURE(text);
        CHECK(ranges(text) == expected);
    }
    CHECK(ranges("bytes=0-", 0) == "416");
    CHECK(ranges("bytes=-1", 0) == "416");
}

TEST_CASE("a bomb of ranges is the whole file") {
    std::string text = "bytes=0-0";
    for (int count = 1; count < 64; ++count) text += ",0-0";
    CHECK(ranges(text) == "0-0");
    CHECK(ranges(text + ",0-0") == "");
}
