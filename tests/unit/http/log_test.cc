// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "http/access_log.h"

using namespace fid;
using namespace fid::http;

namespace {

std::string line(LogFormat format, const LogEntry& entry) {
    std::string out;
    AccessLog log(format, [&out](std::string_view lines) { out += lines; });
    log.add(entry);
    log.flush();
    return out;
}

const LogEntry entry{.peer = "192.0.2.1",
                     .user = {},
                     .method = "GET",
                     .target = "/a?b",
                     .status = 206,
                     .bytes = 12,
                     .referer = {},
                     .agent = "curl/8",
                     .seconds = 784111777};

}  // namespace

TEST_CASE("the Common Log Format") {
    CHECK(line(LogFormat::common, entry) ==
          "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 206 12\n");
    LogEntry other = entry;
    other.user = "ann b\n";
    other.target = "/\"\\\x1b[31m\n\x80";
    CHECK(
        line(LogFormat::common, other) ==
        "192.0.2.1 - ann+b\\x0a [06/Nov/1994:08:49:37 +0000] \"GET /\\x22\\x5c\\x1b[31m\\x0a\\x80 HTTP/1.1\" 206 12\n");
    other.method = {};
    other.user = {};
    other.status = 400;
    CHECK(line(LogFormat::common, other) == "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"-\" 400 12\n");
}

TEST_CASE("lines of JSON") {
    CHECK(line(LogFormat::json, entry) ==
          R"({"type":"request","time":"1994-11-06T08:49:37Z","peer":"192.0.2.1","user":null,"method":"GET",)"
          R"("target":"/a?b","protocol":"HTTP/1.1","status":206,"body_bytes":12,"referer":null,"user_agent":"curl/8"})"
          "\n");
    CHECK(line(LogFormat::none, entry).empty());
}
