// SPDX-License-Identifier: MIT
#include "transfer/redirect.h"

#include <doctest/doctest.h>

using namespace fid;
using namespace fid::transfer;

namespace {

Request request_to(std::string url) {
    Request request{.url = std::move(url)};
    request.headers = {"X-Key: k", "accept: a/b", "Content-Type: c/d", "X-Empty;"};
    request.credentials.user = "ann:pw";
    request.cookies = "a=1";
    request.body = {.kind = Body::Kind::bytes, .bytes = "data"};
    return request;
}

}  // namespace

TEST_CASE("an origin is scheme, host and port") {
    CHECK(origin_of("http://h/x") == origin_of("http://u:p@h:80/y?z"));
    CHECK(origin_of("http://h/") != origin_of("https://h/"));
    CHECK(origin_of("http://h/") != origin_of("http://h:8080/"));
}

TEST_CASE("on the same origin all goes along") {
    Request request = request_to("http://h/a");
    REQUIRE(redirect(request, 307, "http://h/b", origin_of("http://h/a")));
    CHECK(request.url == "http://h/b");
    CHECK(request.headers.size() == 4);
    CHECK(request.credentials.user == "ann:pw");
    CHECK(request.body.kind == Body::Kind::bytes);
}

TEST_CASE("another origin gets nothing that may be a secret") {
    Request request = request_to("http://h/a");
    REQUIRE(redirect(request, 307, "http://other/b", origin_of("http://h/a")));
    CHECK(request.headers == std::vector<std::string>{"accept: a/b", "Content-Type: c/d"});
    CHECK(request.credentials.user.empty());
    CHECK(request.cookies.empty());
}

TEST_CASE("a POST becomes a GET where all clients do that") {
    for (const long code : {301L, 302L, 303L}) {
        Request request = request_to("http://h/a");
        REQUIRE(redirect(request, code, "http://h/b", origin_of("http://h/a")));
        CHECK(request.body.kind == Body::Kind::none);
    }
}

TEST_CASE("neither to plain http nor to other schemes") {
    Request request = request_to("https://h/a");
    const auto down = redirect(request, 302, "http://h/b", origin_of("https://h/a"));
    REQUIRE_FALSE(down);
    CHECK(down.error().status == Status::protocol_violation);
    CHECK_FALSE(redirect(request, 302, "file:///etc/passwd", origin_of("https://h/a")));
    request.redirects.allow_downgrade = true;
    CHECK(redirect(request, 302, "http://h/b", origin_of("https://h/a")));
}

TEST_CASE("a URL is shown without its password") {
    CHECK(shown_url("http://u:p@h/x") == "http://h/x");
    CHECK(shown_url("http://h/x") == "http://h/x");
}
