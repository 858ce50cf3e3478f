// SPDX-License-Identifier: MIT
#include "probe/udp_question.h"

#include <doctest/doctest.h>

using namespace fid::probe;

namespace {

unsigned read32(const std::vector<std::uint8_t>& bytes, std::size_t at) {
    unsigned value = 0;
    for (std::size_t i = at; i < at + 4; ++i) value = value << 8U | bytes.at(i);
    return value;
}

}  // namespace

TEST_CASE("no port is sent an empty datagram") {
    for (unsigned port = 1; port <= 65535; ++port)
        for (unsigned attempt = 0; attempt < 3; ++attempt)
            REQUIRE_FALSE(udp_question(static_cast<std::uint16_t>(port), attempt).empty());
    CHECK(udp_question(4000, 0) == std::vector<std::uint8_t>{'\r', '\n'});
}

TEST_CASE("questions have the sizes and lengths their protocols want") {
    CHECK(udp_question(53, 0).size() == 17);
    CHECK(udp_question(53, 0) != udp_question(53, 1));  // a new identifier for each
    CHECK(udp_question(123, 0).size() == 48);
    CHECK(udp_question(137, 0).size() == 50);
    CHECK(udp_question(443, 0).size() == 1200);
    CHECK(udp_question(520, 0).size() == 24);
    CHECK(udp_question(3478, 0).size() == 20);
    CHECK(read32(udp_question(3478, 0), 4) == 0x2112a442);
    CHECK(udp_question(111, 0).size() == 40);
    CHECK(udp_question(2049, 0).size() == 40);
    CHECK(read32(udp_question(2049, 0), 12) == 100003);
    // BER: one sequence that is as long as it says.
    for (const auto& question : {udp_question(161, 0), udp_question(161, 1), udp_question(389, 0)}) {
        CHECK(question.at(0) == 0x30);
        CHECK(question.at(1) + 2U == question.size());
    }
    CHECK(udp_question(161, 0) != udp_question(161, 1));
    CHECK(udp_question(161, 0) == udp_question(161, 2));
}
