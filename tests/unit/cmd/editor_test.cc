// SPDX-License-Identifier: MIT
#include "cmd/connect/editor.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "cmd/connect/history.h"
#include "cmd/connect/transcript.h"

using namespace fid;
using namespace fid::cmd::connect;

namespace {

constexpr std::string_view up = "\x1b[A", down = "\x1bOB", left = "\x1b[D", right = "\x1b[C", home = "\x1b[H",
                           end = "\x1b[4~", erase = "\x1b[3~";

/// All keys, so many at once, then Enter.
std::string typed(LineEditor& editor, std::string_view keys, std::size_t step = 1) {
    for (; !keys.empty(); keys.remove_prefix(std::min(step, keys.size()))) {
        const auto piece = keys.substr(0, step);
        const auto done = editor.feed(piece);
        CHECK(done.used == piece.size());
        CHECK(done.done == LineEditor::Done::nothing);
    }
    CHECK(editor.feed("\r").done == LineEditor::Done::line);
    return editor.take();
}

std::string typed(std::string_view keys) {
    LineEditor editor;
    return typed(editor, keys);
}

std::string keys(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const auto part : parts) all += part;
    return all;
}

std::string drawn(const LineEditor& editor, std::string_view prompt, std::size_t columns) {
    Text out;
    editor.draw(prompt, shown_columns(prompt), columns, out);
    return out.take();
}

std::string transcript(Transcript& peer, std::string_view text, std::size_t columns = 80) {
    Text out;
    peer.take(as_bytes(text), columns, out);
    return out.take();
}

}  // namespace

TEST_CASE("editor: keys that move and erase") {
    CHECK(typed("hello") == "hello");
    CHECK(typed(keys({"helo", left, "l"})) == "hello");
    CHECK(typed(keys({"ello", home, "h", end, "!"})) == "hello!");
    CHECK(typed(keys({"ello", "\x01", "h", "\x05", "!"})) == "hello!");
    CHECK(typed(keys({"helxlo", left, left, "\x7f"})) == "hello");
    CHECK(typed(keys({"helxlo", left, left, left, erase})) == "hello");
    CHECK(typed(keys({"xx", left, "\x04", right, right, "y"})) == "xy");
    CHECK(typed(keys({"away", "\x15", "stay"})) == "stay");
    CHECK(typed(keys({"one two", "\x17", "\x19", "\x19"})) == "one twotwo");
    CHECK(typed(keys({"one two",
                      "\x1b"
                      "b",
                      "\x0b", "x"})) == "one x");
    CHECK(typed(keys({"one two", "\x1b[1;5D", "\x1b[1;5D",
                      "\x1b"
                      "d",
                      "1"})) == "1 two");
    CHECK(typed(keys({"ab", "\x14"})) == "ba");
    CHECK(typed(keys({"\x7f", left, right, erase, "\x17", "ok"})) == "ok");
}

TEST_CASE("editor: characters, marks, bytes that are none, and quoted keys") {
    CHECK(typed(keys({"a\u00e4\u65e5\U0001f600", "\x7f", "\x7f", "b"})) == "a\u00e4b");
    CHECK(typed(keys({"e\u0301x", left, left, "a"})) == "ae\u0301x");  // the accent goes with its letter
    CHECK(typed("a\xff\xc3z") == "a\xff\xc3z");
    CHECK(typed(keys({"\x16\x1b", "\x16\x03", "\x16\r"})) == "\x1b\x03\r");
    CHECK(typed("a\tb") == "a\tb");
    CHECK(shown_columns(U'\u65e5') == 2);
    CHECK(shown_columns(U'\u0301') == 0);
    CHECK(shown_columns(U'\x1b') == 2);
    CHECK(shown_columns(U'\u202e') == 8);  // \u{202e}
    CHECK(shown_columns(std::string_view("a\u65e5")) == 3);
}

TEST_CASE("editor: sequences it does not know change nothing, cut anywhere") {
    const std::string unknown = keys({"a", "\x1b[15~", "\x1b[<0;10;10M", "\x1bOP", "\x1bx", "\x1b[200~", "b"});
    for (std::size_t step = 1; step <= unknown.size(); ++step) {
        LineEditor editor;
        CHECK(typed(editor, unknown, step) == "ab");
    }
}

