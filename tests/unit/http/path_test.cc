// SPDX-License-Identifier: MIT
#include "http/path.h"

#include <doctest/doctest.h>

using namespace fid;
using namespace fid::http;

TEST_CASE("paths are decoded once and cleaned") {
    const struct {
        std::string_view encoded;
        std::optional<std::string> clean;
    } table[]{
        {"/", "/"},
        {"/a", "/a"},
        {"/a/", "/a/"},
        {"//a", "/a"},
        {"/a//b///", "/a/b/"},
        {"/./a/./b/.", "/a/b/"},
        {"/a/../b", "/b"},
        {"/a/b/..", "/a/"},
        {"/a/b/../", "/a/"},
        {"/a/..", "/"},
        {"/%61%2Eb", "/a.b"},
        {"/%2e%2e/x", std::nullopt},
        {"/..", std::nullopt},
        {"/../", std::nullopt},
        {"/a/../../b", std::nullopt},
        {"/a/%2e./%2E%2e/b", std::nullopt},
        {"/...", "/..."},
        {"/..a/b..", "/..a/b.."},
        {"/%252e%252e/x", "/%2e%2e/x"},
        {"/a%5C..%5Cb", "/a\\..\\b"},
        {"/a%2Fb", std::nullopt},
        {"/a%00b", std::nullopt},
        {"/%", std::nullopt},
        {"/%4", std::nullopt},
        {"/%zz", std::nullopt},
        {"/%c3%a4 +", "/\xc3\xa4 +"},
        {"a", std::nullopt},
        {"", std::nullopt},
        {"*", std::nullopt},
    };
    for (const auto& [encoded, clean] : table) {
        CAPTURE(encoded);
        CHECK(clean_path(encoded) == clean);
    }
}

TEST_CASE("hidden names") {
    for (const std::string_view path : {"/.git/config", "/a/.b", "/.", "/.well-known/.x", "/.well-known"})
        CHECK(is_hidden_path(path));
    for (const std::string_view path : {"/", "/a.b/c", "/.well-known/acme", "/a..b"}) CHECK_FALSE(is_hidden_path(path));
}

TEST_CASE("names as paths, and values of queries") {
    Text text;
    put_path("/a b/\xc3\xa4<\"'>&?#%:;.html", text);
    CHECK(text.view() == "/a%20b/%C3%A4%3C%22%27%3E%26%3F%23%25%3A%3B.html");
    CHECK(query_value("sort=size&order=desc", "order") == "desc");
    CHECK(query_value("sort=size&order=desc", "sort") == "size");
    CHECK(query_value("q=a+b%26c&q=2", "q") == "a b&c");
    CHECK(query_value("q", "q") == "");
    CHECK_FALSE(query_value("aq=1&q%31=2", "q"));
    CHECK_FALSE(query_value("q=%4", "q"));
    CHECK_FALSE(query_value("", "q"));
}
