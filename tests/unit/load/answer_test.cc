// SPDX-License-Identifier: MIT
#include "load/answer.h"

#include <doctest/doctest.h>

#include <string>

using namespace fid::load;

namespace {

/// "200+" for an answer after which the connection goes on, "200-" for one after which it does not, "!" where it is
/// malformed, "..." where more has to come, "200$" where the end of the connection is the answer's; what follows an
/// answer stands in brackets.
std::string read(std::string_view bytes, bool to_head = false, std::size_t step = std::string_view::npos) {
    AnswerReader reader;
    KnownHead known;
    reader.expect(to_head);
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, step);
        const auto [state, used] = reader.take(piece, known);
        REQUIRE(used <= piece.size());
        bytes.remove_prefix(used);
        if (state == AnswerReader::State::broken) return "!";
        if (state == AnswerReader::State::done) {
            std::string told = std::to_string(reader.head().status) + (reader.head().persistent ? "+" : "-");
            return bytes.empty() ? told : told + "[" + std::string(bytes) + "]";
        }
        REQUIRE(used == piece.size());
    }
    return reader.ends_with_connection() ? std::to_string(reader.head().status) + "$" : "...";
}

}  // namespace

TEST_CASE("where answers end") {
    const struct {
        std::string_view bytes, expected;
        bool to_head = false;
    } table[]{
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200+"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "..."},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1", "200+[HTTP/1.1]"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200+"},
        {"HTTP/1.1 200 OK\r\ncontent-LENGTH:5\r\n\r\nhello", "200+"},
        {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "200+"},
        {"HTTP/1.1 200 OK\nContent-Length: 2\n\nab", "200+"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "200+", true},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "304+"},
        {"HTTP/1.1 204 No Content\r\n\r\n", "204+"},
        {"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", "204+"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "200-"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: foo , CLOSE\r\n\r\n", "200-"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n", "200-"},
        {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "200-"},
        {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", "200+"},
        {"HTTP/1.1 200 OK\r\n\r\nabc", "200$"},
        {"HTTP/1.1 200 OK\r\n\r\n", "200$"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "200+"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\nZ", "200+[Z]"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n0\r\n\r\n", "200+"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n", "200$"},
        // Both: the coding counts, and the connection is not to be trusted any more (RFC 9112 section 6.3).
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "200-"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", "!"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "!"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "..."},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", "200+"},
        {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n", "204+"},
        {"HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\nHTTP/1.1 204 No\r\n\r\n", "204+"},
        {"HTTP/1.1 100 Continue\r\n\r\n", "..."},
        {"HTTP/1.1 101 Switching\r\n\r\n", "!"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "200+"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "!"},
        {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "!"},
        {"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n", "!"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n", "!"},
        {"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "!"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "!"},
        {"HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na", "!"},
        {"HTTP/1.1 200 OK\r\nX: y\r\n Content-Length: 1\r\n\r\na", "!"},
        {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "!"},
        {"HTTP/2 200\r\n\r\n", "!"},
        {"HTTP/1.1 20 OK\r\n\r\n", "!"},
        {"HTTP/1.1 2000 OK\r\n\r\n", "!"},
        {"HTTP/1.1 099 OK\r\n\r\n", "!"},
        {"SSH-2.0-OpenSSH_9.2\r\n", "!"},
        {"\r\n", "!"},
        {"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", "999+"},
    };
    for (const auto& row : table) {
        CAPTURE(row.bytes);
        for (const std::size_t step : {std::string_view::npos, std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
            const std::string told = read(row.bytes, row.to_head, step);
            // Cut into pieces, what follows the answer is not all there yet.
            CHECK(told == row.expected);
        }
    }
}

TEST_CASE("a head that is known is not read again, and never taken for another") {
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
    KnownHead known;
    AnswerReader reader;
    const auto take = [&](std::string_view bytes, bool to_head = false) {
        reader.expect(to_head);
        return reader.take(bytes, known);
    };
    CHECK(take(head + "abc").state == AnswerReader::State::done);
    CHECK(known.begins(head, false));
    CHECK(take(head + "abc").used == head.size() + 3);
    CHECK(take(head + "ab").state == AnswerReader::State::more);
    CHECK(reader.to_skip() == 1);
    CHECK(reader.skipped(1) == AnswerReader::State::done);
    CHECK(take(head, true).state == AnswerReader::State::done);
    CHECK(reader.head().status == 200);
    CHECK(take("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nabc").state == AnswerReader::State::more);
    CHECK(reader.to_skip() == 27);
    // A head behind an interim one is not kept as if it came alone.
    CHECK(take("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 204 N\r\n\r\n").state == AnswerReader::State::done);
    CHECK(take("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 500 N\r\nContent-Length: 0\r\n\r\n").state == AnswerReader::State::done);
    CHECK(reader.head().status == 500);
    // A chunked one begins its chunks anew.
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 3; ++i) CHECK(take(chunked + "1\r\na\r\n0\r\n\r\n").state == AnswerReader::State::done);
    CHECK(take(chunked + "1\r\na").state == AnswerReader::State::more);
    CHECK(take(chunked + "1\r\na\r\n0\r\n\r\n").state == AnswerReader::State::done);
}

TEST_CASE("a head without end is refused, in bounded memory") {
    for (const bool lines : {false, true}) {
        AnswerReader reader;
        KnownHead known;
        reader.expect(false);
        std::string piece = lines ? "X: " + std::string(1000, 'a') + "\r\n" : std::string(1000, 'a');
        CHECK(reader.take("HTTP/1.1 200 OK\r\nX: ", known).state == AnswerReader::State::more);
        int pieces = 0;
        while (reader.take(piece, known).state == AnswerReader::State::more) ++pieces;
        CHECK(static_cast<std::size_t>(pieces) * piece.size() <= AnswerReader::most_head_bytes);
    }
}
