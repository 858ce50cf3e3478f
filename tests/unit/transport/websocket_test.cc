// SPDX-License-Identifier: MIT
#include "transport/websocket.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace fid;
using namespace fid::transport;
using Kind = WebSocketEvent::Kind;
using Octets = std::vector<std::uint8_t>;

std::string text_of(Bytes bytes) { return std::string(as_text(bytes)); }

Octets operator+(Octets one, const Octets& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

/// All that the bytes say, in words: "text:Hello", "ping:x", "close:1000:bye", at last what was wrong: "1002".
std::string story(WebSocketReader& reader, Bytes bytes, std::size_t step) {
    std::string out, message;
    const auto tell = [&out](const std::string& word) { out += (out.empty() ? "" : " ") + word; };
    while (true) {
        const auto next = reader.next();
        if (!next) {
            tell(std::to_string(next.error().code));
            CHECK(reader.next().error().code == next.error().code);
            return out;
        }
        if (!*next) {
            if (bytes.empty()) return out;
            reader.feed(bytes.first(std::min(step, bytes.size())));
            bytes = bytes.subspan(std::min(step, bytes.size()));
            continue;
        }
        const WebSocketEvent& event = **next;
        if (event.kind == Kind::data) {
            message += text_of(event.payload);
            if (event.last) tell((event.text ? "text:" : "binary:") + message);
            if (event.last) message.clear();
        } else if (event.kind == Kind::close) {
            tell("close:" + std::to_string(event.code) + ":" + text_of(event.payload));
        } else {
            tell((event.kind == Kind::ping ? "ping:" : "pong:") + text_of(event.payload));
        }
    }
}

/// The same whether the bytes come at once or one by one.
std::string read(const Octets& bytes, WebSocketRole role = WebSocketRole::client, WebSocketLimits limits = {},
                 std::optional<DeflateTerms> terms = std::nullopt) {
    WebSocketReader at_once(role, limits, terms), one_by_one(role, limits, terms);
    const std::string whole = story(at_once, bytes, SIZE_MAX);
    CHECK(story(one_by_one, bytes, 1) == whole);
    return whole;
}

Octets frame(Opcode opcode, std::string_view payload) {
    Octets out;
    put_frame(out, opcode, as_bytes(payload), std::nullopt);
    return out;
}

const Octets hello{0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f};
const Octets masked_hello{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58};

}  // namespace

TEST_CASE("the examples of RFC 6455 section 5.7") {
    CHECK(read(hello) == "text:Hello");
    CHECK(read(masked_hello, WebSocketRole::server) == "text:Hello");
    CHECK(read({0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f}) == "text:Hello");
    CHECK(read({0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}) == "ping:Hello");
    CHECK(read({0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}, WebSocketRole::server) ==
          "pong:Hello");
    const std::string middle(256, 'x'), large(65536, 'y');
    CHECK(read(Octets{0x82, 0x7e, 0x01, 0x00} + Octets(256, 'x')) == "binary:" + middle);
    CHECK(read(Octets{0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0} + Octets(65536, 'y')) == "binary:" + large);

    Octets out;
    put_frame(out, Opcode::text, as_bytes("Hello"), std::array<std::uint8_t, 4>{0x37, 0xfa, 0x21, 0x3d});
    CHECK(out == masked_hello);
    CHECK(frame(Opcode::binary, middle) == Octets{0x82, 0x7e, 0x01, 0x00} + Octets(256, 'x'));
    CHECK(frame(Opcode::binary, large) == Octets{0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0} + Octets(65536, 'y'));
}

TEST_CASE("the shortest length at every border") {
    for (const std::size_t size : {0UL, 125UL, 126UL, 65535UL, 65536UL}) {
        const std::string payload(size, 'p');
        CHECK(read(frame(Opcode::binary, payload)) == "binary:" + payload);
    }
    CHECK(read({0x82, 126, 0, 125}) == "1002");
    CHECK(read({0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff}) == "1002");
    CHECK(read({0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0}) == "1002");
}

TEST_CASE("a mask goes on where the last piece ended") {
    const std::array<std::uint8_t, 4> mask{1, 2, 3, 4};
    for (std::size_t cut = 0; cut <= 37; ++cut) {
        Octets whole(37), pieces(37);
        mask_bytes(whole, mask, 0);
        mask_bytes(std::span(pieces).first(cut), mask, 0);
        mask_bytes(std::span(pieces).subspan(cut), mask, cut);
        CHECK(whole == pieces);
        CHECK(whole[36] == 1);
    }
}

