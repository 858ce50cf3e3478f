// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <re2/re2.h>

#include "cmd/connect/script_language.h"
#include "cmd/connect/script_match.h"

using namespace fid;
using namespace fid::cmd::connect;

namespace {

ScriptSurroundings surroundings() {
    ScriptSurroundings all;
    all.variables["id"] = "7";
    all.environment = [](const std::string& name) -> std::optional<std::string> {
        if (name == "SECRET") return "swordfish";
        return std::nullopt;
    };
    return all;
}

std::vector<ScriptStep> read(std::string_view text) {
    auto steps = read_script("s", text, surroundings());
    REQUIRE_MESSAGE(steps.has_value(), text);
    return std::move(*steps);
}

std::string refusal(std::string_view text) {
    const auto steps = read_script("s", text, surroundings());
    REQUIRE_MESSAGE(!steps.has_value(), text);
    CHECK(steps.error().status == Status::bad_input);
    return steps.error().subject + " " + steps.error().cause;
}

std::string bytes_of(std::string_view text) {
    std::string all;
    const auto steps = read(text);  // a name of its own: the loop would not keep it alive
    for (const TextPart& part : steps.at(0).text) {
        if (part.kind == TextPart::Kind::bytes) all += part.text;
        if (part.kind == TextPart::Kind::variable) all += "<" + part.text + ">";
        if (part.kind == TextPart::Kind::environment) all += "[" + part.text + "]";
    }
    return all;
}

void append(MatchBuffer& buffer, std::string_view text) { buffer.append(as_bytes(text)); }

}  // namespace

TEST_CASE("script: texts, escapes, bytes and variables") {
    CHECK(bytes_of(R"(send "a\r\n\t\x00\xfF\\\"\$$$")") == std::string("a\r\n\t\0\xff\\\"$$", 10));
    CHECK(bytes_of(R"(send "a" x"42 4344" "e" # "f")") == "aBCDe");
    CHECK(bytes_of(R"(send "GET /$id/${id}x $ENV{SECRET}")") == "GET /<id>/<id>x [SECRET]");
    CHECK(bytes_of("  send\t\"# no comment\"  \r") == "# no comment");
    CHECK(read("# nothing\n\n   \n# at all").empty());
    CHECK(read("send \"\"").at(0).text.size() == 1);
}

TEST_CASE("script: commands with their arguments") {
    const auto steps = read(
        "timeout 2s\nexpect /id=(?P<new>\\d+)/i\nset x \"$new\"\ncapture y /a\\/b/\nsend \"$x$y\"\n"
        "close\nsleep 1ms\nexpect-eof\nprint \"$y\"");
    REQUIRE(steps.size() == 9);
    CHECK(steps[0].time == std::chrono::seconds(2));
    CHECK(steps[1].pattern != nullptr);
    CHECK(steps[1].source == "/id=(?P<new>\\d+)/i");
    CHECK(steps[1].groups.at(0).first == "new");
    CHECK(re2::RE2::PartialMatch("ID=5", *steps[1].pattern));
    CHECK(steps[3].name == "y");
    CHECK(re2::RE2::PartialMatch("a/b", *steps[3].pattern));
    CHECK(steps[7].command == ScriptCommand::expect_eof);
    CHECK(steps[8].line == 9);
}

