// SPDX-License-Identifier: MIT
#include "mail/reply.h"

#include <doctest/doctest.h>

using fid::Status;
using fid::mail::Reply;
using fid::mail::ReplyReader;

TEST_CASE("replies, in pieces of any size") {
    constexpr std::string_view bytes =
        "220 mail.example ESMTP\r\n250-mail.example\r\n250-SIZE 1000\r\n250 PIPELINING\n250\r\n"
        "550-5.1.1 no such\r\n550 5.1.1 user\r\n";
    for (std::size_t step = 1; step < 30; ++step) {
        ReplyReader reader;
        std::vector<Reply> replies;
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            reader.feed(bytes.substr(at, step));
            while (true) {
                auto next = reader.next();
                REQUIRE(next);
                if (!*next) break;
                replies.push_back(std::move(**next));
            }
        }
        CHECK(reader.empty());
        REQUIRE(replies.size() == 4);
        CHECK(replies[0].text() == "220 mail.example ESMTP");
        CHECK(replies[1].lines == std::vector<std::string>{"mail.example", "SIZE 1000", "PIPELINING"});
        CHECK(replies[2].text() == "250");
        CHECK(replies[3].text() == "550 5.1.1 no such user");
        CHECK(replies[3].enhanced() == "5.1.1");
    }
}

TEST_CASE("what is no reply") {
    for (const std::string_view bytes : {"hello\r\n", "220_x\r\n", "20 x\r\n", "150 x\r\n", "600 x\r\n", "\r\n",
                                         "250-a\r\n251 b\r\n", "250-a\r\nb\r\n", "\x16\x03\x01\x02\n"}) {
        INFO(bytes);
        ReplyReader reader;
        reader.feed(bytes);
        const auto next = reader.next();
        REQUIRE(!next);
        CHECK(next.error().status == Status::protocol_violation);
    }
}

TEST_CASE("a reply without end is given up") {
    ReplyReader line, lines;
    line.feed(std::string(ReplyReader::most_line_bytes + 1, '2'));
    CHECK(!line.next());
    std::size_t fed = 0;
    while (true) {
        lines.feed("250-x\r\n");
        if (!lines.next()) break;
        REQUIRE((fed += 6) <= ReplyReader::most_bytes + 6);
    }
}

TEST_CASE("enhanced status codes") {
    const auto enhanced = [](unsigned code, std::string line) {
        const Reply reply{.code = code, .lines = {std::move(line)}};
        return std::string(reply.enhanced());
    };
    CHECK(enhanced(250, "2.1.0 Ok") == "2.1.0");
    CHECK(enhanced(250, "2.1.0") == "2.1.0");
    CHECK(enhanced(250, "5.1.0 Ok").empty());
    CHECK(enhanced(550, "5.1 no").empty());
    CHECK(enhanced(550, "5.1.1000 no").empty());
    CHECK(enhanced(550, "").empty());
}
