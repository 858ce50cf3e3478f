// SPDX-License-Identifier: MIT
#include "report/calendar.h"

#include <doctest/doctest.h>

#include <ctime>

using namespace fid;
using report::Calendar;

namespace {

std::string utc(std::int64_t seconds, std::uint32_t nanoseconds = 0, unsigned digits = 6) {
    return report::utc_text(seconds, nanoseconds, digits);
}

}  // namespace

// The expected texts are Python's datetime.
TEST_CASE("seconds since 1970 as RFC 3339") {
    CHECK(utc(0) == "1970-01-01T00:00:00.000000Z");
    CHECK(utc(1709210096, 123456789) == "2024-02-29T12:34:56.123456Z");
    CHECK(utc(1709210096, 123456789, 9) == "2024-02-29T12:34:56.123456789Z");
    CHECK(utc(-1, 999999999, 9) == "1969-12-31T23:59:59.999999999Z");
    CHECK(utc(-901) == "1969-12-31T23:44:59.000000Z");
    CHECK(utc(4102444800) == "2100-01-01T00:00:00.000000Z");
    CHECK(utc(253402300799) == "9999-12-31T23:59:59.000000Z");
}

TEST_CASE("seconds without a fraction") {
    CHECK(report::utc_text(1709210096) == "2024-02-29T12:34:56Z");
    CHECK(report::utc_text(-1) == "1969-12-31T23:59:59Z");
}

TEST_CASE("the time now lies between what the clock says before and after") {
    const std::string before = report::utc_text(std::time(nullptr));
    const std::string now = report::utc_now();
    // The kernel's coarse clock, which time() reads, is behind by a tick at the most.
    const std::string after = report::utc_text(std::time(nullptr) + 1);
    CHECK(now.size() == 27);
    CHECK(now.substr(0, 19) >= before.substr(0, 19));
    CHECK(now.substr(0, 19) <= after.substr(0, 19));
}

TEST_CASE("one calendar for times in any order") {
    Calendar calendar(Calendar::Zone::utc);
    for (const std::int64_t seconds : {1709210096, 899, 900, 901, -1, 1709210097, 1709210096}) {
        Text text;
        calendar.rfc3339(seconds, 0, 6, text);
        CHECK(text.view() == utc(seconds));
    }
}

TEST_CASE("what RFC 3339 has no year for") {
    CHECK(Calendar::has_rfc3339(-62167219200));
    CHECK_FALSE(Calendar::has_rfc3339(-62167219201));
    CHECK(Calendar::has_rfc3339(253402300799));
    CHECK_FALSE(Calendar::has_rfc3339(253402300800));
    CHECK(utc(253402300800) == "10000-01-01T00:00:00.000000Z");
}
