// SPDX-License-Identifier: MIT
#include "transport/telnet.h"

#include <doctest/doctest.h>

#include <utility>

using namespace fid;
using namespace fid::transport;

namespace {

using Octets = std::vector<std::uint8_t>;
constexpr std::uint8_t iac = 255, will = 251, wont = 252, do_ = 253, dont = 254, sb = 250, se = 240;

std::string text(const Octets& bytes) { return std::string(as_text(bytes)); }

/// Gives it all of the bytes, so many at once.
Octets feed(Telnet& telnet, const Octets& wire, std::size_t step) {
    Octets data;
    for (Bytes rest(wire); !rest.empty();) {
        Bytes piece = rest.first(std::min(step, rest.size()));
        rest = rest.subspan(piece.size());
        while (!piece.empty()) piece = piece.subspan(telnet.receive(piece, data));
    }
    return data;
}

Octets feed(Telnet& telnet, const Octets& wire) { return feed(telnet, wire, wire.size()); }
Octets answers(Telnet& telnet) { return std::exchange(telnet.answers(), {}); }

TelnetProfile profile() { return {.terminal = "XTERM", .window = true, .raw_characters = false}; }

}  // namespace

TEST_CASE("telnet: a login server's opening, cut at every byte") {
    const Octets wire{iac, do_, 24, iac, do_, 31, iac,  will, 1,   iac,  will, 3,   iac, do_, 39,  'l', iac, iac,
                      iac, sb,  24, 1,   iac, se, '\r', '\n', 'x', '\r', 0,    'y', iac, 241, 'z', iac, do_, 6};
    for (std::size_t step = 1; step <= wire.size(); ++step) {
        Telnet telnet(profile());
        telnet.resize(80, 255);
        CHECK(feed(telnet, wire, step) == Octets{'l', 255, '\n', 'x', '\r', 'y', 'z'});
        CHECK(answers(telnet) == Octets{iac, will, 24, iac, will, 31,  iac, sb,  31,  0,   80,   0,    255,
                                        255, iac,  se, iac, do_,  1,   iac, do_, 3,   iac, wont, 39,   iac,
                                        sb,  24,   0,  'X', 'T',  'E', 'R', 'M', iac, se,  iac,  wont, 6});
        CHECK(telnet.character_mode());
        CHECK(telnet.agreed() == "ours: TERMINAL-TYPE NAWS; theirs: ECHO SUPPRESS-GO-AHEAD");
    }
}

TEST_CASE("telnet: what is agreed on is not answered again, and nothing loops") {
    Telnet telnet(profile());
    feed(telnet, {iac, will, 1, iac, will, 1, iac, will, 1});
    CHECK(answers(telnet) == Octets{iac, do_, 1});
    feed(telnet, {iac, wont, 1, iac, wont, 1});
    CHECK(answers(telnet) == Octets{iac, dont, 1});
    // What we refuse is refused each time it is asked for, and its end needs no answer.
    feed(telnet, {iac, do_, 35, iac, do_, 35, iac, dont, 35, iac, wont, 35});
    CHECK(answers(telnet) == Octets{iac, wont, 35, iac, wont, 35});
    // Two machines that answer each other come to rest.
    Telnet other(profile());
    telnet.choose_mode(true);
    std::size_t rounds = 0;
    for (Octets said = answers(telnet); !said.empty() && rounds < 10; ++rounds) {
        feed(other, said);
        feed(telnet, answers(other));
        said = answers(telnet);
    }
    CHECK(rounds < 3);
}

TEST_CASE("telnet: a mind changed before the answer (RFC 1143)") {
    Telnet telnet(profile());
    telnet.choose_mode(true);
    CHECK(answers(telnet) == Octets{iac, do_, 3, iac, do_, 1});
    telnet.choose_mode(false);  // waits: one request at a time
    CHECK(answers(telnet).empty());
    feed(telnet, {iac, will, 3, iac, wont, 1});
    CHECK(answers(telnet) == Octets{iac, dont, 3});
    telnet.choose_mode(true);
    CHECK(answers(telnet) == Octets{iac, do_, 1});
    feed(telnet, {iac, wont, 3});
    CHECK(answers(telnet) == Octets{iac, do_, 3});
    // DONT answered by WILL is a fault, and taken for the refusal it should have been.
    feed(telnet, {iac, will, 3});
    telnet.choose_mode(false);
    answers(telnet);
    feed(telnet, {iac, will, 3});
    CHECK(answers(telnet).empty());
}

TEST_CASE("telnet: the user's bytes on the wire") {
    const auto sent = [](const Octets& bytes, std::size_t step, bool binary) {
        Telnet telnet(profile());
        if (binary) feed(telnet, {iac, do_, 0});
        Octets wire;
        for (Bytes rest(bytes); !rest.empty(); rest = rest.subspan(std::min(step, rest.size())))
            telnet.send(rest.first(std::min(step, rest.size())), wire);
        telnet.send_end(wire);
        return wire;
    };
    const Octets bytes{'a', '\n', 'b', '\r', '\n', '\r', 'c', iac, '\n', '\n', '\r', '\r'};
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        CHECK(sent(bytes, step, false) == Octets{'a', '\r', '\n', 'b', '\r', '\n', '\r', 0, 'c', iac, iac, '\r', '\n',
                                                 '\r', '\n', '\r', 0, '\r', 0});
        CHECK(sent(bytes, step, true) ==
              Octets{'a', '\n', 'b', '\r', '\n', '\r', 'c', iac, iac, '\n', '\n', '\r', '\r'});
    }
}

