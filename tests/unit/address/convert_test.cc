// SPDX-License-Identifier: MIT
#include "address/convert.h"

#include <doctest/doctest.h>

using namespace fid;

namespace {
Address at(std::string_view text) { return Address::parse(text).value(); }
std::string zones(std::string_view prefix) {
    std::string out;
    for (const auto& zone : reverse_zones(Prefix::parse(prefix).value())) out += zone + " ";
    return out;
}
}  // namespace

TEST_CASE("reverse names and covering zones") {
    CHECK(reverse_name(at("192.0.2.1")) == "1.2.0.192.in-addr.arpa");
    CHECK(reverse_name(at("2001:db8::1")) ==
          "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    CHECK(zones("10.0.0.0/8") == "10.in-addr.arpa ");
    CHECK(zones("10.1.0.0/22") == "0.1.10.in-addr.arpa 1.1.10.in-addr.arpa 2.1.10.in-addr.arpa 3.1.10.in-addr.arpa ");
    CHECK(zones("0.0.0.0/0") == "in-addr.arpa ");
    CHECK(zones("::/0") == "ip6.arpa ");
    CHECK(
        zones("2001:db8::/33") ==
        "0.8.b.d.0.1.0.0.2.ip6.arpa 1.8.b.d.0.1.0.0.2.ip6.arpa 2.8.b.d.0.1.0.0.2.ip6.arpa 3.8.b.d.0.1.0.0.2.ip6.arpa "
        "4.8.b.d.0.1.0.0.2.ip6.arpa 5.8.b.d.0.1.0.0.2.ip6.arpa 6.8.b.d.0.1.0.0.2.ip6.arpa 7.8.b.d.0.1.0.0.2.ip6.arpa ");
    CHECK(zones("192.0.2.254/31") == "254.2.0.192.in-addr.arpa 255.2.0.192.in-addr.arpa ");
    CHECK(zones("128.0.0.0/1").find("255.in-addr.arpa") != std::string::npos);
    CHECK(reverse_zones(Prefix::parse("128.0.0.0/1").value()).size() == 128);
    CHECK(classless_zone(Prefix::parse("192.0.2.64/26").value()) == "64/26.2.0.192.in-addr.arpa");
    CHECK_FALSE(classless_zone(Prefix::parse("192.0.2.0/24").value()));
}

TEST_CASE("embedded ipv4 addresses") {
    const auto six = embedded_v4(at("2002:c000:204::1")).value();
    CHECK(six.how == Embedding::six_to_four);
    CHECK(six.address.text() == "192.0.2.4");
    const auto teredo = embedded_v4(at("2001:0:4136:e378:8000:63bf:3fff:fdd2")).value();  // the example of RFC 4380
    CHECK(teredo.how == Embedding::teredo);
    CHECK(teredo.address.text() == "192.0.2.45");
    CHECK(teredo.teredo_server.text() == "65.54.227.120");
    CHECK(teredo.teredo_port == 40000);
    CHECK(teredo.teredo_flags == 0x8000);
    CHECK(embedded_v4(at("64:ff9b::c000:221"))->address.text() == "192.0.2.33");
    CHECK(embedded_v4(at("64:ff9b:1:c000:2:2100::"))->address.text() == "192.0.2.33");
    CHECK(embedded_v4(at("::ffff:192.0.2.1"))->how == Embedding::mapped);
    CHECK(embedded_v4(at("::192.0.2.1"))->how == Embedding::compatible);
    CHECK(embedded_v4(at("fe80::5efe:c000:201"))->how == Embedding::isatap);
    CHECK(embedded_v4(at("fe80::200:5efe:192.0.2.1"))->address.text() == "192.0.2.1");
    CHECK_FALSE(embedded_v4(at("::1")));
    CHECK_FALSE(embedded_v4(at("::")));
    CHECK_FALSE(embedded_v4(at("2001:db8::1")));
    CHECK_FALSE(embedded_v4(at("192.0.2.1")));
}

TEST_CASE("rfc 6052 layouts as its section 2 4 prints them") {
    const struct {
        const char* prefix;
        const char* translated;
    } rows[] = {{"2001:db8::/32", "2001:db8:c000:221::"},
                {"2001:db8:100::/40", "2001:db8:1c0:2:21::"},
                {"2001:db8:122::/48", "2001:db8:122:c000:2:2100::"},
                {"2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"},
                {"2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"},
                {"2001:db8:122:344::/96", "2001:db8:122:344::c000:221"}};
    for (const auto& row : rows) {
        const auto prefix = Prefix::parse(row.prefix).value();
        CHECK(rfc6052_v6(prefix, at("192.0.2.33")) == at(row.translated));
        CHECK(rfc6052_v4(at(row.translated), prefix.length())->text() == "192.0.2.33");
    }
    CHECK_FALSE(rfc6052_v4(at("::1"), 72));
    CHECK_FALSE(rfc6052_v6(Prefix::parse("2001:db8::/33").value(), at("192.0.2.33")));
}

TEST_CASE("mac addresses and eui-64") {
    const Mac mac{0x00, 0x11, 0x22, 0x33, 0x44, 0x55};
    CHECK(mac_of(at("fe80::211:22ff:fe33:4455")) == mac);
    CHECK_FALSE(mac_of(at("fe80::1")));
    CHECK(eui64(mac, true) == 0x021122fffe334455);
    CHECK(eui64(mac, false) == 0x001122fffe334455);
    CHECK(slaac_address(Prefix::parse("2001:db8::/64").value(), mac).text() == "2001:db8::211:22ff:fe33:4455");
    for (const char* text : {"00:11:22:33:44:55", "00-11-22-33-44-55", "0011.2233.4455", "001122334455"})
        CHECK(read_mac(text) == mac);
    for (const std::string text :
         {"", "00:11:22:33:44", "00:11:22:33:44:5", "00:11:22:33:44:55:", "00:11-22:33:44:55", "0:011:22:33:44:55",
          "00112233445", "0011:2233:4455", "00:11:22:33:44:5g", ":00112233445"}) {
        CAPTURE(text);
        CHECK_FALSE(read_mac(text));
    }
}
