// SPDX-License-Identifier: MIT
#include "transport/mp_auth.h"

#include <doctest/doctest.h>

#include <array>

namespace {

using namespace fid;
using namespace fid::transport;

/// The bytes 0, 1, 2...
std::string counted(std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i);
    return bytes;
}

std::string hex(std::string_view bytes) {
    Text text;
    text.hex_bytes(as_bytes(bytes));
    return text.take();
}

}  // namespace

TEST_CASE("a challenge of Python before 3.12 is answered by a bare HMAC-MD5") {
    // Python: hmac.new(b"key", bytes(range(20)), "md5").hexdigest()
    const auto answer = answer_mp_challenge("key", counted(20));
    REQUIRE(answer);
    CHECK(hex(*answer) == "5b2709aec5bcecbd08bd1f92d77ecea1");
    CHECK(is_mp_answer("key", counted(20), *answer));
    CHECK_FALSE(is_mp_answer("kez", counted(20), *answer));
    CHECK_FALSE(is_mp_answer("key", counted(20), answer->substr(1)));
    CHECK_FALSE(is_mp_answer("key", counted(20), ""));
}

TEST_CASE("a challenge that names a digest is answered by it, name and all") {
    // Python: message = b"{sha256}" + bytes(range(40)); hmac.new(b"key", message, "sha256").hexdigest()
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> known{{
        {"md5", "532a07103ac1f7d7e40898f013ab0def"},
        {"sha256", "05b37335205f51ff483146e965fdf576943e0e64675a64ceccba80b6704d76b8"},
        {"sha384", "2f1a4233782b9eb58bdc61e0bbfc3dc518ef4f11e57c645b0a71de4ed5b9d38b1046df44f799a8dd5a563cfd2001a53d"},
        {"sha3_256", "8952712aef2d0531a6eea6353c874de5335699947695baa0cfd0d30f50c0a5eb"},
        {"sha3_384",
         "40407b88279b3cbcda6c2dd87059f061095dafba34d4cf2facdbd87260550c3a17caff5e3bc8d97899ada5a2b81c2a76"},
    }};
    for (const auto& [name, code] : known) {
        const std::string prefix = "{" + std::string(name) + "}";
        const std::string challenge = prefix + counted(40);
        const auto answer = answer_mp_challenge("key", challenge);
        REQUIRE(answer);
        REQUIRE(answer->starts_with(prefix));
        CHECK(hex(answer->substr(prefix.size())) == code);
        CHECK(is_mp_answer("key", challenge, *answer));
        CHECK_FALSE(is_mp_answer("kez", challenge, *answer));
        CHECK_FALSE(is_mp_answer("key", challenge, answer->substr(prefix.size())));
    }
}

TEST_CASE("other challenges are not answered") {
    for (const std::string& challenge : {std::string(), counted(19), counted(21), "{sha1}" + counted(40),
                                         "{sha256" + counted(40), std::string("{sha256}")})
        CHECK_FALSE(answer_mp_challenge("key", challenge));
}
