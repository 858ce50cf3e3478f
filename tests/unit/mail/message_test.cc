// SPDX-License-Identifier: MIT
#include "mail/message.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "mail/compose.h"
#include "mail/header.h"
#include "mail/mailbox.h"
#include "mail/sasl.h"

using namespace fid::mail;
using fid::Status;

namespace {

std::string written(std::string_view bytes, bool stuff, std::size_t step) {
    LineWriter writer(stuff);
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += step) writer.feed(bytes.substr(at, step), out);
    writer.finish(out);
    return out;
}

SourceFilePtr file_of(std::string_view bytes) {
    fid::transport::Descriptor file(::open("/tmp", O_TMPFILE | O_RDWR, 0600));
    REQUIRE(file.valid());
    REQUIRE(::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    return std::make_shared<const SourceFile>(std::move(file), bytes.size(), "a file");
}

std::string all_of(const Message& message, bool wire) {
    MessageReader reader(message, wire);
    std::string out;
    while (!reader.at_end()) REQUIRE(reader.next(out));
    return out;
}

}  // namespace

TEST_CASE("line ends and dots, in pieces of any size") {
    struct Row {
        std::string_view bytes, wire;
    };
    constexpr Row rows[]{
        {"", ""},
        {"a", "a\r\n"},
        {"a\n", "a\r\n"},
        {"a\r\n", "a\r\n"},
        {"a\r", "a\r\n"},
        {".", "..\r\n"},
        {".\n..\n", "..\r\n...\r\n"},
        {"a\n.\nb", "a\r\n..\r\nb\r\n"},
        {"a\r.\rb", "a\r\n..\r\nb\r\n"},
        {"a\r\r\n.\r\n", "a\r\n\r\n..\r\n"},
        {"a\n\r.\n", "a\r\n\r\n..\r\n"},
        {"\r\n.\r\n", "\r\n..\r\n"},
        {"a.b\n c.\n", "a.b\r\n c.\r\n"},
    };
    for (const Row& row : rows)
        for (std::size_t step = 1; step < 6; ++step) {
            INFO(row.bytes, " in pieces of ", step);
            CHECK(written(row.bytes, true, step) == row.wire);
        }
    CHECK(written(".\n.", false, 1) == ".\r\n.\r\n");
}

TEST_CASE("nothing but line ends takes time as it is long") {
    const std::string returns(4'000'000, '\r');
    CHECK(written(returns, true, returns.size()).size() == 2 * returns.size());
}

TEST_CASE("a ready message is known before it is sent") {
    Message message;
    REQUIRE(message.add_message(file_of("Subject: \xc3\xa9\n\n.hidden\nlonger line\n.")));
    CHECK(message.eight_bit());
    CHECK(message.utf8_header());
    CHECK(message.longest_line() == 11);
    CHECK(all_of(message, false) == "Subject: \xc3\xa9\r\n\r\n.hidden\r\nlonger line\r\n.\r\n");
    CHECK(message.size() == all_of(message, false).size());
    CHECK(all_of(message, true) == "Subject: \xc3\xa9\r\n\r\n..hidden\r\nlonger line\r\n..\r\n.\r\n");
    Message body;
    REQUIRE(body.add_message(file_of("Subject: a\n\n\xc3\xa9\n")));
    CHECK(body.eight_bit());
    CHECK(!body.utf8_header());
}

TEST_CASE("files in base64, of any length") {
    for (const std::size_t size : {0UL, 1UL, 2UL, 56UL, 57UL, 58UL, 57UL * 840, 57UL * 840 + 1, 200'000UL}) {
        Message message;
        message.add_text("x\r\n");
        message.add_base64(file_of(std::string(size, 'a')));
        const std::string text = all_of(message, false);
        CHECK_MESSAGE(text.size() == message.size(), size);
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find("\r\n", at);
            REQUIRE(end != std::string::npos);
            REQUIRE(end - at <= 76);
            at = end + 2;
        }
    }
}

TEST_CASE("a file that becomes shorter is an error, not a shorter message") {
    fid::transport::Descriptor file(::open("/tmp", O_TMPFILE | O_RDWR, 0600));
    REQUIRE(file.valid());
    Message message;
    message.add_base64(std::make_shared<const SourceFile>(std::move(file), 10, "a file"));
    MessageReader reader(message, true);
    std::string out;
    const auto read = reader.next(out);
    REQUIRE(!read);
    CHECK(read.error().status == Status::cannot_read);
}

