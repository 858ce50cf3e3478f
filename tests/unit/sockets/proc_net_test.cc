// SPDX-License-Identifier: MIT
#include "sockets/proc_net.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace {

using namespace fid;
using namespace fid::sockets;

std::vector<Socket> recorded(ProcFile file) {
    std::vector<Socket> sockets;
    REQUIRE(read_proc_file(FID_SOURCE_DIR "/tests/sockets/proc_net", file, sockets));
    return sockets;
}

const Socket& with_port(const std::vector<Socket>& sockets, std::uint16_t port) {
    const auto found = std::ranges::find(sockets, port, &Socket::local_port);
    REQUIRE(found != sockets.end());
    return *found;
}

TEST_CASE("/proc/net/tcp as a kernel wrote it") {
    const auto sockets = recorded(ProcFile::tcp);
    REQUIRE(sockets.size() == 11);
    const Socket& http = with_port(sockets, 8080);
    CHECK(http.state == State::listen);
    CHECK(http.local.text() == "192.0.2.10");
    CHECK(http.recv_queue == 1U);
    CHECK_FALSE(http.send_queue);
    CHECK(http.uid == 33U);
    const Socket& waiting = with_port(sockets, 50104);
    CHECK(waiting.state == State::fin_wait_2);
    CHECK(waiting.timer == Timer::time_wait);
    CHECK(waiting.timer_ms == 0x1751 * 10);
    CHECK_FALSE(waiting.uid);
    const Socket& dialing = with_port(sockets, 50105);
    CHECK(dialing.state == State::syn_sent);
    CHECK(dialing.send_queue == 1U);
    CHECK(dialing.timer == Timer::retransmit);
}

TEST_CASE("IPv6, with v4-mapped addresses") {
    const auto sockets = recorded(ProcFile::tcp6);
    REQUIRE(sockets.size() == 5);
    CHECK(with_port(sockets, 631).local.text() == "::1");
    CHECK(with_port(sockets, 50103).peer.text() == "2001:db8::1");
    CHECK(sockets.back().local.text() == "::ffff:192.0.2.10");
    CHECK_FALSE(sockets.back().v6_only);  // /proc does not say
}

TEST_CASE("Unix sockets: blanks in the path, abstract names, listeners") {
    const auto sockets = recorded(ProcFile::unix_domain);
    REQUIRE(sockets.size() == 5);
    CHECK(sockets[0].name == "server socket");
    CHECK(sockets[0].state == State::listen);
    CHECK(sockets[1].state == State::closed);
    CHECK(sockets[1].listens());
    CHECK(sockets[3].name.empty());
    CHECK(sockets[3].state == State::established);
    CHECK(sockets[4].name == "@notify");
}

TEST_CASE("the other files") {
    CHECK(recorded(ProcFile::udp).size() == 4);
    CHECK(recorded(ProcFile::udp6).size() == 2);
    CHECK(recorded(ProcFile::raw).at(0).local_port == 1);
    CHECK(recorded(ProcFile::raw6).at(0).local_port == 58);
    CHECK(recorded(ProcFile::netlink).at(0).name == "route:kernel");
    CHECK(recorded(ProcFile::packet).at(0).local_port == 3);
}

TEST_CASE("lines that make no sense are counted, not read") {
    std::vector<Socket> sockets;
    const std::string text =
        "heading\n"
        "   0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5\n"
        "   1: 0100007F 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5\n"
        "   2: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0\n"
        "   3: 0100007G:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5\n"
        "   4: 0100007F:10016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5\n"
        "\n"
        "garbage";
    CHECK(read_proc_net(ProcFile::tcp, text, sockets) == 5);
    CHECK(sockets.size() == 1);
}

}  // namespace
