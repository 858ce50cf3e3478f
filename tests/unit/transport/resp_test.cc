// SPDX-License-Identifier: MIT
#include "transport/resp.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace {

using namespace fid;
using namespace fid::transport;

/// The replies as lines, then what is wrong: "!8".
std::string read_in_steps(std::string_view text, std::size_t step, RespLimits limits) {
    RespReader reader(limits);
    Text out;
    const auto complain = [&out](const Error& error) {
        out.put('!');
        out.number(static_cast<std::uint64_t>(error.status));
        return out.take();
    };
    for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) {
        reader.feed(as_bytes(text.substr(0, step)));
        while (true) {
            auto reply = reader.next();
            if (!reply) return complain(reply.error());
            if (!*reply) break;
            put_resp_text(**reply, out);
            out.put('\n');
        }
    }
    if (const auto whole = reader.end(); !whole) return complain(whole.error());
    return out.take();
}

std::string read(std::string_view text, RespLimits limits = {}) {
    const std::string whole = read_in_steps(text, text.size(), limits);
    CHECK(read_in_steps(text, 1, limits) == whole);
    return whole;
}

std::string split(std::string_view line) {
    const auto words = split_resp_command(line);
    if (!words) return "!";
    std::string out;
    for (const std::string& word : *words) out += "<" + word + ">";
    return out;
}

}  // namespace

TEST_CASE("replies of every type, whole and in pieces") {
    CHECK(read("+OK\r\n-ERR x\r\n:12\r\n$3\r\na\"b\r\n") == "OK\n(error) ERR x\n(integer) 12\n\"a\\\"b\"\n");
    CHECK(read("*3\r\n*0\r\n*-1\r\n*1\r\n$0\r\n\r\n") == "[[], (nil), [\"\"]]\n");
    CHECK(read("%1\r\n+a\r\n~2\r\n#t\r\n_\r\n") == "{a: ~[(true), (nil)]}\n");
    CHECK(read("|1\r\n+a\r\n,1.5\r\n>1\r\n(123\r\n") == "|{a: (double) 1.5} >[(big number) 123]\n");
    CHECK(read("=5\r\nmkd:*\r\n!3\r\nE x\r\n,inf\r\n") == "(mkd) \"*\"\n(error) E x\n(double) inf\n");
}

TEST_CASE("what breaks the rules") {
    for (const std::string_view bytes :
         {"\r\n",   "+a\n",    "hello\r\n", ":\r\n",        ":1x\r\n",       ":99999999999999999999\r\n",
          "$x\r\n", "$-2\r\n", "*-2\r\n",   "$1\r\nab\r\n", "$1\r\na\rb",    "#x\r\n",
          ",x\r\n", "(1x\r\n", "(\r\n",     "_x\r\n",       "=3\r\nabc\r\n", "=4\r\nabcd\r\n",
          "$?\r\n", "*?\r\n",  ":+-1\r\n"}) {
        CAPTURE(bytes);
        CHECK(read(bytes) == "!8");
    }
    for (const std::string_view bytes : {"+a", "$1\r\n", "$1\r\na", "*1\r\n", "%1\r\n+a\r\n", "|1\r\n+a\r\n+b\r\n"}) {
        CAPTURE(bytes);
        CHECK(read(bytes) == "!18");
    }
}

TEST_CASE("size, number and depth of values are limited, for each reply anew") {
    const RespLimits limits{.bytes = 40, .values = 4, .depth = 2};
    CHECK(read("$20\r\n01234567890123456789\r\n+b\r\n", limits) == "\"01234567890123456789\"\nb\n");
    CHECK(read("$41\r\n", limits) == "!8");
    CHECK(read("*3\r\n+a\r\n+a\r\n+a\r\n*1\r\n+a\r\n", limits) == "[a, a, a]\n[a]\n");
    CHECK(read("*4\r\n+a\r\n+a\r\n+a\r\n+a\r\n", limits) == "!8");
    CHECK(read("*1\r\n*1\r\n+a\r\n", limits) == "[[a]]\n");
    CHECK(read("*1\r\n*1\r\n*1\r\n+a\r\n", limits) == "!8");
    CHECK(read("+" + std::string(70000, 'x')) == "!8");
    // Attributes of nothing, one after another, are no way around them.
    CHECK(read("|0\r\n|0\r\n|0\r\n|0\r\n|0\r\n+a\r\n", limits) == "!8");
}

TEST_CASE("a command is split as redis-cli does it") {
    CHECK(split("SET k \"a b\"") == "<SET><k><a b>");
    CHECK(split("  a\tb  ") == "<a><b>");
    CHECK(split(R"("\x41\x4\n\q\"\u{e4}\u{d800}")") == "<Ax4\nq\"\u00e4u{d800}>");
    CHECK(split(R"('a\'b\n' "")") == "<a'b\\n><>");
    CHECK(split("a\"b c\"") == "<ab c>");
    CHECK(split("").empty());
    for (const std::string_view line : {"\"a", "'a", "\"a\"b", "'a'b", "\"a\\", "a\"b"}) CHECK(split(line) == "!");
}

TEST_CASE("what a reply shows can be typed") {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    all += "\u202e\u00e4\u0085";
    RespValue value;
    value.kind = RespValue::Kind::string;
    value.text = all;
    Text text;
    put_resp_text(value, text);
    const auto words = split_resp_command(text.view());
    REQUIRE(words);
    REQUIRE(words->size() == 1);
    CHECK(words->front() == all);
}
