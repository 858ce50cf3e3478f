// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "mail/imap_name.h"
#include "mail/imap_response.h"

using fid::Status;
using fid::mail::decode_mailbox;
using fid::mail::encode_mailbox;
using fid::mail::imap_quoted;
using fid::mail::ImapReader;
using fid::mail::ImapResponse;
using fid::mail::ImapUrl;
using fid::mail::ImapValue;

namespace {

constexpr std::uint64_t most = 1000;

std::vector<ImapResponse> read(std::string_view bytes, std::size_t step) {
    ImapReader reader(most);
    std::vector<ImapResponse> responses;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        reader.feed(bytes.substr(at, step));
        while (true) {
            auto next = reader.next();
            REQUIRE(next);
            if (!*next) break;
            responses.push_back(std::move(**next));
        }
    }
    CHECK(reader.empty());
    return responses;
}

}  // namespace

TEST_CASE("responses, in pieces of any size") {
    constexpr std::string_view bytes =
        "* OK [CAPABILITY IMAP4rev1 IDLE] hello {5}\r\n* 12 EXISTS\r\n"
        "* 3 FETCH (UID 7 BODY[HEADER.FIELDS (FROM TO)] {10}\r\na\r\n)\r\n* (x FLAGS (\\Seen) X NIL Y \"q\\\"u\")\r\n"
        "* LIST () NIL {3}\r\na/b\r\n+ idling\r\nf1 NO [ALERT] no {3}\r\nf2 OK\r\n";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        const auto responses = read(bytes, step);
        REQUIRE(responses.size() == 7);
        CHECK(responses[0].status == "OK");
        CHECK(responses[0].code == "CAPABILITY IMAP4rev1 IDLE");
        CHECK(responses[0].text == "hello {5}");
        CHECK(responses[1].numbered("exists") == 12);
        const ImapResponse& fetch = responses[2];
        CHECK(fetch.numbered("FETCH") == 3);
        REQUIRE(fetch.item("BODY[HEADER.FIELDS (FROM TO)]") != nullptr);
        CHECK(fetch.item("BODY[HEADER.FIELDS (FROM TO)]")->text == "a\r\n)\r\n* (x");
        CHECK(fetch.item("UID")->number() == 7);
        CHECK(fetch.item("FLAGS")->list[0].text == "\\Seen");
        CHECK(fetch.item("X")->kind == ImapValue::Kind::nil);
        CHECK(fetch.item("Y")->text == "q\"u");
        CHECK(fetch.item("Z") == nullptr);
        CHECK(responses[3].values.back().text == "a/b");
        CHECK(responses[4].tag == "+");
        CHECK(responses[5].status == "NO");
        CHECK(responses[5].code == "ALERT");
        CHECK(responses[6].tag == "f2");
    }
}

TEST_CASE("what is no response") {
    for (const std::string_view bytes :
         {"\r\n", "* \r\n", "*\r\n", "hello\r\n", "* (\r\n", "* )\r\n", "* \"a\r\n", "* 1 {1001}\r\n", "f1 FETCH\r\n",
          "* 1 FETCH (BODY[] {600}\r\n", "* {99999999999999999999999}\r\n", "* \x01\r\n"}) {
        INFO(bytes);
        ImapReader reader(most);
        reader.feed(bytes);
        if (bytes.contains("{600}")) {
            CHECK(!*reader.next());
            reader.feed(std::string(600, 'x') + " {600}\r\n");
        }
        const auto next = reader.next();
        REQUIRE(!next);
        CHECK(next.error().status == Status::protocol_violation);
    }
    ImapReader deep(most), longest(most);
    deep.feed("* " + std::string(200, '(') + std::string(200, ')') + "\r\n");
    CHECK(!deep.next());
    longest.feed(std::string(ImapReader::most_line_bytes + 1, 'x'));
    CHECK(!longest.next());
}

TEST_CASE("names of mailboxes") {
    // The examples of RFC 3501 section 5.1.3 and what is beyond the first plane.
    const std::pair<std::string_view, std::string_view> names[]{
        {"INBOX", "INBOX"}, {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
        {"R&D", "R&-D"},    {"Entwürfe", "Entw&APw-rfe"},
        {"😀", "&2D3eAA-"}, {"a\r\nb", "a&AA0ACg-b"}};
    for (const auto& [utf8, name] : names) {
        CHECK(encode_mailbox(utf8) == name);
        CHECK(decode_mailbox(name) == utf8);
    }
    for (const std::string_view odd : {"&", "a&b", "&!-", "&AA-", "&A-"}) CHECK(decode_mailbox(odd) == odd);
    CHECK(imap_quoted("a\"\\b") == "\"a\\\"\\\\b\"");
    CHECK(!imap_quoted("ü"));
    CHECK(!imap_quoted("a\n"));
}

TEST_CASE("addresses of mailboxes") {
    const auto url = ImapUrl::parse("imaps://ann%40x@mail.example:1993/Talks%20%26/more");
    REQUIRE(url);
    CHECK(url->server.user == "ann@x");
    CHECK(url->server.port_or_default() == 1993);
    CHECK(url->mailbox == "Talks &/more");
    CHECK(ImapUrl::parse("imap://h")->mailbox.empty());
    CHECK(ImapUrl::parse("imap://[::1]/")->server.port_or_default() == 143);
    for (const std::string_view wrong :
         {"mail.example", "http://x/", "imaps://u:p@h/", "imaps:///INBOX", "imaps://h/%2", "imaps://h/%zz"})
        CHECK(ImapUrl::parse(wrong).error().status == Status::usage);
}
