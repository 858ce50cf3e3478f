// SPDX-License-Identifier: MIT
#include "ftp/reply.h"

#include <doctest/doctest.h>

#include "ftp/features.h"

using namespace fid;
using namespace fid::ftp;

namespace {

/// All replies in `bytes`, fed in pieces of `step`; nothing where one is refused.
std::optional<std::vector<Reply>> read_all(std::string_view bytes, std::size_t step) {
    ReplyReader reader;
    std::vector<Reply> replies;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        reader.feed(bytes.substr(at, step));
        while (true) {
            auto next = reader.next();
            if (!next) return std::nullopt;
            if (!*next) break;
            replies.push_back(std::move(**next));
        }
    }
    return replies;
}

Reply one(std::string_view bytes) {
    auto replies = read_all(bytes, 4096);
    REQUIRE(replies);
    REQUIRE(replies->size() == 1);
    return replies->front();
}

}  // namespace

TEST_CASE("replies of one line and of several, in pieces of any size") {
    constexpr std::string_view bytes =
        "220 ready\r\n"
        "211-Features:\r\n MDTM\r\n 211 not the end\r\n211-nor this\r\n2110 nor that\r\n211 End\r\n"
        "230\r\n"
        "257 \"/a\" here\n";
    for (const std::size_t step : {1U, 2U, 3U, 7U, 4096U}) {
        const auto replies = read_all(bytes, step);
        REQUIRE(replies);
        REQUIRE(replies->size() == 4);
        CHECK((*replies)[0].code == 220);
        CHECK((*replies)[0].lines == std::vector<std::string>{"ready"});
        CHECK((*replies)[1].lines ==
              std::vector<std::string>{"Features:", " MDTM", " 211 not the end", "nor this", "2110 nor that", "End"});
        CHECK((*replies)[2].lines == std::vector<std::string>{""});
        CHECK((*replies)[3].lines == std::vector<std::string>{"\"/a\" here"});
    }
}

TEST_CASE("what is no reply is refused") {
    for (const std::string_view bytes : {"SSH-2.0-OpenSSH\r\n", "22 short\r\n", "999 beyond\r\n", "099 below\r\n",
                                         "220_odd\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "abc\n"})
        CHECK_MESSAGE(!read_all(bytes, 4096), bytes);
}

TEST_CASE("a reply without end is given up") {
    CHECK(!read_all(std::string(ReplyReader::most_line_bytes + 2, '2'), 1000));
    std::string many = "211-begin\r\n";
    while (many.size() < 2 * ReplyReader::most_bytes) many += " more of the same, again and again\r\n";
    CHECK(!read_all(many, 8192));
}

TEST_CASE("ports of passive replies") {
    CHECK(extended_passive_port(one("229 Entering Extended Passive Mode (|||6446|)\r\n")) == 6446);
    CHECK(extended_passive_port(one("229 ok (!!!65535!)\r\n")) == 65535);
    for (const std::string_view bad :
         {"229 (|||0|)\r\n", "229 (|||65536|)\r\n", "229 (|||64x6|)\r\n", "229 |||6446|\r\n", "229 (||6446|)\r\n",
          "229 (|||)\r\n", "229 (11164461)\r\n", "227 (|||6446|)\r\n", "229 (|||-1|)\r\n", "229 (\r\n"})
        CHECK_MESSAGE(!extended_passive_port(one(bad)), bad);
    CHECK(passive_port(one("227 Entering Passive Mode (127,0,0,1,25,46)\r\n")) == 25 * 256 + 46);
    CHECK(passive_port(one("227 Entering Passive Mode 10,0,0,1,0,21\r\n")) == 21);
    for (const std::string_view bad : {"227 (1,2,3,4,5)\r\n", "227 (1,2,3,4,5,256)\r\n", "227 (1,2,3,4,0,0)\r\n",
                                       "227 (1.2.3.4.5.6)\r\n", "227 none\r\n", "227\r\n", "229 (1,2,3,4,5,6)\r\n"})
        CHECK_MESSAGE(!passive_port(one(bad)), bad);
}

TEST_CASE("quoted paths") {
    CHECK(quoted_path(one("257 \"/home/a\" is current\r\n")) == "/home/a");
    CHECK(quoted_path(one("257 \"/with \"\"quotes\"\"\"\r\n")) == "/with \"quotes\"");
    CHECK(!quoted_path(one("257 /bare\r\n")));
    CHECK(!quoted_path(one("257 \"/open\r\n")));
    CHECK(!quoted_path(one("250 \"/a\"\r\n")));
}

TEST_CASE("times of MDTM and MLSD, both ways") {
    CHECK(time_value("20240501102030") == 1714558830);
    CHECK(time_value("20240501102030.123") == 1714558830);
    CHECK(time_value("19700101000000") == 0);
    CHECK(time_value("191240501102030") == 1714558830);
    CHECK(time_text(1714558830) == "20240501102030");
    CHECK(time_text(-1) == "19691231235959");
    for (const std::string_view bad : {"", "2024", "20241301000000", "20240230000000", "20240501242030",
                                       "20240501106030", "2024050110203", "99999999999999999999", "x"})
        CHECK_MESSAGE(!time_value(bad), bad);
}

TEST_CASE("features") {
    const Features features = parse_features(one(
        "211-Extensions:\r\n MLST size*;modify*;\r\n mdtm\r\n SIZE\r\n REST STREAM\r\n UTF8\r\n MFMTX\r\n211 End\r\n"));
    CHECK(features.known);
    CHECK(features.mlst);
    CHECK(features.mdtm);
    CHECK(features.size);
    CHECK(features.rest_stream);
    CHECK(features.utf8);
    CHECK(!features.mfmt);
    CHECK(!parse_features(one("500 what?\r\n")).known);
}
