// SPDX-License-Identifier: MIT
#include "http/negotiation.h"

#include <doctest/doctest.h>

#include <string>

#include "http/coding.h"
#include "http/media_type.h"

using namespace fid::http;

namespace {

std::string wanted(std::string_view accept) {
    std::string out;
    const CodingChoice choice(accept);
    for (const Coding coding : choice.wanted()) {
        if (!out.empty()) out += ' ';
        out += coding == Coding::identity ? "-" : coding_name(coding);
    }
    return out;
}

}  // namespace

TEST_CASE("content codings") {
    const struct {
        std::string_view accept, expected;
    } table[]{
        {"", "-"},
        {"gzip", "gzip -"},
        {"gzip, deflate, br, zstd", "br zstd gzip -"},
        {"GZIP;Q=1", "gzip -"},
        {"x-gzip", "gzip -"},
        {"gzip;q=1.0, br;q=0.5", "gzip br -"},
        {"gzip;q=0.001, br;q=0", "gzip -"},
        {"gzip;q=0", "-"},
        {"identity;q=1, gzip;q=0.5", "- gzip"},
        {"gzip, identity;q=0", "gzip"},
        {"*", "br zstd gzip -"},
        {"*;q=0", ""},
        {"gzip, *;q=0", "gzip"},
        {"gzip;q=0.2, *;q=0.7", "br zstd gzip -"},
        {"deflate", "-"},
        {"gzip;q=2", "-"},
        {"gzip;q=0.1234", "-"},
        {"gzip;q=", "-"},
        {" , gzip ; q=0.5 ,", "gzip -"},
    };
    for (const auto& [accept, expected] : table) {
        CAPTURE(accept);
        CHECK(wanted(accept) == expected);
    }
}

TEST_CASE("JSON or HTML") {
    for (const std::string_view accept :
         {"application/json", "application/json, text/html;q=0.9", "application/*", "text/html;q=0, */*",
          "application/JSON;q=0.5, text/*;q=0.4", "text/plain, application/json"}) {
        CAPTURE(accept);
        CHECK(prefers_json(accept));
    }
    for (const std::string_view accept :
         {"", "*/*", "text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
          "application/json;q=0", "application/json, text/html", "text/html, */*;q=0.1"}) {
        CAPTURE(accept);
        CHECK_FALSE(prefers_json(accept));
    }
}

TEST_CASE("compressed or not worth it") {
    const std::string text(10'000, 'x');
    for (const Coding coding : {Coding::brotli, Coding::zstd, Coding::gzip}) {
        const auto smaller = compress(coding, text);
        REQUIRE(smaller);
        CHECK(smaller->size() < 200);
        CHECK_FALSE(compress(coding, "abc"));
        CHECK_FALSE(compress(coding, ""));
    }
}

TEST_CASE("media types") {
    CHECK(media_type("index.html").name == "text/html; charset=utf-8");
    CHECK(media_type("A.JPG").name == "image/jpeg");
    CHECK(media_type("x.tar.gz").name == "application/gzip");
    CHECK(media_type("README").name == "text/plain; charset=utf-8");
    CHECK(media_type("x").name == "application/octet-stream");
    CHECK(media_type("x.").name == "application/octet-stream");
    CHECK_FALSE(media_type("x.zip").compressible);
    CHECK(media_type("x.svg").compressible);
}
