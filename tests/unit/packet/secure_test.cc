// SPDX-License-Identifier: MIT
#include "dissected.h"

using namespace fid::packet;
using namespace fid::packet::test;
using namespace std::string_literals;

namespace {

std::string sized(std::size_t width, const std::string& body) {
    std::string out;
    for (std::size_t i = width; i-- > 0;) out.push_back(static_cast<char>((body.size() >> (8 * i)) & 0xff));
    return out + body;
}

/// With GREASE in the ciphers, extensions, groups and versions.
std::string client_hello() {
    const auto extension = [](std::string_view type, const std::string& body) { return raw(type) + sized(2, body); };
    const std::string extensions = extension("0a0a", "") +
                                   extension("0000", sized(2, "\0"s + sized(2, "example.com"))) +
                                   extension("000a", sized(2, raw("1a1a001d0017"))) +
                                   extension("000b", sized(1, "\0"s)) + extension("000d", sized(2, raw("04030804"))) +
                                   extension("0010", sized(2, sized(1, "h2") + sized(1, "http/1.1"))) +
                                   extension("002b", sized(1, raw("2a2a03040303")));
    const std::string body = raw("0303") + std::string(32, 'r') + sized(1, "") + sized(2, raw("3a3a13021301")) +
                             sized(1, "\0"s) + sized(2, extensions);
    return "\1"s + sized(3, body);
}

}  // namespace

TEST_CASE("tls client hello and its fingerprints") {
    const Seen seen = probe("tls", raw("160301") + sized(2, client_hello()));
    CHECK(seen.info == "TLSv1.3 ClientHello, SNI example.com, ALPN h2,http/1.1");
    CHECK(seen["tls.sni"] == "example.com");
    CHECK(seen["tls.alpn"] == "h2,http/1.1");
    CHECK(seen["tls.ciphers"] == "0x3a3a,0x1302,0x1301");
    CHECK(seen["tls.ja3_full"] == "771,4866-4865,0-10-11-13-16-43,29-23,0");
    CHECK(seen["tls.ja3"].size() == 32);
    CHECK(seen["tls.ja4"].starts_with("t13d0206h2_"));
    CHECK(seen["tls.ja4"].size() == 36);
}

TEST_CASE("tls cut short claims no fingerprint") {
    const std::string whole = raw("160301") + sized(2, client_hello());
    const Seen seen = probe("tls", whole.substr(0, whole.size() - 1));
    CHECK(seen["tls.sni"] == "example.com");
    CHECK(seen["tls.ja3"].empty());
    CHECK(seen["tls.ja4"].empty());
}

TEST_CASE("tls alert and strangers") {
    CHECK(probe("tls", raw("15030300020228")).info == "TLSv1.2 Alert fatal handshake_failure");
    CHECK(probe("tls", "GET / HTTP/1.1").refused);
}

TEST_CASE("ssh banner") {
    const Seen seen = probe("ssh", "SSH-2.0-OpenSSH_9.2p1\r\n", 22, 40000);
    CHECK(seen.info == "SSH: SSH-2.0-OpenSSH_9.2p1");
    CHECK(seen["ssh.protocol"] == "SSH-2.0-OpenSSH_9.2p1");
}

TEST_CASE("wireguard") {
    CHECK(probe("wireguard", raw("01000000efbeadde") + std::string(140, 'x')).info ==
          "WireGuard Handshake Initiation, sender 0xdeadbeef");
    CHECK(probe("wireguard", raw("05000000")).refused);
}

TEST_CASE("isakmp and its sharing of port 4500") {
    const std::string init = std::string(8, 'i') + std::string(8, '\0') + raw("21202208000000000000002021000004");
    CHECK(probe("isakmp", init, 500, 500).info == "isakmp 2.0 msgid 00000000 I: ikev2_init (v2sa)");
    CHECK(probe("isakmp", "\0\0\0\0"s + init, 4500, 4500)["isakmp.non_esp_marker"] == "0");
    CHECK(probe("isakmp", "\xff", 4500, 4500).info == "isakmp-nat-keep-alive");
}

TEST_CASE("quic version negotiation") {
    const Seen seen = probe("quic", raw("80000000000100010100000001"), 443, 40000);
    CHECK(seen["quic.supported_version"] == "1");
    CHECK(probe("quic", "plain text").refused);
}

TEST_CASE("tls 1.3 says hello again behind a change of keys") {
    const Seen seen = probe("tls", raw("140303000101160303") + sized(2, client_hello()));
    CHECK(seen.info == "TLSv1.2 Change Cipher Spec, TLSv1.3 ClientHello, SNI example.com, ALPN h2,http/1.1");
    CHECK(seen["tls.sni"] == "example.com");
    // Encrypted bytes that begin as one would, with a length that is not the record's.
    const Seen other = probe("tls", raw("14030300010116030300280100002501") + std::string(35, 'e'));
    CHECK(other.info == "TLSv1.2 Change Cipher Spec, Encrypted Handshake Message");
}

TEST_CASE("ssh asks for a group in the clear") {
    const Seen seen = probe("ssh", raw("000000140622000004000000040000002000000000000000"), 40000, 22);
    CHECK(seen.info == "SSH: Key Exchange DH GEX Request");
    CHECK(seen["ssh.message"] == "34");
    CHECK(seen["ssh.encrypted"].empty());
}
