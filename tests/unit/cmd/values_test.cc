// SPDX-License-Identifier: MIT
#include "cmd/values.h"

#include <doctest/doctest.h>

using namespace fid::cmd;
using namespace std::chrono_literals;

TEST_CASE("counts are decimal and nothing else") {
    CHECK(read_count("-c", "010").value() == 10);  // CLI11 alone would read 8
    CHECK(read_count("-c", "18446744073709551615").value() == 18446744073709551615U);
    for (const char* bad : {"", "0x10", "-1", "1e3", " 1", "1 ", "18446744073709551616"})
        CHECK_MESSAGE(!read_count("-c", bad), bad);
    CHECK(read_count("-c", "70000", 1, 65535).error().hint == "allowed: 1 to 65535");
    CHECK(read_count("-c", "x").error().status == fid::Status::usage);
}

TEST_CASE("integers may be negative") {
    CHECK(read_integer("INDEX", "-5").value() == -5);
    CHECK(!read_integer("INDEX", "-"));
}

TEST_CASE("sizes have binary and decimal units") {
    CHECK(read_size("--max", "64k").value() == 65536);
    CHECK(read_size("--max", "1MB").value() == 1000000);
    CHECK(read_size("--max", "1GiB").value() == 1073741824);
    CHECK(read_size("--max", "1.5k").value() == 1536);
    for (const char* bad : {"", "k", "10Q", "-1k", "nan", "inf", "1e400"}) CHECK_MESSAGE(!read_size("--max", bad), bad);
}

TEST_CASE("durations have units and a bare number is seconds") {
    CHECK(read_duration("--timeout", "500ms").value() == 500ms);
    CHECK(read_duration("--timeout", "2").value() == 2s);
    CHECK(read_duration("--timeout", "0.25s").value() == 250ms);
    CHECK(read_duration("--timeout", "1m").value() == 60s);
    for (const char* bad : {"", "s", "1 s", "-1s", "5y"}) CHECK_MESSAGE(!read_duration("--timeout", bad), bad);
}

TEST_CASE("values times of rfc 3339") {
    CHECK(read_time("--at", "1970-01-01T00:00:00Z").value() == 0);
    CHECK(read_time("--at", "2026-05-01T10:20:30Z").value() == 1777630830);
    CHECK(read_time("--at", "2026-05-01t12:20:30.999+02:00").value() == 1777630830);
    CHECK(read_time("--at", "2026-05-01 08:20:30-02:00").value() == 1777630830);
    CHECK(read_time("--at", "1969-12-31T23:59:59Z").value() == -1);
    for (const char* bad :
         {"", "2026", "2026-05-01", "2026-05-01T10:20:30", "2026-13-01T10:20:30Z", "2026-02-29T00:00:00Z",
          "2026-05-01T24:00:00Z", "2026-05-01T10:20:30Zz", "2026-05-01T10:20:30+2", "x026-05-01T10:20:30Z"})
        CHECK_FALSE(read_time("--at", bad));
}
