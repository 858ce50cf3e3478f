// SPDX-License-Identifier: MIT
#include "sockets/filter.h"

#include <doctest/doctest.h>

#include "making.h"

namespace {

using namespace fid;
using namespace fid::sockets;
using testing::ip_socket;

bool passes(std::string_view filter, const Socket& socket, const Surroundings& around = {}) {
    const auto parsed = Filter::parse(filter);
    if (!parsed) FAIL(filter << ": " << parsed.error().sentence());
    return parsed->matches(socket, around);
}

std::string mistake(std::string_view filter) {
    const auto parsed = Filter::parse(filter);
    REQUIRE_MESSAGE(!parsed, filter);
    CHECK(parsed.error().status == Status::usage);
    return parsed.error().sentence() + "; " + parsed.error().hint;
}

TEST_CASE("what passes a filter") {
    const Socket web = testing::web_client();
    for (const char* filter : {"",
                               "tcp",
                               "state established",
                               "state estab",
                               "established",
                               "state connected",
                               "exclude listening",
                               "dport = :443",
                               "dport 443",
                               "dport https",
                               "dport eq :https",
                               "dport = 440-450",
                               "dport >= 443",
                               "dport <= 443",
                               "dport > 442",
                               "dport < 444",
                               "dport != 80",
                               ":443",
                               ":50100",
                               "port 443",
                               "sport gt 1024",
                               "dst 198.51.100.80",
                               "dst 198.51.100.80:443",
                               "dst = 198.51.100.0/24",
                               "src 10/8",
                               "src 10.0.0.0-10.0.0.9",
                               "src = :50100",
                               "10.0.0.5",
                               "198.51.100.80:443",
                               "host 10/8",
                               "src *",
                               "not dst 10/8",
                               "! udp",
                               "tcp and dport 443",
                               "tcp dport 443",
                               "tcp && dport = :443 || udp",
                               "udp or tcp",
                               "udp or tcp and dport 443",
                               "( udp or tcp ) and not ( dport 80 or state listen )",
                               "dport 80,443",
                               "state time-wait,established",
                               "state time-wait state established",
                               "ipv4",
                               "recv-q < 1",
                               "send-q = 0",
                               "dport != 80,81"})
        CHECK_MESSAGE(passes(filter, web), filter);
    for (const char* filter : {"udp",
                               "unix",
                               "state listening",
                               "state bucket",
                               "exclude established",
                               "dport 80",
                               "dport > 443",
                               "dport < 443",
                               "dport > 65535",
                               "dport < 0",
                               "dport != 443",
                               ":80",
                               "src 192.168/16",
                               "dst 10/8",
                               "dst 198.51.100.80:80",
                               "10.0.0.5:443",
                               "not tcp",
                               "tcp and udp",
                               "ipv6",
                               "recv-q > 0",
                               "dev eth0",
                               "user 4242",
                               "exposed",
                               "(udp or tcp) and dport 80",
                               "dport != 80,443",
                               "src /run/x",
                               "inode 5"})
        CHECK_MESSAGE(!passes(filter, web), filter);
}

TEST_CASE("an IPv4 network holds the v4-mapped addresses of IPv6 sockets") {
    const Socket mapped =
        ip_socket(Kind::tcp, State::established, "::ffff:10.0.0.5", 80, "::ffff:198.51.100.80", 40000);
    CHECK(passes("src 10/8", mapped));
    CHECK(passes("dst 198.51.100.80:40000", mapped));
    CHECK(passes("ipv6", mapped));
    CHECK_FALSE(passes("src 11/8", mapped));
    CHECK_FALSE(passes("src ::/96", mapped));
    CHECK_FALSE(passes("src 0.0.0.0/0", ip_socket(Kind::tcp, State::established, "2001:db8::1", 80)));
}

TEST_CASE("processes are perhaps there until they are known") {
    const Socket web = testing::web_client();
    const std::vector<Holder> holders{{.pid = 7, .descriptor = 3, .uid = 0, .name = "nginx"},
                                      {.pid = 8, .descriptor = 3, .uid = 33, .name = "nginx"}};
    const Surroundings unknown{.device = {}, .holders = {}, .holders_known = false};
    const Surroundings known{.device = "eth0", .holders = holders, .holders_known = true};
    for (const char* filter : {"process nginx", "process ngi*", "pid 8", "process nginx and dev eth0"})
        CHECK_MESSAGE(passes(filter, web, known), filter);
    CHECK_FALSE(passes("process sshd", web, known));
    CHECK_FALSE(passes("not process nginx", web, known));
    CHECK(passes("process sshd", web, unknown));
    CHECK(passes("not process nginx", web, unknown));
    CHECK_FALSE(passes("process nginx and udp", web, unknown));
    CHECK(Filter::parse("udp or pid 8")->needs_holders());
    CHECK_FALSE(Filter::parse("udp")->needs_holders());
}

TEST_CASE("names of Unix sockets, and ports that are none") {
    Socket log;
    log.kind = Kind::unix_domain;
    log.name = "/run/log";
    CHECK(passes("src /run/log", log));
    CHECK(passes("src unix:/run/*", log));
    CHECK_FALSE(passes("src /run/lo", log));
    CHECK_FALSE(passes("sport 0", log));
    CHECK_FALSE(passes("sport 1", ip_socket(Kind::raw, State::closed, "0.0.0.0", 1)));
    CHECK(Filter::parse("unix or src /x")->named_kinds() == bit(Kind::unix_domain));
}

TEST_CASE("exposure") {
    CHECK(passes("exposed", ip_socket(Kind::tcp, State::listen, "0.0.0.0", 80)));
    CHECK(passes("exposed", ip_socket(Kind::udp, State::closed, "192.168.1.1", 80)));
    CHECK_FALSE(passes("exposed", ip_socket(Kind::tcp, State::listen, "127.0.0.53", 80)));
    CHECK_FALSE(passes("exposed", ip_socket(Kind::tcp, State::listen, "::ffff:127.0.0.1", 80)));
    CHECK_FALSE(passes("exposed", ip_socket(Kind::tcp, State::listen, "0.0.0.0", 80), {.device = "lo"}));
}

TEST_CASE("bounds leave out what cannot match, and nothing else") {
    const auto bounds = [](std::string_view filter) { return Filter::parse(filter)->bounds(); };
    CHECK(bounds("state listening").states == bit(State::listen));
    CHECK(bounds("not state listening").states == (every_state & ~bit(State::listen)));
    CHECK(bounds("listening or udp").states == every_state);
    CHECK(bounds("listening or udp").kinds == every_kind);
    CHECK(bounds("tcp and dport 80").kinds == bit(Kind::tcp));
    CHECK(bounds("dport 80").kinds == (bit(Kind::tcp) | bit(Kind::udp)));
    CHECK(bounds("not dport 80").kinds == every_kind);
    CHECK_FALSE(bounds("dst 2001:db8::/32").v4);
    CHECK(bounds("dst 10/8").v6);  // v4-mapped
    CHECK(bounds("not ( tcp or udp )").kinds == (every_kind & ~(bit(Kind::tcp) | bit(Kind::udp))));
}

TEST_CASE("'and' and 'or' rank alike, from left to right, as for ss") {
    const Socket web = testing::web_client();
    CHECK_FALSE(passes("tcp or udp and dport 80", web));
    CHECK(passes("tcp or ( udp and dport 80 )", web));
    CHECK_FALSE(passes("tcp or udp dport 80", web));
    CHECK(Filter::parse("tcp or udp and dport 80")->mixes_and_or());
    CHECK_FALSE(Filter::parse("tcp and udp or dport 80")->mixes_and_or());
    CHECK_FALSE(Filter::parse("( tcp or udp ) and dport 80")->mixes_and_or());
}

TEST_CASE("mistakes are told with their place and a hint") {
    CHECK(mistake("dport = :htps").find("':htps' is no port") != std::string::npos);
    CHECK(mistake("state estblished").find("did you mean 'established'?") != std::string::npos);
    CHECK(mistake("tcp and").find("ends too early") != std::string::npos);
    CHECK(mistake("( tcp").find("never closed") != std::string::npos);
    CHECK(mistake("tcp )").find("has no '('") != std::string::npos);
    CHECK(mistake("8080").find(":8080 is a port") != std::string::npos);
    CHECK(mistake("src > 10.0.0.1").find("can only be equal") != std::string::npos);
    CHECK(mistake("dport = 1-99999").find("is no port") != std::string::npos);
    CHECK(mistake("src 10.0.0.256").find("is no address") != std::string::npos);
    CHECK(mistake("dport").find("a value must follow") != std::string::npos);
    CHECK(mistake("user no-such-user-here").find("there is no user") != std::string::npos);
    CHECK(mistake("dst /run/x").find("own side only") != std::string::npos);
    CHECK(mistake("or tcp").find("is no word") != std::string::npos);
    CHECK(mistake(std::string(200, '(') + "tcp").find("nested too deeply") != std::string::npos);
    std::string changing = "tcp";
    for (unsigned i = 0; i < 200; ++i) changing += i % 2 == 0 ? " or tcp" : " and tcp";
    CHECK(mistake(changing).find("change too often") != std::string::npos);
}

}  // namespace
