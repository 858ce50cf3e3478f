// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <string>

#include "report/output.h"

using namespace fid::report;

namespace {

constexpr std::array fields{Field{"name", Type::text, "who"}, Field{"size_bytes", Type::integer, "how much"},
                            Field{"tags", Type::list, "words"}};
constexpr RecordType thing{"thing", "A thing.", fields};

/// What Output writes for one record with these options.
std::string written(OutputOptions options, const Record& record) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    {
        Output out(ends[1], std::move(options));
        out.write(record);
    }
    close(ends[1]);
    std::array<char, 4096> buffer{};
    const auto size = read(ends[0], buffer.data(), buffer.size());
    close(ends[0]);
    return {buffer.data(), static_cast<std::size_t>(size)};
}

Record sample() {
    Record record(thing);
    record.set("name", "a,\"b\"\x1b");
    record.set("size_bytes", Value::big(~Uint128{0}));
    record.set("tags", List{1, true, Value()});
    return record;
}

}  // namespace

TEST_CASE("a record is one JSON object with its type first and exact numbers") {
    CHECK(written({.format = Format::json}, sample()) ==
          "{\"type\":\"thing\",\"name\":\"a,\\\"b\\\"\\u001b\",\"size_bytes\":340282366920938463463374607431768211455,"
          "\"tags\":[1,true,null]}\n");
}

TEST_CASE("fields choose and order") {
    CHECK(written({.format = Format::json, .fields = {"tags", "name"}}, sample()) ==
          "{\"type\":\"thing\",\"tags\":[1,true,null],\"name\":\"a,\\\"b\\\"\\u001b\"}\n");
    CHECK(written({.format = Format::csv, .fields = {"size_bytes"}}, Record(thing)) == "size_bytes\n\n");
}

TEST_CASE("csv quotes what needs it") {
    CHECK(written({.format = Format::csv}, sample()) ==
          "name,size_bytes,tags\n\"a,\"\"b\"\"\x1b\",340282366920938463463374607431768211455,\"1 yes \"\n");
}

TEST_CASE("text escapes what came from outside") {
    CHECK(written({}, sample()).find("a,\"b\"\\x1b") != std::string::npos);
}

TEST_CASE("not a number is null") {
    Record record(thing);
    record.set("size_bytes", std::nan(""));
    CHECK(written({.format = Format::json, .fields = {"size_bytes"}}, record) ==
          "{\"type\":\"thing\",\"size_bytes\":null}\n");
}

TEST_CASE("a reader that has gone is a quiet end and a full disk is not") {
    std::signal(SIGPIPE, SIG_IGN);  // as fid itself does
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    close(ends[0]);
    Output gone(ends[1], {});
    gone.text().put("x");
    gone.flush();
    CHECK(gone.closed());
    CHECK(gone.write_error().empty());
    close(ends[1]);

    const int full = open("/dev/full", O_WRONLY);
    REQUIRE(full >= 0);
    Output disk(full, {});
    disk.text().put("x");
    disk.flush();
    CHECK(disk.write_error() == "No space left on device");
    close(full);
}
