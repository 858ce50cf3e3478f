// SPDX-License-Identifier: MIT
#include "report/suggest.h"

#include <doctest/doctest.h>

#include <array>

using namespace fid::report;

TEST_CASE("a transposition is one edit and case does not count") {
    CHECK(edit_distance("ipcacl", "ipcalc") == 1);
    CHECK(edit_distance("SNIFF", "sniff") == 0);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("only near words are suggested") {
    static constexpr std::array<std::string_view, 3> names{"ipcalc", "sniff", "resolve"};
    CHECK(nearest("snif", names) == "sniff");
    CHECK(nearest("reslove", names) == "resolve");
    CHECK(nearest("xyzzy", names) == "");
    CHECK(nearest(std::string(10000, 's'), names) == "");
    CHECK(did_you_mean("ipclac", names) == "did you mean 'ipcalc'?");
}
