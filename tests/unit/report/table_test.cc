// SPDX-License-Identifier: MIT
#include "report/table.h"

#include <doctest/doctest.h>

#include "report/terminal.h"

using namespace fid;
using report::Table;

TEST_CASE("columns are aligned, numbers on the right, nothing stands at the line's end") {
    Table table({{"prefix"}, {"hosts", true}, {"role"}}, 80, false);
    Text out;
    table.row({"10.0.0.0/8", "5", "free"}, out);
    table.row({"::/0", "1234567", ""}, out);
    table.row({"x"}, out);
    CHECK(out.empty());
    table.finish(out);
    CHECK(out.view() ==
          "prefix        hosts  role\n"
          "10.0.0.0/8        5  free\n"
          "::/0        1234567\n"
          "x\n");
}

TEST_CASE("the widest column gives way where the terminal is narrow") {
    Table table({{"name"}, {"what"}}, 20, false);
    Text out;
    table.row({"a", "twelve wide."}, out);
    table.row({"b", std::string(60, 'w')}, out);
    table.row({"characters", "\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc"}, out);
    table.finish(out);
    CHECK(out.view() ==
          "name       what\n"
          "a          twelve w\u2026\n"
          "b          wwwwwwww\u2026\n"
          "characte\u2026  \u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u2026\n");
}

TEST_CASE("rows stream: only the first are held back, and later ones keep the widths") {
    Table table({{"n", true}, {"text"}}, 40, false);
    Text out;
    for (std::size_t i = 0; i + 1 < Table::look_ahead; ++i) table.row({std::to_string(i), "t"}, out);
    CHECK(out.empty());
    table.row({"7", "t"}, out);
    CHECK(out.view().starts_with("  n  text\n  0  t\n"));
    out.clear();
    table.row({"8", "t"}, out);
    CHECK(out.view() == "  8  t\n");
    out.clear();
    table.row({"123456", "a late cell that is longer stays whole"}, out);
    CHECK(out.view() == "123456  a late cell that is longer stays whole\n");
    out.clear();
    table.finish(out);
    CHECK(out.empty());
}

TEST_CASE("live rows are held back no more than one") {
    Table table({{"n"}}, 40, false);
    Text out;
    table.row({"1"}, out, true);
    CHECK(out.view() == "n\n1\n");
}

TEST_CASE("colour does not count as width") {
    Table table({{"n"}, {"m"}}, 40, true);
    Text out;
    table.row({"1", "2"}, out);
    table.finish(out);
    CHECK(out.view() == "\x1b[1mn  m\x1b[0m\n\x1b[36m1\x1b[0m  2\n");
}

TEST_CASE("text is cut between characters") {
    CHECK(report::fitted("abc", 3) == "abc");
    CHECK(report::fitted("abcd", 3) == "ab\u2026");
    CHECK(report::fitted("\u00e4\u00f6\u00fc\u00df", 3) == "\u00e4\u00f6\u2026");
    CHECK(report::fitted("abc", 0) == "");
    CHECK(report::text_columns("\u00e4bc") == 3);
}
