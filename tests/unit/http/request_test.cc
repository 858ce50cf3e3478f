// SPDX-License-Identifier: MIT
#include "http/request.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "http/chunked.h"

using namespace fid::http;

namespace {

/// What a server would do: 0 where the request is well, the status of the refusal otherwise, 1 where the end of the
/// head has not come.
unsigned verdict(std::string_view bytes, Request& request, const RequestLimits& limits = {}) {
    HeadScanner scanner;
    const auto end = scanner.scan(bytes, limits);
    if (!end) return end.error().status;
    if (!*end) return 1;
    const auto parsed = parse_head(bytes.substr(0, **end), limits, request);
    return parsed ? 0 : parsed.error().status;
}

unsigned verdict(std::string_view bytes) {
    Request request;
    return verdict(bytes, request);
}

constexpr std::string_view host = "Host: a\r\n";

unsigned with_fields(std::string fields) { return verdict("GET / HTTP/1.1\r\n" + fields + "\r\n"); }

}  // namespace

TEST_CASE("a request as browsers send it") {
    Request request;
    CHECK(verdict("GET /a/b.html?x=1&y HTTP/1.1\r\nHost: example.org:8080\r\nAccept: text/html\r\naccept: */*\r\n"
                  "User-Agent:  Mozilla/5.0 \t\r\nX-Own:\r\n\r\n",
                  request) == 0);
    CHECK(request.method == "GET");
    CHECK(request.path == "/a/b.html");
    CHECK(request.query == "x=1&y");
    CHECK(request.authority == "example.org:8080");
    CHECK(request.value(Known::accept) == "text/html, */*");
    CHECK(request.value(Known::user_agent) == "Mozilla/5.0");
    CHECK(request.fields.size() == 5);
    CHECK(request.keep_alive);
    CHECK(request.framing == Framing::none);
}

TEST_CASE("request lines") {
    const struct {
        std::string_view line;
        unsigned status;
    } table[]{
        {"GET / HTTP/1.1", 0},
        {"OPTIONS * HTTP/1.1", 0},
        {"GET http://other/x HTTP/1.1", 0},
        {"GET https://other HTTP/1.1", 0},
        {"CONNECT a:443 HTTP/1.1", 0},
        {"BREW /pot HTTP/1.1", 0},
        {"GET / HTTP/1.9", 0},
        {"GET * HTTP/1.1", 400},
        {"GET x HTTP/1.1", 400},
        {"GET ftp://other/ HTTP/1.1", 400},
        {"GET http:/// HTTP/1.1", 400},
        {"GET http://user@host/ HTTP/1.1", 400},
        {"GET / ", 400},
        {"GET /", 400},
        {"GET  / HTTP/1.1", 400},
        {"GET /a b HTTP/1.1", 400},
        {"GET /a\tb HTTP/1.1", 400},
        {"GET /#x HTTP/1.1", 400},
        {"GET /\xc3\xa4 HTTP/1.1", 400},
        {"GET / HTTP/1.1 ", 400},
        {" GET / HTTP/1.1", 400},
        {"G@T / HTTP/1.1", 400},
        {"GET / http/1.1", 400},
        {"GET / HTTP/11", 400},
        {"GET / HTTP/1.10", 400},
        {"GET / HTTP/2.0", 505},
        {"GET / HTTP/0.9", 505},
        {std::string_view("GET /\0 HTTP/1.1", 15), 400},
    };
    for (const auto& [line, status] : table) {
        CAPTURE(line);
        CHECK(verdict(std::string(line).append("\r\n").append(host).append("\r\n")) == status);
    }
}

TEST_CASE("the target's own host counts") {
    Request request;
    CHECK(verdict("GET http://there:81/x?y HTTP/1.1\r\nHost: here\r\n\r\n", request) == 0);
    CHECK(request.authority == "there:81");
    CHECK(request.path == "/x");
    CHECK(request.query == "y");
    CHECK(verdict("GET http://there?y HTTP/1.1\r\nHost: here\r\n\r\n", request) == 0);
    CHECK(request.path == "/");
}

