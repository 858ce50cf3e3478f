// SPDX-License-Identifier: MIT
#include "dns/message.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace fid;
using namespace fid::dns;

namespace {

Question about(std::string_view name, std::uint16_t type = type::a) { return {*Name::parse(name), type, klass::in}; }

std::string hex(Bytes bytes) {
    Text out;
    out.hex_bytes(bytes);
    return out.take();
}

std::string query_hex(const Question& question, const QueryOptions& options) {
    std::array<std::uint8_t, 512> buffer{};
    return hex(Bytes(buffer).first(write_query(buffer, 0x1234, question, options)));
}

/// The answer to a question: its bytes with QR set, then more.
std::string reply_to(const Question& question, std::string_view records, unsigned answers = 1) {
    std::array<std::uint8_t, 512> buffer{};
    const std::size_t size = write_query(buffer, 0x1234, question, {.edns = std::nullopt});
    buffer[2] |= 0x80U;
    buffer[7] = static_cast<std::uint8_t>(answers);
    return std::string(as_text(Bytes(buffer).first(size))) + std::string(records);
}

using namespace std::string_view_literals;
constexpr std::string_view address = "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"sv;

}  // namespace

TEST_CASE("dns questions are written byte by byte") {
    CHECK(query_hex(about("a.b"), {.edns = std::nullopt}) ==
          "12340100000100000000000001610162000001"
          "0001");
    CHECK(query_hex(about("."), {.flags = 0, .edns = Edns{}}) ==
          "123400000001000000000001"
          "0000010001"
          "00002904d0000000000000");
    Edns edns;
    edns.flags = flag_dnssec_ok;
    edns.nsid = true;
    edns.subnet = Prefix(Family::v4, 0xc0000280, 25);
    edns.cookie = {1, 2, 3, 4, 5, 6, 7, 8};
    CHECK(query_hex(about("."), {.edns = edns}) ==
          "123401000001000000000001"
          "0000010001"
          "00002904d00000800000"
          "1c"
          "00030000"
          "0008000800011900c0000280"
          "000a00080102030405060708");
}

TEST_CASE("dns questions are padded to whole blocks") {
    for (const std::string name : {"a", "example.com", "a-name-that-is-longer.example.com"}) {
        QueryOptions options;
        options.edns->padding = 128;
        std::array<std::uint8_t, 512> buffer{};
        CHECK(write_query(buffer, 1, about(name), options) == 128);
    }
}

TEST_CASE("dns questions that do not fit are not written") {
    std::array<std::uint8_t, 32> buffer{};
    CHECK(write_query(std::span(buffer).first(27), 1, about("."), {}) == 0);
    CHECK(write_query(std::span(buffer).first(28), 1, about("."), {}) == 28);
}

TEST_CASE("dns answers have to be ours") {
    const Question question = about("Host.example");
    std::string reply = reply_to(question, address);
    CHECK(match_reply(as_bytes(reply), 0x1234, question) == Match::yes);
    CHECK(match_reply(as_bytes(reply), 0x1235, question) == Match::other_id);
    CHECK(match_reply(as_bytes(reply), 0x1234, about("host.EXAMPLE")) == Match::yes);
    CHECK(match_reply(as_bytes(reply), 0x1234, about("host.EXAMPLE"), true) == Match::other_question);
    CHECK(match_reply(as_bytes(reply), 0x1234, question, true) == Match::yes);
    CHECK(match_reply(as_bytes(reply), 0x1234, about("Host.example", type::mx)) == Match::other_question);
    CHECK(match_reply(as_bytes(reply), 0x1234, about("Host.examplf")) == Match::other_question);
    CHECK(match_reply(as_bytes(reply).first(20), 0x1234, question) == Match::other_question);
    CHECK(match_reply(as_bytes(reply).first(11), 0x1234, question) == Match::too_short);
    reply[2] &= 0x7f;
    CHECK(match_reply(as_bytes(reply), 0x1234, question) == Match::no_response);
    // Without a question only an error passes.
    CHECK(match_reply(as_bytes("\x12\x34\x81\x80\0\0\0\0\0\0\0\0"sv), 0x1234, question) == Match::other_question);
    CHECK(match_reply(as_bytes("\x12\x34\x81\x81\0\0\0\0\0\0\0\0"sv), 0x1234, question) == Match::yes);
}

TEST_CASE("dns records are walked section by section") {
    // TTLs with the top bit are 0; OPT need not stand last.
    std::string reply = reply_to(about("h"),
                                 "\xc0\x0c\0\1\0\1\x80\0\0\1\0\4\xc0\0\2\1"
                                 "\0\0\x29\x02\0\1\0\x80\0\0\5\0\x0f\0\2\x16"
                                 "\xc0\x0c\0\1\0\1\0\0\0\1\0\4\xc0\0\2\2"sv);
    reply[11] = 2;
    const auto message = Message::open(as_bytes(reply));
    REQUIRE(message);
    CHECK(message->whole());
    Records records(*message);
    Record record;
    REQUIRE(records.next(record));
    CHECK(record.section == Section::answer);
    CHECK(record.ttl == 0);
    CHECK(message->name(record.name_at)->text() == "h.");
    CHECK(hex(message->rdata(record)) == "c0000201");
    REQUIRE(records.next(record));
    REQUIRE(records.next(record));
    CHECK(record.section == Section::additional);
    CHECK_FALSE(records.next(record));
    CHECK(records.ok());
    const auto edns = message->edns();
    REQUIRE(edns);
    CHECK(edns->udp_size == 512);
    CHECK(edns->flags == flag_dnssec_ok);
    CHECK(message->rcode(edns) == 16);
    Bytes rest = edns->options;
    CHECK_FALSE(take_option(rest).has_value());  // one byte where two were told
}

TEST_CASE("dns messages that break off are not whole") {
    const std::string reply = reply_to(about("h.example"), address);
    CHECK(Message::open(as_bytes(reply))->whole());
    for (std::size_t size = header_size; size < reply.size(); ++size)
        CHECK_FALSE(Message::open(as_bytes(reply).first(size))->whole());
    CHECK_FALSE(Message::open(as_bytes(reply).first(11)).has_value());
    // A name that points to itself, forwards, or has a label of an unknown kind.
    for (const std::string_view name : {"\xc0\x1b"sv, "\xc0\x1d"sv, "\xc0\xff"sv, "\x80"sv, "\x41"sv}) {
        const std::string bad = reply_to(about("h.example"), std::string(name) + std::string(address.substr(2)));
        CHECK_FALSE(Message::open(as_bytes(bad))->whole());
    }
}
