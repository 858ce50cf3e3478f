// SPDX-License-Identifier: MIT
#include "address/port_list.h"

#include <doctest/doctest.h>

using namespace fid;

namespace {

using Ports = std::vector<std::uint16_t>;

Ports ports(std::string_view text, Transport transport = Transport::tcp) {
    const auto read = parse_ports(text, transport);
    REQUIRE_MESSAGE(read, text);
    return *read;
}

}  // namespace

TEST_CASE("lists of ports: numbers, ranges, names, each once and in order") {
    CHECK(ports("22") == Ports{22});
    CHECK(ports("20-25,80,https") == Ports{20, 21, 22, 23, 24, 25, 80, 443});
    CHECK(ports("443,80") == Ports{443, 80});
    CHECK(ports("25,20-25,25") == Ports{25, 20, 21, 22, 23, 24});
    CHECK(ports("7-7") == Ports{7});
    CHECK(ports("65534-65535") == Ports{65534, 65535});
    CHECK(ports("1-65535").size() == 65535);
    CHECK(ports("ftp-data,HTTP-alt") == Ports{20, 8080});
    CHECK(ports("dhcp,quic", Transport::udp) == Ports{67, 443});
}

TEST_CASE("what is no list of ports is refused") {
    for (const std::string_view text : {"", ",", "80,", ",80", "0", "0-5", "65536", "1-65536", "25-20", "20-", "-20",
                                        "20-ssh", "1-2-3", "80 81", "nosuchservice", "99999999999999999999", "+80"}) {
        const auto read = parse_ports(text);
        CAPTURE(text);
        REQUIRE_FALSE(read);
        CHECK(read.error().status == Status::usage);
    }
}