TEST_CASE("fragments with control frames between them") {
    CHECK(read(Octets{0x01, 0x02, 'a', 'b', 0x89, 0x01, '!', 0x00, 0x00, 0x80, 0x01, 'c'} + hello) ==
          "ping:! text:abc text:Hello");
    CHECK(read({0x01, 0x00, 0x80, 0x00}) == "text:");
    CHECK(read({0x82, 0x00, 0x81, 0x00}) == "binary: text:");
}

TEST_CASE("what breaks the rules is answered with 1002") {
    CHECK(read(masked_hello) == "1002");                  // a server must not mask
    CHECK(read(hello, WebSocketRole::server) == "1002");  // a client has to
    CHECK(read({0xc1, 0x00}) == "1002");                  // RSV1 without an extension
    CHECK(read({0xa1, 0x00}) == "1002");                  // RSV2
    CHECK(read({0x91, 0x00}) == "1002");                  // RSV3
    for (const int kind : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
        CHECK(read({static_cast<std::uint8_t>(0x80 | kind), 0x00}) == "1002");
    CHECK(read({0x80, 0x00}) == "1002");                           // a continuation of nothing
    CHECK(read({0x01, 0x01, 'a', 0x81, 0x00}) == "1002");          // a message within another
    CHECK(read({0x09, 0x00}) == "1002");                           // a ping in fragments
    CHECK(read({0x89, 0x7e, 0x00, 0x7e}) == "1002");               // a ping of 126 bytes
    CHECK(read(hello + Octets{0xff, 0xff}) == "text:Hello 1002");  // what came before is given
}

TEST_CASE("the codes of a Close") {
    CHECK(read({0x88, 0x00}) == "close:1005:");
    CHECK(read(Octets{0x88, 0x05, 0x03, 0xe8, 'b', 'y', 'e'} + hello) == "close:1000:bye");  // nothing follows
    CHECK(read({0x88, 0x01, 0x03}) == "1002");
    CHECK(read({0x88, 0x03, 0x03, 0xe8, 0xff}) == "1007");
    const auto judged = [](int code) {
        return read({0x88, 0x02, static_cast<std::uint8_t>(code / 256), static_cast<std::uint8_t>(code % 256)});
    };
    for (const int good : {1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999})
        CHECK(judged(good) == "close:" + std::to_string(good) + ":");
    for (const int bad : {0, 999, 1004, 1005, 1006, 1015, 1100, 2999, 5000, 65535}) CHECK(judged(bad) == "1002");
    CHECK(close_payload(1002, "no") == Octets{0x03, 0xea, 'n', 'o'});
    CHECK(close_payload(1002, std::string(200, 'r')).size() == 125);
}

TEST_CASE("text is UTF-8, over fragments too") {
    const std::string word = "\xce\xba\xe1\xbd\xb9\xcf\x83\xf0\x9f\x98\x80";
    for (std::size_t cut = 0; cut <= word.size(); ++cut) {
        Octets bytes = frame(Opcode::text, word.substr(0, cut)) + frame(Opcode::continuation, word.substr(cut));
        bytes[0] &= 0x7f;
        CHECK(read(bytes) == "text:" + word);
    }
    for (const std::string_view bad :
         {"\xff", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80", "\x80", "a\xc3", "\xe2\x82", "\xc3("})
        CHECK(read(frame(Opcode::text, bad)) == "1007");
    CHECK(read(frame(Opcode::binary, "\xff")) == "binary:\xff");
    for (const std::string_view good : {"\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf", "\xc2\x80", "\xe0\xa0\x80"})
        CHECK(read(frame(Opcode::text, good)) == "text:" + std::string(good));
}

TEST_CASE("a message's size is limited, also in fragments, before its bytes come") {
    const WebSocketLimits limits{.message = 10};
    CHECK(read(frame(Opcode::binary, "0123456789"), WebSocketRole::client, limits) == "binary:0123456789");
    CHECK(read({0x82, 11}, WebSocketRole::client, limits) == "1009");
    CHECK(read({0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, WebSocketRole::client, limits) == "1009");
    Octets parts = frame(Opcode::binary, "012345");
    parts[0] &= 0x7f;
    CHECK(read(parts + frame(Opcode::continuation, "6789"), WebSocketRole::client, limits) == "binary:0123456789");
    CHECK(read(parts + frame(Opcode::continuation, "6789a"), WebSocketRole::client, limits) == "1009");
}

TEST_CASE("the examples of RFC 7692 section 7.2.3") {
    const auto inflated = [](const Octets& bytes, DeflateTerms terms = {}) {
        return read(bytes, WebSocketRole::client, {.message = 1000}, terms);
    };
    const Octets first{0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00};
    const Octets shared{0xc1, 0x05, 0xf2, 0x00, 0x11, 0x00, 0x00};
    CHECK(inflated(first) == "text:Hello");
    CHECK(inflated({0x41, 0x03, 0xf2, 0x48, 0xcd, 0x80, 0x04, 0xc9, 0xc9, 0x07, 0x00}) == "text:Hello");
    CHECK(inflated(first + shared) == "text:Hello text:Hello");
    CHECK(inflated({0xc1, 0x0b, 0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00}) == "text:Hello");
    CHECK(inflated({0xc1, 0x08, 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00}) == "text:Hello");  // BFINAL
    CHECK(inflated({0xc1, 0x0d, 0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00}) ==
          "text:Hello");
    CHECK(inflated(hello) == "text:Hello");
    CHECK(inflated({0xc1, 0x01, 0x00}) == "text:");
    // A window that was to be forgotten, a stream that is none, one that is cut, RSV1 where it must not be.
    CHECK(inflated(first + shared, {.forget_received = true}) == "text:Hello 1007");
    CHECK(inflated({0xc1, 0x02, 0xff, 0xff}) == "1007");
    CHECK(inflated({0xc1, 0x03, 0xf2, 0x48, 0xcd}) == "1007");
    CHECK(inflated({0x01, 0x00, 0xc0, 0x00}) == "1002");
    CHECK(inflated({0xc9, 0x00}) == "1002");
}

TEST_CASE("what is deflated inflates to the same, and no further than the limit") {
    std::string message;
    for (int i = 0; i < 30000; ++i) message += std::to_string(i * 7919 % 1000) + " ";
    for (const DeflateTerms terms : {DeflateTerms{}, DeflateTerms{.forget_received = true, .forget_sent = true},
                                     DeflateTerms{.sent_window_bits = 9}}) {
        Deflater deflater(terms);
        Octets bytes;
        std::string expected;
        for (const std::string& one : {message, std::string("short"), message, std::string(1000000, 'z')}) {
            const auto small = deflater.deflate(as_bytes(one));
            REQUIRE(small);
            CHECK(small->size() < one.size() + 16);
            put_frame_head(bytes, {.compressed = true, .size = small->size(), .mask = {}});
            bytes.insert(bytes.end(), small->begin(), small->end());
            expected += (expected.empty() ? "text:" : " text:") + one;
        }
        WebSocketReader reader(WebSocketRole::client, {}, terms),
            strict(WebSocketRole::client, {.message = 999999}, terms);
        CHECK(story(reader, bytes, 1000) == expected);
        CHECK(story(strict, bytes, SIZE_MAX).ends_with(" 1009"));
    }
    CHECK_FALSE(Deflater({.sent_window_bits = 8}).deflate(as_bytes("Hello")).has_value());
}

TEST_CASE("the server's answer about compression") {
    CHECK(read_deflate_answer("permessage-deflate"));
    const auto all = read_deflate_answer(
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; "
        "client_max_window_bits=\"9\"");
    REQUIRE(all);
    CHECK((all->forget_received && all->forget_sent && all->sent_window_bits == 9));
    for (const std::string_view bad :
         {"", "x-webkit-deflate-frame", "permessage-deflate, permessage-deflate", "permessage-deflate; other",
          "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=7",
          "permessage-deflate; client_max_window_bits=16", "permessage-deflate; server_max_window_bits=08",
          "permessage-deflate; server_no_context_takeover=1",
          "permessage-deflate; server_no_context_takeover; server_no_context_takeover"})
        CHECK_FALSE(read_deflate_answer(bad).has_value());
}
