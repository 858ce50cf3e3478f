// SPDX-License-Identifier: MIT
#include "address/endpoint.h"

#include <doctest/doctest.h>

using namespace fid;

namespace {
std::string shown(std::string_view text) {
    const auto endpoint = Endpoint::parse(text);
    return endpoint ? endpoint->text() : "error: " + endpoint.error().cause;
}
}  // namespace

TEST_CASE("every form of an endpoint") {
    CHECK(shown("example.org:80") == "example.org:80");
    CHECK(shown("example.org") == "example.org");
    CHECK(shown("example.org:https") == "example.org:443");
    CHECK(shown("udp://example.org:ntp") == "udp://example.org:123");
    CHECK(shown("192.0.2.1:8080") == "192.0.2.1:8080");
    CHECK(shown("[::1]:80") == "[::1]:80");
    CHECK(shown("[::1]") == "[::1]");
    CHECK(shown("::1") == "[::1]");
    CHECK(shown("fe80::1%eth0") == "[fe80::1%eth0]");
    CHECK(shown("[fe80::1%eth0]:22") == "[fe80::1%eth0]:22");
    CHECK(shown(":8080") == ":8080");
    CHECK(shown("127.0.0.1:0") == "127.0.0.1:0");
    CHECK(shown("TLS://Example.org:443/") == "tls://Example.org:443");
    CHECK(shown("unix:/run/x.sock") == "unix:/run/x.sock");
    CHECK(shown("unix:///run/x.sock") == "unix:/run/x.sock");
    CHECK(shown("unix:@name") == "unix:@name");
    CHECK(shown("exec:cat -n ?") == "exec:cat -n ?");
    CHECK(shown("fd:3") == "fd:3");
    CHECK(shown("-") == "stdio");
    CHECK(shown("stdio") == "stdio");
    CHECK(shown("wss://h/chat?x=1&y=a%20b") == "wss://h/chat");
    CHECK(shown("tcp:80") == "tcp:80");
    CHECK(shown("xn--bcher-kva.example:1") == "xn--bcher-kva.example:1");
}

TEST_CASE("the parts of an endpoint") {
    const auto chat = Endpoint::parse("wss://h/chat?x=1&y=a%20b&z").value();
    CHECK(chat.parameter("y") == "a b");
    CHECK(chat.parameter("z") == "");
    CHECK_FALSE(chat.parameter("q"));
    CHECK(chat.port_or_default() == 443);
    CHECK_FALSE(chat.port);
    const auto proxy = Endpoint::parse("socks5://me:p%40ss@proxy").value();
    CHECK(proxy.user == "me");
    CHECK(proxy.password == "p@ss");
    CHECK(proxy.port_or_default() == 1080);
    CHECK(proxy.text().find("p@ss") == std::string::npos);
    CHECK(Endpoint::parse("unix:@name")->abstract);
    CHECK(Endpoint::parse("fd:3")->descriptor == 3);
    CHECK(Endpoint::parse("[::1]:80")->address == Address::v6(1));
    CHECK(Endpoint::parse("127.1", Reading::legacy)->address == Address::v4(0x7f000001));
    CHECK(Endpoint::parse("example.org", "http")->port == 80);
    CHECK(Endpoint::parse("::1", "53")->text() == "[::1]:53");
    CHECK(Endpoint::parse("[::1]", "53")->text() == "[::1]:53");
    CHECK(Endpoint::parse("udp://h", "domain")->port == 53);
    CHECK_FALSE(Endpoint::parse("udp://h:1", "2"));
    CHECK_FALSE(Endpoint::parse("a b", "2"));
}

TEST_CASE("what is not an endpoint says why") {
    CHECK(shown("") == "error: empty");
    CHECK(shown("gopher2://x") == "error: the scheme gopher2:// is not known");
    CHECK(shown("h:65536") == "error: above 65535");
    CHECK(shown("h:99999999999999999999") == "error: above 65535");
    CHECK(shown("h:") == "error: empty");
    CHECK(shown("h:nosuch") == "error: neither a number nor a known service name");
    CHECK(shown("1.2.3:80") == "error: 3 octets where 4 are needed");
    CHECK(shown("256.1.1.1:80") == "error: octet 256 is above 255");
    CHECK(shown("[::1:80") == "error: no ] after [");
    CHECK(shown("[::1]80") == "error: something other than :PORT after ]");
    CHECK(shown("[h]:80") == "error: brackets are for IPv6 addresses");
    CHECK(shown("a..b:1") == "error: a label of the host name is empty");
    CHECK(shown("a b:1") == "error: ' ' cannot be in a host name");
    CHECK(shown("h/x:1") == "error: a path where HOST:PORT is needed");
    CHECK(shown("unix:") == "error: unix: needs something after it");
    CHECK(shown("fd:x") == "error: not a descriptor number");
    CHECK(shown("h\r\n:1") == "error: has control characters");
    CHECK(shown(std::string(64, 'a') + ":1") == "error: a label of the host name is longer than 63 bytes");
    CHECK(shown("unix:/" + std::string(107, 'a')) == "error: longer than the 107 bytes of a Unix socket's path");
    CHECK(Endpoint::parse("1:2:3:80").error().hint.find("[2001:db8::1]:443") != std::string::npos);
    CHECK(Endpoint::parse("h:x").error().status == Status::usage);
}

TEST_CASE("service names") {
    CHECK(service_port("https") == 443);
    CHECK(service_port("HTTPS") == 443);
    CHECK(service_port("syslog", Transport::udp) == 514);
    CHECK(service_port("shell") == 514);
    CHECK(service_port("ntp", Transport::tcp) == 123);
    CHECK_FALSE(service_port("nosuch"));
    CHECK(service_name(443) == "https");
    CHECK(service_name(514, Transport::tcp) == "shell");
    CHECK(service_name(514, Transport::udp) == "syslog");
    CHECK(service_name(53, Transport::udp) == "domain");
    CHECK(service_name(1).size() > 0);
    CHECK(service_name(65000).empty());
}
