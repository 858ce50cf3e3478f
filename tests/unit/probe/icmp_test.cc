// SPDX-License-Identifier: MIT
#include "probe/icmp.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "transport/synthesis.h"

using namespace fid;
using namespace fid::probe;

TEST_CASE("an echo request is what RFC 792 says, with a right checksum") {
    std::vector<std::uint8_t> message{0, 0, 0, 0, 0, 0, 0, 0, 'a', 'b', 'c'};
    write_echo_request(message, Family::v4, 0x1234, 0xabcd);
    // Checksum by hand: 0800 + 1234 + abcd + 6162 + 6300 = 18a63 -> 8a64 -> ~ 759b
    CHECK(message == std::vector<std::uint8_t>{8, 0, 0x75, 0x9b, 0x12, 0x34, 0xab, 0xcd, 'a', 'b', 'c'});
    CHECK(transport::internet_checksum(transport::checksum_sum(message)) == 0);
    write_echo_request(message, Family::v6, 1, 2);
    CHECK(message == std::vector<std::uint8_t>{128, 0, 0, 0, 0, 1, 0, 2, 'a', 'b', 'c'});
}

TEST_CASE("echo replies are read, with and without an IP header, and nothing else is") {
    const std::vector<std::uint8_t> reply{0, 0, 0, 0, 0, 7, 0, 9, 'x'};
    const auto echo = read_echo_reply(reply, Family::v4, false);
    REQUIRE(echo);
    CHECK(echo->identifier == 7);
    CHECK(echo->sequence == 9);
    CHECK(as_text(echo->payload) == "x");
    CHECK_FALSE(read_echo_reply(reply, Family::v6, false));
    CHECK_FALSE(read_quoted_request(reply, Family::v4));
    CHECK_FALSE(read_echo_reply(Bytes(reply).first(7), Family::v4, false));

    std::vector<std::uint8_t> packet(24, 0);  // an IPv4 header with four bytes of options
    packet[0] = 0x46;
    packet.insert(packet.end(), reply.begin(), reply.end());
    REQUIRE(read_echo_reply(packet, Family::v4, true));
    CHECK(read_echo_reply(packet, Family::v4, true)->sequence == 9);
    packet[0] = 0x4f;  // a header longer than the packet
    CHECK_FALSE(read_echo_reply(packet, Family::v4, true));
    packet[0] = 0x44;  // shorter than a header can be
    CHECK_FALSE(read_echo_reply(packet, Family::v4, true));
    packet[0] = 0x66;
    CHECK_FALSE(read_echo_reply(packet, Family::v4, true));
    CHECK_FALSE(read_echo_reply({}, Family::v4, true));
}

TEST_CASE("a probe is known by its payload, by who has the key") {
    std::vector<std::uint8_t> payload(56);
    const ProbeMark mark{77, 0x1234};
    fill_payload(payload, 42, mark);
    CHECK(read_mark(payload, 42) == mark);
    CHECK_FALSE(read_mark(payload, 43));
    CHECK_FALSE(first_difference(payload, 42, mark, payload.size()));
    payload[11] ^= 1U;  // another target, with this one's token
    CHECK_FALSE(read_mark(payload, 42));
    CHECK_FALSE(read_mark(Bytes(payload).first(marked_size - 1), 42));
}

TEST_CASE("damage of a payload is found where it begins") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{8}, std::size_t{20}, std::size_t{300}}) {
        CAPTURE(size);
        std::vector<std::uint8_t> payload(size);
        fill_payload(payload, 42, {1, 2});
        CHECK_FALSE(first_difference(payload, 42, {1, 2}, size));
        if (size == 0) continue;
        CHECK(first_difference(Bytes(payload).first(size - 1), 42, {1, 2}, size) == size - 1);  // cut short
        payload[size - 1] ^= 0x80U;
        CHECK(first_difference(payload, 42, {1, 2}, size) == size - 1);
        payload[size - 1] ^= 0x80U;
        payload.push_back(0);  // something was added
        CHECK(first_difference(payload, 42, {1, 2}, size) == size);
    }
}

TEST_CASE("ICMP errors have the names people know") {
    CHECK(IcmpError{Family::v4, 3, 1, 0}.name() == "host unreachable");
    CHECK(IcmpError{Family::v4, 3, 13, 0}.name() == "administratively prohibited");
    CHECK(IcmpError{Family::v4, 3, 4, 1400}.name() == "fragmentation needed, mtu 1400");
    CHECK(IcmpError{Family::v4, 11, 0, 0}.name() == "time to live exceeded");
    CHECK(IcmpError{Family::v4, 3, 200, 0}.name() == "icmp type 3 code 200");
    CHECK(IcmpError{Family::v6, 1, 0, 0}.name() == "no route to the destination");
    CHECK(IcmpError{Family::v6, 2, 0, 1280}.name() == "packet too big, mtu 1280");
    CHECK(IcmpError{Family::v6, 3, 0, 0}.name() == "hop limit exceeded");
    CHECK(IcmpError{Family::v4, 3, 3, 0}.is_port_unreachable());
    CHECK(IcmpError{Family::v6, 1, 4, 0}.is_port_unreachable());
    CHECK_FALSE(IcmpError{Family::v6, 3, 3, 0}.is_port_unreachable());
    CHECK(IcmpError{Family::v6, 3, 0, 0}.is_time_exceeded());
    CHECK_FALSE(IcmpError{Family::v4, 11, 1, 0}.is_time_exceeded());
}
