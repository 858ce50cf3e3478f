// SPDX-License-Identifier: MIT
#include "http/users.h"

#include <doctest/doctest.h>

#include "encoding/base64.h"

using namespace fid;
using namespace fid::http;

namespace {

std::string basic(std::string_view credentials) { return "Basic " + encoding::base64(credentials); }

}  // namespace

TEST_CASE("who may come in") {
    // The hash: openssl passwd -6 -salt abcdefgh secret
    const auto users = Users::parse(
        "# people\n\nann:plain:word\r\n"
        "bob:$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG.\n",
        "file");
    REQUIRE(users);
    CHECK(users->check(basic("ann:plain:word")) == "ann");
    CHECK(users->check("bAsIc   " + encoding::base64("ann:plain:word")) == "ann");
    CHECK(users->check(basic("bob:secret")) == "bob");
    CHECK_FALSE(users->check(basic("bob:Secret")));
    CHECK_FALSE(users->check(basic("ann:plain")));
    CHECK_FALSE(users->check(basic("ann")));
    CHECK_FALSE(users->check(basic("eve:plain:word")));
    CHECK_FALSE(users->check(basic(":")));
    CHECK_FALSE(users->check(basic(std::string_view("ann:plain:word\0", 15))));
    CHECK_FALSE(users->check(""));
    CHECK_FALSE(users->check("Basic"));
    CHECK_FALSE(users->check("Basic "));
    CHECK_FALSE(users->check("Basic ????"));
    CHECK_FALSE(users->check("Bearer " + encoding::base64("ann:plain:word")));
    Gate gate(*users);
    for (int times = 0; times < 2; ++times) {
        CHECK(gate.check(basic("ann:plain:word")) == "ann");
        CHECK_FALSE(gate.check(basic("ann:wrong")));
    }
}

TEST_CASE("files that name no users") {
    for (const char* const text : {"", "# nobody\n", "ann\n", ":x\n", "ann:\n", "ann:$99$unknown$x\n"}) {
        CAPTURE(text);
        CHECK(Users::parse(text, "file").error().status == Status::bad_input);
    }
}