TEST_CASE("fields") {
    const struct {
        std::string_view fields;
        unsigned status;
    } table[]{
        {"Host: a\r\n", 0},
        {"Host:\r\n", 0},
        {"Host: [::1]:80\r\n", 0},
        {"", 400},
        {"Host: a\r\nHost: a\r\n", 400},
        {"Host: a\r\nhost: b\r\n", 400},
        {"Host: a b\r\n", 400},
        {"Host: a/b\r\n", 400},
        {"Host: u@a\r\n", 400},
        {"Host : a\r\n", 400},
        {" Host: a\r\n", 400},
        {"Host: a\r\n folded\r\n", 400},
        {"Host: a\r\n\tfolded\r\n", 400},
        {"Host: a\r\nno colon\r\n", 400},
        {"Host: a\r\n: x\r\n", 400},
        {"Host: a\r\nX Y: z\r\n", 400},
        {"Host: a\r\nX\x80: z\r\n", 400},
        {"Host: a\r\nX: \xc3\xa4\r\n", 0},
        {"Host: a\r\nX: a\tb\r\n", 0},
        {"Host: a\r\nX: a\x7f\r\n", 400},
        {"Host: a\r\nX: a\x01\r\n", 400},
        {"Host: a\r\nX: a\rb\r\n", 400},
        {"Host: a\nX: b\r\n", 400},
        {"Host: a\r\nX: b\n", 400},
        {"Host: a\r\nExpect: 100-continue\r\n", 0},
        {"Host: a\r\nExpect: tea\r\n", 417},
        {"Host: a\r\nAuthorization: x\r\nAuthorization: y\r\n", 400},
        {"Host: a\r\nIf-Range: \"x\"\r\nIf-Range: \"x\"\r\n", 400},
    };
    for (const auto& [fields, status] : table) {
        CAPTURE(fields);
        CHECK(with_fields(std::string(fields)) == status);
    }
    CHECK(with_fields(std::string(host) + std::string("X: a\0b\r\n", 8)) == 400);
}

