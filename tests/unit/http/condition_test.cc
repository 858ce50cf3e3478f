// SPDX-License-Identifier: MIT
#include "http/condition.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "http/date.h"

using namespace fid::http;

namespace {

constexpr std::int64_t modified = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::int64_t now = modified + 1000;
constexpr Validators validators{.etag = "\"x\"", .modified = modified};
constexpr const char* same = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr const char* before = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr const char* after = "Sun, 06 Nov 1994 08:49:38 GMT";

using Fields = std::vector<std::pair<const char*, const char*>>;

Request make(const Fields& fields) {
    Request request;
    request.method = "GET";
    for (const auto& [name, value] : fields) CHECK(request.add(name, value));
    return request;
}

}  // namespace

TEST_CASE("conditions, in the order of RFC 9110 section 13.2.2") {
    using enum Condition;
    const struct {
        Fields fields;
        Condition expected;
    } table[]{
        {{}, holds},
        {{{"If-Match", "\"x\""}}, holds},
        {{{"If-Match", "*"}}, holds},
        {{{"If-Match", "\"a\", \"x\""}}, holds},
        {{{"If-Match", "\"a\""}}, failed},
        {{{"If-Match", "W/\"x\""}}, failed},
        {{{"If-Match", "x"}}, failed},
        {{{"If-Match", "\"x\""}, {"If-Unmodified-Since", before}}, holds},
        {{{"If-Unmodified-Since", before}}, failed},
        {{{"If-Unmodified-Since", same}}, holds},
        {{{"If-Unmodified-Since", "yesterday"}}, holds},
        {{{"If-None-Match", "\"x\""}}, not_modified},
        {{{"If-None-Match", "W/\"x\""}}, not_modified},
        {{{"If-None-Match", "\"a\" ,, \"x\""}}, not_modified},
        {{{"If-None-Match", "\"a\""}, {"If-None-Match", "\"x\""}}, not_modified},
        {{{"If-None-Match", "*"}}, not_modified},
        {{{"If-None-Match", "\"a\""}}, holds},
        {{{"If-None-Match", "\"a"}}, holds},
        {{{"If-None-Match", "\"a\""}, {"If-Modified-Since", after}}, holds},
        {{{"If-Modified-Since", same}}, not_modified},
        {{{"If-Modified-Since", after}}, not_modified},
        {{{"If-Modified-Since", before}}, holds},
        {{{"If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT"}}, not_modified},
        {{{"If-Modified-Since", "Sun Nov  6 08:49:37 1994"}}, not_modified},
        {{{"If-Modified-Since", "1994-11-06"}}, holds},
        {{{"If-Match", "\"a\""}, {"If-None-Match", "\"x\""}}, failed},
    };
    for (const auto& [fields, expected] : table) {
        for (const auto& [name, value] : fields) CAPTURE(value);
        CHECK(judge_conditions(make(fields), validators, now) == expected);
    }
}

TEST_CASE("If-Range wants strong validators") {
    CHECK(range_counts(make({}), validators, now));
    CHECK(range_counts(make({{"If-Range", "\"x\""}}), validators, now));
    CHECK_FALSE(range_counts(make({{"If-Range", "W/\"x\""}}), validators, now));
    CHECK_FALSE(range_counts(make({{"If-Range", "\"a\""}}), validators, now));
    CHECK(range_counts(make({{"If-Range", same}}), validators, now));
    CHECK_FALSE(range_counts(make({{"If-Range", same}}), validators, modified));
    CHECK_FALSE(range_counts(make({{"If-Range", after}}), validators, now));
}

TEST_CASE("dates") {
    CHECK(http_date(modified) == same);
    CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(parse_http_date(same, now) == modified);
    CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now) == modified);
    // Two digits mean a year that is at most fifty ahead.
    CHECK(http_date(*parse_http_date("Friday, 01-Jan-44 00:00:00 GMT", now)) == "Fri, 01 Jan 2044 00:00:00 GMT");
    CHECK(http_date(*parse_http_date("Sunday, 01-Jan-45 00:00:00 GMT", now)) == "Mon, 01 Jan 1945 00:00:00 GMT");
    for (const char* const text :
         {"", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_date(text, now));
    }
}
