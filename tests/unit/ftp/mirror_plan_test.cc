// SPDX-License-Identifier: MIT
#include "ftp/mirror_plan.h"

#include <doctest/doctest.h>

using namespace fid::ftp;

TEST_CASE("what is equal, what is copied, what is left alone") {
    const Version source{Kind::file, 10, 1000, 1};
    struct Row {
        Version source, destination;
        Verdict verdict;
        Verdict forced;
    };
    const Version minute{Kind::file, 10, 960, 60}, day{Kind::file, 10, 0, 86400}, unknown{Kind::file, 10, {}, 1};
    for (const Row& row : {
             Row{source, {Kind::file, 10, 1000, 1}, Verdict::equal, Verdict::equal},
             Row{source, {Kind::file, 11, 1000, 1}, Verdict::copy, Verdict::copy},
             Row{source, {Kind::file, 10, 999, 1}, Verdict::copy, Verdict::copy},
             Row{source, {Kind::file, 10, 1001, 1}, Verdict::newer, Verdict::copy},
             Row{source, {Kind::file, 5, 2000, 1}, Verdict::newer, Verdict::copy},
             Row{source, {Kind::directory, {}, 1000, 1}, Verdict::conflict, Verdict::conflict},
             Row{source, {Kind::link, 3, 1000, 1}, Verdict::conflict, Verdict::conflict},
             // A listing to the minute, and a copy with the seconds that MDTM told.
             Row{minute, {Kind::file, 10, 1019, 1}, Verdict::equal, Verdict::equal},
             Row{minute, {Kind::file, 10, 1020, 1}, Verdict::newer, Verdict::copy},
             Row{day, {Kind::file, 10, 86399, 1}, Verdict::equal, Verdict::equal},
             Row{day, {Kind::file, 10, 13 * 3600 + 86399, 1}, Verdict::equal, Verdict::equal},
             Row{day, {Kind::file, 10, 15 * 3600 + 86400, 1}, Verdict::newer, Verdict::copy},
             // The other way: our seconds, and the server's minutes.
             Row{source, {Kind::file, 10, 960, 60}, Verdict::equal, Verdict::equal},
             Row{source, {Kind::file, 10, 900, 60}, Verdict::copy, Verdict::copy},
             Row{unknown, {Kind::file, 10, 7, 1}, Verdict::equal, Verdict::equal},
             Row{unknown, {Kind::file, 9, 7, 1}, Verdict::copy, Verdict::copy},
         }) {
        CHECK(compare(row.source, row.destination, false) == row.verdict);
        CHECK(compare(row.source, row.destination, true) == row.forced);
    }
}

TEST_CASE("which files are wanted") {
    MirrorRules rules;
    rules.include = {"*.cc", "doc/*"};
    rules.exclude = {"build/", "*.o", "src/old*"};
    CHECK(rules.wants("a.cc", false));
    CHECK(rules.wants("src/a.cc", false));
    CHECK(rules.wants("doc/x", false));
    CHECK(!rules.wants("x", false));
    CHECK(!rules.wants("a.o", false));
    CHECK(!rules.wants("src/old.cc", false));
    CHECK(rules.wants("src", true));
    CHECK(!rules.wants("build", true));
    CHECK(!rules.wants("a/build", true));
    CHECK(rules.wants("build.cc", false));
}
