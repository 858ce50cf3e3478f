// SPDX-License-Identifier: MIT
#include "dns/name.h"

#include <doctest/doctest.h>

#include <string>

using namespace fid;
using dns::Name;

namespace {

std::string parsed(std::string_view text) {
    const auto name = Name::from_user(text);
    return name ? name->text() : "! " + name.error().cause;
}

}  // namespace

TEST_CASE("dns names are read as typed and written as dig does") {
    CHECK(parsed(".") == ".");
    CHECK(parsed("example.com") == "example.com.");
    CHECK(parsed("Example.COM.") == "Example.COM.");
    CHECK(parsed(R"(a\.b.c)") == R"(a\.b.c.)");
    CHECK(parsed(R"(\000\255\097.x)") == R"(\000\255a.x.)");
    CHECK(parsed("a b.x") == R"(a\032b.x.)");
    CHECK(parsed(R"(a@b$(c);"\\.x)") == R"(a\@b\$\(c\)\;\"\\.x.)");
    CHECK(parsed("_sip._tcp.example") == "_sip._tcp.example.");
}

TEST_CASE("dns names that cannot be are refused with the reason") {
    CHECK(parsed("") == "! it is empty");
    CHECK(parsed("a..b") == "! label 2 is empty");
    CHECK(parsed(".a") == "! label 1 is empty");
    CHECK(parsed("..") == "! label 1 is empty");
    CHECK(parsed(std::string(63, 'a')) == std::string(63, 'a') + ".");
    CHECK(parsed("x." + std::string(64, 'a')) == "! label 2 has 64 bytes; at most 63 are allowed");
    CHECK(parsed(R"(a\25.x)") == R"(! '\25' is not three digits up to 255)");
    CHECK(parsed(R"(a\256.x)") == R"(! '\256' is not three digits up to 255)");
    CHECK(parsed("a\\") == "! a backslash at the end of label 'a\\'");
    const std::string label = std::string(63, 'a') + ".";
    CHECK(parsed(label + label + label + std::string(61, 'a')).size() == 254);
    CHECK(parsed(label + label + label + std::string(62, 'a')) == "! it is longer than 255 bytes");
}

TEST_CASE("dns names outside ascii are those of idna 2008") {
    CHECK(parsed("faß.de") == "xn--fa-hia.de.");
    CHECK(parsed("MÜNCHEN.example") == "xn--mnchen-3ya.example.");
    CHECK(parsed("_foo.münchen") == "_foo.xn--mnchen-3ya.");
    CHECK(parsed("a。b．c｡") == "a.b.c.");
    CHECK(parsed("☃.example") == "! label '☃': string contains a disallowed character");
    CHECK(Name::parse("ü")->text() == R"(\195\188.)");
    CHECK(Name::parse("xn--mnchen-3ya.example")->unicode() == "münchen.example.");
    CHECK(Name::parse("xn--n3h.xn--.x")->unicode() == "xn--n3h.xn--.x.");
}

TEST_CASE("dns names know where they end") {
    CHECK(Name::is_absolute("a."));
    CHECK(Name::is_absolute("."));
    CHECK_FALSE(Name::is_absolute("a"));
    CHECK_FALSE(Name::is_absolute(R"(a\.)"));
    CHECK(Name::is_absolute(R"(a\\.)"));
    CHECK_FALSE(Name::is_absolute(""));
}

TEST_CASE("dns names compare without letter case") {
    const auto name = [](std::string_view text) { return *Name::parse(text); };
    CHECK(name("A.Example") == name("a.eXAMPLE"));
    CHECK(name("A.Example").hash() == name("a.eXAMPLE").hash());
    CHECK(name("a.b") != name("ab"));
    CHECK(name("[") != name("{"));  // 0x20 apart as letters are
    // RFC 4034 section 6.1.
    const char* const sorted[] = {"example",           "a.example",      "yljkjljk.a.example",
                                  "Z.a.example",       "zABC.a.EXAMPLE", "z.example",
                                  R"(\001.z.example)", "*.z.example",    R"(\200.z.example)"};
    for (std::size_t i = 1; i < std::size(sorted); ++i) {
        CHECK(name(sorted[i - 1]) < name(sorted[i]));
        CHECK_FALSE(name(sorted[i]) < name(sorted[i - 1]));
    }
}

TEST_CASE("dns names have parents") {
    const Name name = *Name::parse("www.Example.com");
    CHECK(name.labels() == 3);
    CHECK(name.parent().text() == "Example.com.");
    CHECK(Name().parent().is_root());
    CHECK(name.is_within(*Name::parse("example.COM")));
    CHECK(name.is_within(Name()));
    CHECK(name.is_within(name));
    CHECK_FALSE(name.is_within(*Name::parse("ample.com")));
    CHECK_FALSE(Name().is_within(name));
    CHECK(Name::parse("x")->under(name)->text() == "x.www.Example.com.");
    const Name longest = *Name::parse(std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') +
                                      "." + std::string(59, 'd'));
    CHECK(longest.under(*Name::parse("e")).has_value());
    CHECK_FALSE(longest.under(*Name::parse("ef")).has_value());
}

TEST_CASE("dns names of addresses") {
    CHECK(Name::reverse(*Address::parse("192.0.2.1")).text() == "1.2.0.192.in-addr.arpa.");
    CHECK(Name::reverse(*Address::parse("2001:db8::1")).text() ==
          "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.");
}

TEST_CASE("dns names get letters in random case") {
    std::string text = "ab1-cd";
    dns::mix_case(std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()), 0b101111);
    CHECK(text == "AB1-cD");
}