TEST_CASE("script: faults by line and column") {
    CHECK(refusal("\n\nsned \"x\"") == "s:3:1 there is no command 'sned'");
    CHECK(refusal("send") == "s:1:5 a text in quotation marks is wanted");
    CHECK(refusal("send x") == "s:1:6 a text in quotation marks is wanted");
    CHECK(refusal("send \"abc") == "s:1:6 no quotation mark ends this text");
    CHECK(refusal("send \"\\q\"") == "s:1:7 there is no such escape");
    CHECK(refusal("send \"\\xg0\"") == "s:1:7 \\x wants two hexadecimal digits");
    CHECK(refusal("send \"\\") == "s:1:7 there is no such escape");
    CHECK(refusal("send x\"0\"") == "s:1:8 two hexadecimal digits are wanted");
    CHECK(refusal("send x\"00") == "s:1:6 no quotation mark ends these bytes");
    CHECK(refusal("send \"$other\"") == "s:1:7 nothing has set 'other'");
    CHECK(refusal("send \"a $ b\"") == "s:1:9 a name is wanted after $");
    CHECK(refusal("send \"${id\"") == "s:1:7 no } ends this name");
    CHECK(refusal("send \"$ENV{NONE}\"") == "s:1:7 the environment has no 'NONE'");
    CHECK(refusal("send \"$late\"\nset late \"x\"") == "s:1:7 nothing has set 'late'");
    CHECK(refusal("expect \"\"") == "s:1:8 an empty text is always there");
    CHECK(refusal("expect /a") == "s:1:8 no slash ends this expression");
    CHECK(refusal("expect /a(/").starts_with("s:1:8 not a regular expression: missing )"));
    CHECK(refusal("expect /a)(b/").starts_with("s:1:8 not a regular expression"));
    CHECK(refusal("expect /((((a{1000}){1000}){1000}){1000})/").starts_with("s:1:8 not a regular expression"));
    CHECK(refusal("expect /a/ \"b\"") == "s:1:12 nothing more is wanted here");
    CHECK(refusal("capture x \"a\"") == "s:1:11 an expression between slashes is wanted");
    CHECK(refusal("capture 1x /a/") == "s:1:9 '1x' is not a name");
    CHECK(refusal("set ENV \"a\"") == "s:1:5 'ENV' is not a name");
    CHECK(refusal("timeout") == "s:1:8 a time is wanted");
    CHECK(refusal("timeout soon") == "s:1:9 'soon' is not a time");
    CHECK(refusal("close now") == "s:1:7 nothing more is wanted here");
    CHECK(refusal("close\nsend \"x\"") == "s:2:1 nothing can be sent after close");
}

TEST_CASE("script match: a text over any cuts, with NUL bytes") {
    const std::string all("ab\0cabcab\0cd", 12);
    for (std::size_t cut = 0; cut <= all.size(); ++cut) {
        MatchBuffer buffer;
        buffer.begin_search();
        append(buffer, all.substr(0, cut));
        auto match = buffer.find_text(std::string_view("b\0cd", 4));
        CHECK(match.has_value() == (cut == all.size()));
        append(buffer, all.substr(cut));
        if (!match) match = buffer.find_text(std::string_view("b\0cd", 4));
        REQUIRE(match);
        CHECK(match->begin == 8);
        CHECK(match->end == 12);
    }
}

TEST_CASE("script match: what is taken is gone, the rest stays") {
    MatchBuffer buffer;
    append(buffer, "one two three");
    buffer.begin_search();
    buffer.take(buffer.find_text("one")->end);
    buffer.begin_search();
    CHECK(!buffer.find_text("one"));
    buffer.begin_search();
    buffer.take(buffer.find_text("two")->end);
    CHECK(buffer.untaken() == " three");
}

TEST_CASE("script match: an expression at the end of what came settles only where nothing can change it") {
    const re2::RE2 digits("id=(\\d+)"), line("id=(\\d+)\r\n"), optional("a(bc)?"), end("(?m)x$");
    MatchBuffer buffer;
    append(buffer, "id=12");
    REQUIRE(buffer.find_pattern(digits));
    CHECK(!buffer.find_pattern(digits)->settled);
    append(buffer, "34\r\n");
    CHECK(buffer.find_pattern(digits)->settled);
    CHECK(buffer.find_pattern(digits)->groups.at(1) == "1234");
    CHECK(buffer.find_pattern(line)->settled);
    MatchBuffer other;
    append(other, "x");
    CHECK(!other.find_pattern(end)->settled);
    append(other, "\n");
    CHECK(other.find_pattern(end)->settled);
    MatchBuffer group;
    append(group, "a.");
    CHECK(group.find_pattern(optional)->groups.at(1) == std::nullopt);
}

TEST_CASE("script match: memory stays bounded, the newest is kept") {
    MatchBuffer buffer;
    const std::string block(100'000, 'x');
    buffer.begin_search();
    for (int i = 0; i < 1000; ++i) {
        append(buffer, block);
        CHECK(!buffer.find_text("y"));
        buffer.forget_old();
        REQUIRE(buffer.untaken().size() <= 2 * MatchBuffer::kept_bytes);
    }
    CHECK(buffer.untaken().size() >= MatchBuffer::kept_bytes);
    append(buffer, "y");
    CHECK(buffer.find_text("xy"));
}