TEST_CASE("addresses") {
    for (const std::string_view fit :
         {"a@b", "postmaster", "a.b+c@[192.0.2.1]", "\"a b\"@c", "\"<\\\">\"@c", "j\xc3\xb6rg@ex\xc3\xa4mple.org"})
        CHECK_MESSAGE(check_address(fit), fit);
    const std::string_view unfit[]{"a@b\r\nRCPT TO:<c@d>",
                                   "a\n@b",
                                   std::string_view("a\0@b", 4),
                                   "a b@c",
                                   "a@b>",
                                   "<a@b",
                                   "a,b@c",
                                   "\"a@b",
                                   "@b",
                                   "a@",
                                   "-a@b",
                                   "\xff@b",
                                   "a\x7f@b",
                                   "a\x1b@b"};
    for (const std::string_view bad : unfit) {
        INFO(bad);
        const auto fit = check_address(bad);
        REQUIRE(!fit);
        CHECK(fit.error().status == Status::usage);
    }
    CHECK(!check_address(std::string(255, 'a')));
    const auto list = parse_mailboxes(R"(a@b, Ann B. <ann@b>, "Example, \"Ann\"" <c@d> ,<e@f>)");
    REQUIRE(list);
    REQUIRE(list->size() == 4);
    CHECK((*list)[1].name == "Ann B.");
    CHECK((*list)[1].address == "ann@b");
    CHECK((*list)[2].name == "Example, \"Ann\"");
    CHECK((*list)[3].address == "e@f");
    for (const std::string_view bad : {"", "a@b,", "Ann <>", "Ann <a@b", "Ann <a@b> x", "\"Ann <a@b>", "<a@b>c@d"})
        CHECK_MESSAGE(!parse_mailboxes(bad), bad);
}

TEST_CASE("header fields are lines of a bearable length") {
    CHECK(text_field("Subject", "hello world") == "Subject: hello world\r\n");
    CHECK(text_field("Subject", "") == "Subject:\r\n");
    CHECK(text_field("Subject", "caf\xc3\xa9") == "Subject: =?utf-8?B?Y2Fmw6k=?=\r\n");
    CHECK(text_field("Subject", "=?utf-8?Q?x?=").find("=?utf-8?Q?x?=") == std::string::npos);
    const std::string long_words(600, 'x');
    std::string many;
    for (int i = 0; i < 100; ++i) many += "\xe2\x82\xac uro ";
    for (const std::string& value : {long_words, many, std::string(5000, '?'), many + long_words}) {
        const std::string field = text_field("Subject", value);
        for (std::size_t at = 0; at < field.size();) {
            const std::size_t end = field.find("\r\n", at);
            REQUIRE(end != std::string::npos);
            CHECK(end - at <= 76);
            CHECK((at == 0 || field[at] == ' '));
            at = end + 2;
        }
    }
    CHECK(!check_field("Subject", "a\r\nBcc: b"));
    CHECK(!check_field("Sub ject", "a"));
    CHECK(!check_field("Subject:", "a"));
    CHECK(!check_field("", "a"));
    CHECK(check_field("X-Any", "caf\xc3\xa9"));
}

TEST_CASE("how texts are encoded") {
    CHECK(encode_text("plain\n.\n").encoding == "7bit");
    CHECK(encode_text(std::string(999, 'x')).encoding == "quoted-printable");
    CHECK(encode_text("some caf\xc3\xa9 with more letters \n").text == "some caf=C3=A9 with more letters=20\r\n");
    CHECK(encode_text("\xe2\x82\xac\xe2\x82\xac").encoding == "base64");
    CHECK(encode_text(std::string_view("a\0bcdefgh", 9)).text == "a=00bcdefgh\r\n");
}

TEST_CASE("SCRAM-SHA-256 wants the server's own proof") {
    const auto client = make_sasl("SCRAM-SHA-256", "user", "pencil");
    const auto first = client->initial();
    REQUIRE(first);
    const std::string nonce = first->substr(first->find("r=") + 2);
    CHECK(!make_sasl("SCRAM-SHA-256", "user", "pencil")->answer("r=other,s=QSXCR+Q6sek8bf92,i=4096"));
    const auto proof = client->answer("r=" + nonce + "more,s=QSXCR+Q6sek8bf92,i=4096");
    REQUIRE(proof);
    CHECK(proof->starts_with("c=biws,r=" + nonce + "more,p="));
    CHECK(!client->complete());
    CHECK(!client->answer("v=AAAA"));
    CHECK(!client->complete());
}
