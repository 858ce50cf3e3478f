// SPDX-License-Identifier: MIT
#include "ftp/names.h"

#include <doctest/doctest.h>

#include "ftp/url.h"

using namespace fid::ftp;

TEST_CASE("names that become files here") {
    for (const std::string_view good : {"a", "a b", "-rf", "\"q\"", "...", "~root", "C:\\x", "na\xc3\xafve"})
        CHECK_MESSAGE(is_plain_name(good), good);
    for (const std::string_view bad :
         {std::string_view(""), std::string_view("."), std::string_view(".."), std::string_view("a/b"),
          std::string_view("/"), std::string_view("a\rb"), std::string_view("a\nb"), std::string_view("a\0b", 3)})
        CHECK(!is_plain_name(bad));
    CHECK(!is_plain_name(std::string(256, 'x')));
}

TEST_CASE("partial names are short, hidden, and another one for each version") {
    const std::string first = partial_name("big.iso", 10, 20);
    CHECK(first.starts_with(".big.iso.fidpart-"));
    CHECK(is_partial_name(first));
    CHECK(first != partial_name("big.iso", 11, 20));
    CHECK(first != partial_name("big.iso", 10, 21));
    CHECK(first != partial_name("big.iso", 10, std::nullopt));
    CHECK(first == partial_name("big.iso", 10, 20));
    const std::string one(255, 'x'), other = std::string(254, 'x') + "y";
    CHECK(partial_name(one, 1, 1).size() <= 255);
    CHECK(partial_name(one, 1, 1) != partial_name(other, 1, 1));
    for (const std::string_view not_ours : {"big.iso", ".hidden", ".fidpart-1234567g", "x.fidpart-12345678", ""})
        CHECK(!is_partial_name(not_ours));
}

TEST_CASE("paths") {
    CHECK(joined("", "a") == "a");
    CHECK(joined("/", "a") == "/a");
    CHECK(joined("a/b", "c") == "a/b/c");
    CHECK(parent_path("/a") == "/");
    CHECK(parent_path("a") == "");
    CHECK(parent_path("a/b/c") == "a/b");
    CHECK(base_name("a/b") == "b");
}

TEST_CASE("addresses") {
    struct Row {
        std::string_view text, host, path, pattern;
        bool directory = false;
    };
    for (const Row& row :
         {Row{"ftp://h/a/b", "h", "a/b", ""}, Row{"ftp://h", "h", "", ""}, Row{"ftp://h/", "h", "", ""},
          Row{"h/a", "h", "a", ""}, Row{"ftp://h//etc/x", "h", "/etc/x", ""},
          Row{"ftp://h/%2Fetc/x", "h", "/etc/x", ""}, Row{"ftp://h//", "h", "/", "", true},
          Row{"ftp://h/a/", "h", "a", "", true}, Row{"ftps://u@h:2121/a%20b", "h", "a b", ""},
          Row{"ftp://h/what?", "h", "", "what?"}, Row{"ftp://h/p/*.iso", "h", "p", "*.iso"},
          Row{"ftp://h/p/a%2A", "h", "p/a*", ""}, Row{"ftp://h/a#b", "h", "a#b", ""}}) {
        INFO(row.text);
        const auto url = Url::parse(row.text);
        REQUIRE(url);
        CHECK(url->server.host == row.host);
        CHECK(url->path == row.path);
        CHECK(url->pattern == row.pattern);
        CHECK(url->directory == row.directory);
    }
    for (const std::string_view bad : {"http://h/", "ftp://u:secret@h/", "ftp://h/a%0d%0aDELE%20b", "ftp://h/a%00",
                                       "ftp://h/%zz", "ftp:///x", "ftp://h:99999/"})
        CHECK_MESSAGE(!Url::parse(bad), bad);
    CHECK(fits("*.iso", ".x.iso"));
    CHECK(fits("a\\*", "a*"));
    CHECK(!fits("a\\*", "ab"));
}