TEST_CASE("the length of a body can be understood in one way only") {
    const struct {
        std::string_view fields;
        unsigned status;
    } table[]{
        {"Content-Length: 0\r\n", 0},
        {"Content-Length: 00012\r\n", 0},
        {"Content-Length: 18446744073709551615\r\n", 0},
        {"Content-Length: 18446744073709551616\r\n", 400},
        {"Content-Length: \r\n", 400},
        {"Content-Length: +1\r\n", 400},
        {"Content-Length: -1\r\n", 400},
        {"Content-Length: 0x1\r\n", 400},
        {"Content-Length: 1 2\r\n", 400},
        {"Content-Length: 1,1\r\n", 400},
        {"Content-Length: 1\r\nContent-Length: 1\r\n", 400},
        {"Content-Length: 1\r\nContent-Length: 2\r\n", 400},
        {"Transfer-Encoding: chunked\r\n", 0},
        {"Transfer-Encoding: CHUNKED\r\n", 0},
        {"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", 400},
        {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400},
        {"Transfer-Encoding: chunked, chunked\r\n", 400},
        {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
        {"Transfer-Encoding: gzip\r\n", 400},
        {"Transfer-Encoding: identity\r\n", 400},
        {"Transfer-Encoding: xchunked\r\n", 400},
        {"Transfer-Encoding: chunked;q=1\r\n", 400},
        {"Transfer-Encoding: \"chunked\"\r\n", 400},
        {"Transfer-Encoding:\r\n", 400},
        {"Transfer-Encoding: chunked, gzip\r\n", 400},
        {"Transfer-Encoding: gzip, chunked\r\n", 501},
        {"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", 501},
    };
    for (const auto& [fields, status] : table) {
        CAPTURE(fields);
        CHECK(with_fields(std::string(host).append(fields)) == status);
    }
    CHECK(verdict("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
}

TEST_CASE("who stays and who goes") {
    const struct {
        std::string_view version, fields;
        bool stays;
    } table[]{
        {"1.1", "", true},
        {"1.1", "Connection: close\r\n", false},
        {"1.1", "Connection: x, CLOSE\r\n", false},
        {"1.1", "Connection: closed\r\n", true},
        {"1.0", "", false},
        {"1.0", "Connection: keep-alive\r\n", true},
        {"1.0", "Connection: Keep-Alive\r\nConnection: close\r\n", false},
    };
    for (const auto& [version, fields, stays] : table) {
        CAPTURE(version);
        CAPTURE(fields);
        Request request;
        std::string text = "GET / HTTP/";
        text.append(version).append("\r\n").append(host).append(fields).append("\r\n");
        CHECK(verdict(text, request) == 0);
        CHECK(request.keep_alive == stays);
    }
    CHECK(verdict("GET / HTTP/1.0\r\n\r\n") == 0);  // needs no Host
}

TEST_CASE("limits are kept before the end has come") {
    RequestLimits limits{.line_bytes = 20, .head_bytes = 60, .fields = 2};
    Request request;
    const std::string end = "\r\nHost: a\r\n\r\n";
    CHECK(verdict("GET /1234567 HTTP/1.1" + end, request, limits) == 414);
    CHECK(verdict("GET /123456 HTTP/1.1" + end, request, limits) == 0);
    CHECK(verdict("GET /123456789012345678", request, limits) == 414);
    CHECK(verdict("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(60, 'x'), request, limits) == 431);
    CHECK(verdict("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n", request, limits) == 0);
    CHECK(verdict("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nX: 2\r\n\r\n", request, limits) == 431);
}

TEST_CASE("a head that comes byte by byte is the same head") {
    const std::string text = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
    HeadScanner scanner;
    for (std::size_t size = 0; size + 4 < text.size(); ++size) {
        const auto end = scanner.scan(std::string_view(text).substr(0, size), {});
        REQUIRE(end);
        CHECK_FALSE(*end);
    }
    const auto end = scanner.scan(text, {});
    REQUIRE(end);
    CHECK(*end == text.size() - 4);
    CHECK(verdict("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(verdict("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
}

namespace {

/// Of a chunked body that is cut into parts of `step` bytes: the data, then "!" where it is broken and "." where it is
/// complete.
std::string unchunk(std::string_view text, std::size_t step) {
    ChunkedReader reader;
    std::string data, held;
    while (true) {
        const auto [state, used, part] = reader.take(held);
        data += part;
        held.erase(0, used);
        if (state == ChunkedReader::State::broken) return data + "!";
        if (state == ChunkedReader::State::done) return data + "." + held + std::string(text);
        if (used != 0) continue;
        if (text.empty()) return data;
        held += text.substr(0, step);
        text.remove_prefix(std::min(step, text.size()));
    }
}

}  // namespace

TEST_CASE("chunks") {
    const struct {
        std::string_view body, data;
    } table[]{
        {"0\r\n\r\n", "."},
        {"3\r\nabc\r\n0\r\n\r\n", "abc."},
        {"00A\r\n0123456789\r\n00\r\n\r\nGET", "0123456789.GET"},
        {"3;x=\"y\";z\r\nabc\r\n0;q\r\nTrailer: t\r\n\r\n", "abc."},
        {"3\nabc\r\n0\r\n\r\n", "!"},
        {"3\r\nabcd\r\n0\r\n\r\n", "abc!"},
        {"3\r\nabc0\r\n\r\n", "abc!"},
        {"3\r\nabc\n0\r\n\r\n", "abc!"},
        {"\r\n\r\n", "!"},
        {" 3\r\nabc\r\n", "!"},
        {"3 \r\nabc\r\n", "!"},
        {"0x3\r\nabc\r\n", "!"},
        {"-1\r\n", "!"},
        {"g\r\n", "!"},
        {"3;a\nb\r\nabc\r\n", "!"},
        {"1000000000000000\r\n", "!"},
        {"0\r\nTrailer: \n\r\n", "!"},
    };
    for (const auto& [body, data] : table) {
        for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, body.size()}) {
            CAPTURE(body);
            CAPTURE(step);
            CHECK(unchunk(body, step) == data);
        }
    }
    CHECK(unchunk("1;" + std::string(10'000, 'x') + "\r\na\r\n0\r\n\r\n", 100) == "!");
}