TEST_CASE("telnet: keys and screens in character mode") {
    Telnet telnet({.terminal = "X", .window = false, .raw_characters = true});
    Octets data;
    const Octets wire{'a', '\r', '\n', iac, will, 1, iac, will, 3, 'b', '\r', '\n', '\r', 0, 'c'};
    // The change is told before anything is read that comes after it.
    const std::size_t first = telnet.receive(wire, data);
    CHECK(first == 9);
    CHECK(text(data) == "a\n");
    CHECK(telnet.receive(Bytes(wire).subspan(first), data) == wire.size() - first);
    CHECK(text(data) == "a\nb\r\n\rc");
    Octets keys;
    telnet.send(as_bytes("x\r\n\x03"), keys);
    CHECK(keys == Octets{'x', '\r', 0, '\n', 3});
    CHECK(feed(telnet, {iac, do_, 31}).empty());
    CHECK(answers(telnet) == Octets{iac, do_, 1, iac, do_, 3, iac, wont, 31});
    telnet.choose_mode(false);
    CHECK_FALSE(telnet.character_mode());
}

TEST_CASE("telnet: a CR before a change of mode is neither lost nor doubled") {
    const auto read = [](Octets first, std::uint8_t verb, Octets then) {
        Telnet telnet({.terminal = "X", .window = false, .raw_characters = true});
        Octets data = feed(telnet, {iac, will, 3});
        if (verb == wont) data = feed(telnet, {iac, will, 1});
        const Octets change{iac, verb, 1};
        first.insert(first.end(), change.begin(), change.end());
        first.insert(first.end(), then.begin(), then.end());
        data = feed(telnet, first);
        telnet.receive_end(data);
        return text(data);
    };
    CHECK(read({'a', '\r'}, will, {'\n', 'b'}) == "a\r\nb");
    CHECK(read({'a', '\r'}, will, {0, 'b'}) == "a\rb");
    CHECK(read({'a', '\r'}, wont, {'\n', 'b'}) == "a\r\nb");
    CHECK(read({'a', '\r'}, wont, {0, 'b'}) == "a\rb");
    CHECK(read({'a', '\r'}, wont, {}) == "a\r");
}

TEST_CASE("telnet: binary from the peer passes as it is") {
    Telnet telnet(profile());
    CHECK(feed(telnet, {'\r', iac, will, 0, '\r', 0, '\r', '\n', iac, iac}) == Octets{'\r', '\r', 0, '\r', '\n', 255});
    CHECK(answers(telnet) == Octets{iac, do_, 0});
    CHECK(feed(telnet, {iac, wont, 0, '\r', '\n'}) == Octets{'\n'});
}

TEST_CASE("telnet: subnegotiations that are long, broken or unasked for") {
    Telnet telnet(profile());
    CHECK(feed(telnet, {iac, sb, 24, 1, iac, se, 'a'}) == Octets{'a'});
    CHECK(answers(telnet).empty());  // it was not agreed on
    Octets wire{iac, do_, 24, iac, sb, 24, 1};
    wire.insert(wire.end(), 100'000, 7);
    wire.insert(wire.end(), {iac, se, 'b', iac, sb, 24, iac, iac, iac, se, 'c'});
    CHECK(feed(telnet, wire) == Octets{'b', 'c'});
    CHECK(answers(telnet) == Octets{iac, will, 24});
    // One without an end is over where the next command begins.
    CHECK(feed(telnet, {iac, sb, 24, 1, iac, do_, 31, 'd'}) == Octets{'d'});
    CHECK(answers(telnet) == Octets{iac, will, 31, iac, sb, 31, 0, 0, 0, 0, iac, se});
}

TEST_CASE("telnet: commands and their names") {
    std::vector<std::string> notes;
    Telnet telnet(profile(), [&notes](const std::string& note) { notes.push_back(note); });
    CHECK(feed(telnet, {iac, 246, iac, 242, iac, 249, iac, 200, 'a'}) == Octets{'a'});
    CHECK(answers(telnet) == Octets{iac, 241});  // are you there?
    telnet.command(TelnetCommand::interrupt_process);
    CHECK(answers(telnet) == Octets{iac, 244});
    feed(telnet, {iac, do_, 24, iac, will, 99});
    CHECK(notes == std::vector<std::string>{"received AYT", "sent NOP", "received DM", "received GA", "sent IP",
                                            "received DO TERMINAL-TYPE", "sent WILL TERMINAL-TYPE", "received WILL 99",
                                            "sent DONT 99"});
}

TEST_CASE("telnet: a CR at the very end is not lost") {
    Telnet telnet(profile());
    Octets data = feed(telnet, {'a', '\r'});
    CHECK(text(data) == "a");
    telnet.receive_end(data);
    CHECK(text(data) == "a\r");
}
