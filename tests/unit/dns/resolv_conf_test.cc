// SPDX-License-Identifier: MIT
#include "dns/resolv_conf.h"

#include <doctest/doctest.h>

using namespace fid;
using namespace fid::dns;

TEST_CASE("resolv.conf is read as glibc does") {
    const ResolvConf conf = parse_resolv_conf(
        "# comment\n; comment\n"
        "nameserver 192.0.2.1\nnameserver fe80::1%lo\r\n"
        "nameserver not-an-address\nnameserver 192.0.2.3 # third\nnameserver 192.0.2.4\n"
        "search a.example b.example\ndomain c.example d.example\n"
        "options ndots:99 timeout:0 attempts:3 rotate edns0 use-vc trust-ad no-aaaa unknown ndots:x\n"
        "options\nnonsense");
    REQUIRE(conf.servers.size() == 3);
    CHECK(conf.servers[0].text() == "192.0.2.1");
    CHECK(conf.servers[1].text() == "fe80::1%lo");
    CHECK(conf.servers[2].text() == "192.0.2.3");
    CHECK(conf.search == std::vector<std::string>{"c.example"});
    CHECK(conf.ndots == 15);
    CHECK(conf.timeout == std::chrono::seconds(1));
    CHECK(conf.attempts == 3);
    CHECK((conf.rotate && conf.edns0 && conf.use_tcp && conf.trust_ad && conf.no_aaaa));
    const ResolvConf none = parse_resolv_conf("");
    REQUIRE(none.servers.size() == 1);
    CHECK(none.servers[0].text() == "127.0.0.1");
    CHECK(none.ndots == 1);
}

TEST_CASE("the search list is walked by ndots") {
    ResolvConf conf = parse_resolv_conf("search one.example two.example.");
    using Names = std::vector<std::string>;
    CHECK(search_names("host", conf) == Names{"host.one.example.", "host.two.example.", "host."});
    CHECK(search_names("a.b", conf) == Names{"a.b.", "a.b.one.example.", "a.b.two.example."});
    CHECK(search_names("host.", conf) == Names{"host."});
    conf.ndots = 2;
    CHECK(search_names("a.b", conf) == Names{"a.b.one.example.", "a.b.two.example.", "a.b."});
    conf.search = {"."};
    CHECK(search_names("host", conf) == Names{"host."});
}
