// SPDX-License-Identifier: MIT
// What -v tells, put together from layers, and what no text of a listing shows.
#include "packet/verbose.h"

#include <doctest/doctest.h>

#include "dissected.h"
#include "packet/field_text.h"
#include "packet/line.h"

namespace fid::packet {
namespace {

using namespace test;

/// The line of a packet that begins with its IP header.
std::string line_of(std::string_view hex, std::uint8_t verbosity, bool ends = true) {
    const Octets bytes = from_hex(hex);
    Packet packet;
    packet.verbosity = verbosity;
    dissect(packet, bytes, static_cast<std::uint32_t>(bytes.size()), 101);
    Text out;
    ends ? write_line(packet, out) : write_line_without_ends(packet, out);
    return out.take();
}

// 192.0.2.10.50100 > 198.51.100.80.80, a SYN; the texts are tcpdump 4.99.3's.
constexpr std::string_view syn = "4500002800010000400690abc000020ac6336450c3b40050100000000000000050022000b8250000";

std::string verbose(std::string_view name, std::string_view bytes, std::uint8_t verbosity = 1) {
    const Dissector* reader = find_dissector(name);
    REQUIRE(reader != nullptr);
    Packet packet;
    packet.clear(as_bytes(bytes), static_cast<std::uint32_t>(bytes.size()), 1);
    packet.verbosity = verbosity;
    const auto size = static_cast<std::uint32_t>(bytes.size());
    packet.add({.protocol = reader->protocol, .header = size, .length = size});
    Text out;
    reader->info(packet, packet.layers()[0], out);
    if (verbosity > 1) write_fields(packet, packet.layers()[0], out);
    return out.take();
}

}  // namespace

TEST_CASE("the header's parenthesis and the checksums") {
    CHECK(line_of(syn, 0) == "IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [S], seq 268435456, win 8192, length 0");
    const std::string text = line_of(syn, 1);
    CHECK(text.starts_with("IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40"));
    CHECK(text.find(")\n    192.0.2.10.50100 > 198.51.100.80.80: Flags [S], cksum 0xb825 (") != std::string::npos);
}

TEST_CASE("a line for who knows the ends already") {
    CHECK(line_of(syn, 0, false) == "Flags [S], seq 268435456, win 8192, length 0");
    // A later fragment has nothing but its protocol's number.
    CHECK(line_of("4500001c000100014011000001020304050607080000000000000000", 0, false) == "ip-proto-17");
}

TEST_CASE("durations") {
    const auto text = [](std::uint32_t seconds) {
        Text out;
        write_duration(seconds, out);
        return out.take();
    };
    CHECK(text(0) == "0s");
    CHECK(text(3072) == "51m12s");
    CHECK(text(7200) == "2h");
    CHECK(text(166821) == "1d22h20m21s");
}

TEST_CASE("no verbosity shows a credential") {
    for (std::uint8_t verbosity = 1; verbosity <= 3; ++verbosity) {
        const auto hidden = [&](std::string_view name, std::string_view bytes) {
            const std::string text = verbose(name, bytes, verbosity);
            INFO(text);
            CHECK(text.find("sesame") == std::string::npos);
            CHECK(text.find(masked) != std::string::npos);
        };
        hidden("http", "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Basic\r\n sesame\r\nAccept: */*\r\n\r\n");
        hidden("http", "HTTP/1.1 200 OK\r\nSet-Cookie: a=sesame\r\n\r\n");
        hidden("sip", "REGISTER sip:h SIP/2.0\r\nProxy-Authorization: Digest sesame\r\n\r\n");
        hidden("ftp", "PASS sesame\r\n");
        hidden("smtp", "EHLO me\r\nAUTH PLAIN sesame\r\n");
        hidden("pop", "APOP joe sesame\r\n");
        hidden("imap", "a LOGIN joe sesame\r\n");
        hidden("redis", "*2\r\n$4\r\nAUTH\r\n$6\r\nsesame\r\n");
    }
    // What answers a challenge is no command: alone it is data, behind a command it is masked.
    CHECK(verbose("smtp", "AUTH LOGIN\r\ndGVz\r\n", 1).find("dGVz") == std::string::npos);
    CHECK(probe("smtp", "dGVz\r\n").refused);
    CHECK(probe("imap", "joe sesame\r\n").refused);
    CHECK(probe("ftp", "AUTH TLS\r\n").info == "FTP: AUTH TLS");
    CHECK(probe("irc", "PRIVMSG NickServ :IDENTIFY sesame\r\n").info == "IRC: PRIVMSG ***");
}

TEST_CASE("the credential fields are fields") {
    unsigned known = 0;
    for (const Dissector* one : all_dissectors())
        for (const FieldInfo& field : one->fields) known += is_credential_field(field.name) ? 1U : 0U;
    CHECK(known == credential_fields().size());
}

TEST_CASE("the fields show what is on the wire") {
    CHECK(probe("ftp", "PASS sesame\r\n")["ftp.argument"] == "sesame");
    CHECK(probe("http", "GET / HTTP/1.1\r\nAuthorization: Basic sesame\r\n\r\n")["http.authorization"] ==
          "Basic sesame");
}

TEST_CASE("text lines end where the text does, and nothing reaches the terminal unescaped") {
    CHECK(verbose("http", "GET / HTTP/1.1\r\nHost: h\r\n\r\n") == "HTTP, length: 27\n\tGET / HTTP/1.1\n\tHost: h\n\t");
    CHECK(verbose("http", "GET / HTTP/1.1\r\nX: \x1b[2J\r\n\r\n") == "HTTP, length: 27\n\tGET / HTTP/1.1");
}

}  // namespace fid::packet
