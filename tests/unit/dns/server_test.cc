// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "dns/exchange.h"

using namespace fid;
using dns::Server;

namespace {

std::string server(std::string_view text, std::uint16_t port = 0) {
    const auto parsed = Server::parse(text, port);
    return parsed ? parsed->text() : "!";
}

}  // namespace

TEST_CASE("dns servers are written in many ways") {
    CHECK(server("192.0.2.1") == "192.0.2.1:53");
    CHECK(server("2001:db8::1") == "[2001:db8::1]:53");
    CHECK(server("[2001:db8::1]:5353") == "[2001:db8::1]:5353");
    CHECK(server("192.0.2.1#5353") == "192.0.2.1:5353");
    CHECK(server("2001:db8::1#5353") == "[2001:db8::1]:5353");
    CHECK(server("ns.example", 5300) == "ns.example:5300");
    CHECK(server("ns.example:99", 5300) == "ns.example:99");
    CHECK(server("tcp://192.0.2.1") == "tcp://192.0.2.1:53");
    CHECK(server("tls://dns.example") == "tls://dns.example:853");
    CHECK(server("https://dns.example") == "https://dns.example:443/dns-query");
    CHECK(server("https://dns.example:8443/q") == "https://dns.example:8443/q");
    CHECK(server("ftp://dns.example") == "!");
    CHECK(server("") == "!");
}
