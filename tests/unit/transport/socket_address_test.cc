// SPDX-License-Identifier: MIT
#include "transport/socket_address.h"

#include <doctest/doctest.h>

#include "transport/lookup.h"

using namespace fid;
using namespace fid::transport;

TEST_CASE("an IP socket address gives back what it was made of") {
    for (const char* text : {"127.0.0.1", "255.255.255.255", "::1", "2001:db8::ff", "fe80::1%lo"}) {
        CAPTURE(text);
        const Address address = *Address::parse(text);
        const SocketAddress place(address, 65535);
        CHECK(place.is_ip());
        CHECK(place.address() == address);
        CHECK(place.port() == 65535);
    }
    CHECK(SocketAddress(*Address::parse("::1"), 443).text() == "[::1]:443");
    CHECK(SocketAddress(*Address::parse("192.0.2.1"), 80).text() == "192.0.2.1:80");
    CHECK(SocketAddress().text() == "(none)");
}

TEST_CASE("Unix socket addresses keep paths and abstract names apart") {
    CHECK(SocketAddress::unix_path("/run/x")->text() == "unix:/run/x");
    CHECK(SocketAddress::unix_abstract("name")->text() == "unix:@name");
    CHECK(SocketAddress::unix_path(std::string(107, 'x'))->unix_name() == std::string(107, 'x'));
    CHECK(SocketAddress::unix_path(std::string(108, 'x')).error().status == Status::usage);
    CHECK(SocketAddress::unix_path("").error().status == Status::usage);
}

TEST_CASE("looking up an address gives it back, of the family asked for") {
    CHECK(lookup("192.0.2.7")->front() == *Address::parse("192.0.2.7"));
    CHECK(lookup("::1", FamilyChoice::v4).error().status == Status::host_not_found);
    const auto local = lookup("localhost", FamilyChoice::v4);
    REQUIRE(local);
    CHECK(local->front() == *Address::parse("127.0.0.1"));
    CHECK(lookup("no-such-name.invalid").error().status != Status::success);
}
