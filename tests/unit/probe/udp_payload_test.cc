// SPDX-License-Identifier: MIT
#include "probe/udp_payload.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace fid::probe;

TEST_CASE("a DNS probe is a query for the root's name servers, numbered by its ID") {
    const auto query = udp_payload(udp_service(53), 56, 1, {0, 0x1234});
    CHECK(query == std::vector<std::uint8_t>{0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1});
    CHECK(udp_sequence(UdpService::dns, UdpSide::answer, query, 1) == 0x1234);
    CHECK_FALSE(udp_sequence(UdpService::dns, UdpSide::answer, fid::Bytes(query).first(1), 1));
}

TEST_CASE("an NTP probe finds its number where a server copies the transmit time") {
    const auto request = udp_payload(udp_service(123), 56, 1, {0, 0xabcd});
    REQUIRE(request.size() == 48);
    CHECK(request[0] == 0x23);
    CHECK(udp_sequence(UdpService::ntp, UdpSide::probe, request, 1) == 0xabcd);
    std::vector<std::uint8_t> answer(48, 0xff);
    std::copy(request.begin() + 40, request.end(), answer.begin() + 24);
    CHECK(udp_sequence(UdpService::ntp, UdpSide::answer, answer, 1) == 0xabcd);
    CHECK_FALSE(udp_sequence(UdpService::ntp, UdpSide::answer, fid::Bytes(answer).first(31), 1));
}

TEST_CASE("any other payload is known if it comes back whole enough") {
    const auto payload = udp_payload(udp_service(7), 32, 5, {3, 0x10002});
    CHECK(payload.size() == 32);
    CHECK(udp_sequence(UdpService::none, UdpSide::answer, payload, 5) == 2);
    CHECK_FALSE(udp_sequence(UdpService::none, UdpSide::answer, payload, 6));
    CHECK(udp_payload(UdpService::none, 0, 5, {}).empty());
}