TEST_CASE("editor: history up and down") {
    LineEditor editor;
    editor.set_history({"first", "second"});
    CHECK(typed(editor, keys({"draft", up, up, up, down, "!"})) == "second!");
    CHECK(typed(editor, keys({"draft", up, up, down, down, down, "!"})) == "draft!");
    editor.remember("third");
    editor.remember("third");
    CHECK(typed(editor, keys({up, up})) == "second");
    CHECK(typed(editor, keys({up, "\x15", up})) == "second");
}

TEST_CASE("editor: ends, the escape key and long lines") {
    LineEditor editor;
    CHECK(editor.feed("\x04x").done == LineEditor::Done::end);
    editor.set_escape(0x1d);
    const auto step = editor.feed(
        "ab\x1d"
        "cd");
    CHECK(step.used == 3);
    CHECK(step.done == LineEditor::Done::escape);
    CHECK(typed(editor, "c") == "abc");
    CHECK(typed(editor, std::string(2 * LineEditor::most_characters, 'x'), 4096).size() == LineEditor::most_characters);
}

TEST_CASE("editor: what the row shows") {
    LineEditor editor;
    CHECK(drawn(editor, "", 80) == "\r\x1b[K\r");
    (void)editor.feed("ab\x16\x1b");
    CHECK(drawn(editor, "> ", 80) == "\r> ab^[\x1b[K\r\x1b[6C");
    (void)editor.feed("\x1b[D\x1b[D");
    CHECK(drawn(editor, "> ", 80) == "\r> ab^[\x1b[K\r\x1b[3C");
    (void)editor.feed(
        "\x05"
        "cdefghijklmnop");
    // Never the last column, and never a second row.
    const std::string row = drawn(editor, "> ", 12);
    CHECK(row == "\r> klmnop\x1b[K\r\x1b[8C");
    Text whole;
    editor.draw_whole("> ", whole);
    CHECK(whole.view() == "\r> ab^[cdefghijklmnop\x1b[K");
    editor.set_hidden(true);
    CHECK(drawn(editor, "Password: ", 80) ==
          "\r"
          "Password: \x1b[K\r\x1b[10C");
}

TEST_CASE("transcript: lines are safe, and whole however they come") {
    const std::string_view said = "one\r\ntw\x1b[31mo\nthr\u00e9e\ttab\\\n\xff\x07\n\nlogin: ";
    for (std::size_t step = 1; step <= said.size(); ++step) {
        Transcript peer;
        std::string shown;
        for (std::string_view rest = said; !rest.empty(); rest.remove_prefix(std::min(step, rest.size())))
            shown += transcript(peer, rest.substr(0, step));
        CHECK(shown == "one\ntw\\x1b[31mo\nthr\u00e9e   tab\\\n\\xff\\x07\n\n");
        CHECK(peer.begun() == "login: ");
        CHECK(peer.begun_columns() == 7);
        peer.end_line();
        CHECK(peer.begun().empty());
    }
}

TEST_CASE("transcript: a long beginning is broken, so that a line can be typed behind it") {
    Transcript peer;
    CHECK(transcript(peer, std::string(16, 'x'), 20) == std::string(16, 'x') + "\n");
    CHECK(peer.empty());
    CHECK(transcript(peer, "yes", 20).empty());
    CHECK(peer.begun() == "yes");
}

TEST_CASE("history: what is kept and what is not") {
    std::string place = std::filesystem::temp_directory_path() / "fid-history-XXXXXX";
    REQUIRE(mkdtemp(place.data()) != nullptr);
    const std::string path = place + "/state/fid/connect_history";
    History first(path);
    CHECK(first.read().empty());
    for (const std::string_view line : {"one", "one", " secret", "", "bad\x1b", "two"}) first.add(line);
    first.add(std::string(History::most_line_bytes + 1, 'x'));
    first.save();
    CHECK(first.read() == std::vector<std::string>{"one", "two"});
    History second(path), third(path);
    second.add("three");
    for (std::size_t i = 0; i < 999; ++i) third.add("line " + std::to_string(i));
    second.save();
    third.save();  // what the other session has added meanwhile is not lost
    const auto lines = third.read();
    CHECK(lines.size() == History::most_lines);
    CHECK(lines.front() == "three");
    CHECK(lines.back() == "line 998");
    History nowhere("/dev/null/fid/connect_history");
    nowhere.add("one");
    nowhere.save();
    CHECK(nowhere.read().empty());
    std::filesystem::remove_all(place);
}
