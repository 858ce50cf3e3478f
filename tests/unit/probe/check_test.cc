// SPDX-License-Identifier: MIT
#include "probe/check.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "transport/descriptor.h"
#include "transport/socket_address.h"

using namespace fid;
using namespace fid::probe;
using transport::Descriptor;
using transport::SocketAddress;

namespace {

const Address loopback = Address::v4(0x7f000001);

/// A listener on 127.0.0.1, on a port of the system's choice.
struct Listener {
    explicit Listener(int type, const Address& at = loopback) : socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
        const SocketAddress place(at, 0);
        REQUIRE(bind(socket.get(), place.data(), place.length()) == 0);
        if (type == SOCK_STREAM) REQUIRE(listen(socket.get(), 8) == 0);
        port = SocketAddress::local_of(socket.get()).port();
    }
    Descriptor socket;
    std::uint16_t port = 0;
};

CheckSettings quick() {
    CheckSettings settings;
    settings.timeout = 150'000'000;
    settings.banner_wait = 0;
    return settings;
}

std::vector<PortResult> run(std::vector<CheckTarget> targets, const CheckSettings& settings = quick()) {
    std::vector<PortResult> results;
    CheckWatcher watcher;
    watcher.on_result = [&](const PortResult& result) { results.push_back(result); };
    REQUIRE(check_ports(targets, settings, watcher));
    return results;
}

}  // namespace

TEST_CASE("open and closed TCP ports, in the order asked for") {
    const Listener open(SOCK_STREAM);
    std::uint16_t closed_port = 0;
    {
        const Listener closed(SOCK_STREAM);
        closed_port = closed.port;
    }
    const std::array ports{closed_port, open.port, closed_port};
    const auto results = run({{.name = "here", .addresses = {loopback}, .ports = ports}});
    REQUIRE(results.size() == 3);
    CHECK(results[0].state == PortState::closed);
    CHECK(results[1].state == PortState::open);
    CHECK(results[2].state == PortState::closed);
    CHECK(results[1].host == "here");
    CHECK(results[1].port == open.port);
    CHECK(results[1].rtt.value_or(0) > 0);
}

TEST_CASE("a name is as open as the best of its addresses") {
    const Listener open(SOCK_STREAM, Address::v4(0x7f000002));
    const std::array ports{open.port};
    const auto results = run({{.name = "both", .addresses = {loopback, Address::v4(0x7f000002)}, .ports = ports}});
    REQUIRE(results.size() == 1);
    CHECK(results[0].state == PortState::open);
    CHECK(results[0].address.text() == "127.0.0.2");
}

TEST_CASE("a range is all its addresses, a target without ports none") {
    const Listener open(SOCK_STREAM, Address::v4(0x7f000003));
    const std::array ports{open.port};
    const auto results = run({{.name = "none", .addresses = {loopback}, .ports = {}},
                              {.range = {Family::v4, 0x7f000001, 0x7f000004}, .ports = ports}});
    REQUIRE(results.size() == 4);
    CHECK(results[0].host == "127.0.0.1");
    CHECK(results[2].state == PortState::open);
    CHECK(results[3].state == PortState::closed);
}

TEST_CASE("UDP: silence is not an answer, a refusal is") {
    const Listener silent(SOCK_DGRAM);
    std::uint16_t closed_port = 0;
    {
        const Listener closed(SOCK_DGRAM);
        closed_port = closed.port;
    }
    const std::array ports{silent.port, closed_port};
    const auto results = run({{.name = "here", .addresses = {loopback}, .transport = Transport::udp, .ports = ports}});
    REQUIRE(results.size() == 2);
    CHECK(results[0].state == PortState::open_or_filtered);
    CHECK_FALSE(results[0].rtt);
    CHECK(results[1].state == PortState::closed);
    // Every attempt was made.
    std::array<char, 16> block;
    for (unsigned i = 0; i < udp_attempts; ++i)
        CHECK(recv(silent.socket.get(), block.data(), block.size(), MSG_DONTWAIT) == 2);
    CHECK(recv(silent.socket.get(), block.data(), block.size(), MSG_DONTWAIT) < 0);
}

TEST_CASE("few sockets at a time and a rate are kept") {
    std::vector<std::uint16_t> ports(50, 1);
    CheckSettings settings = quick();
    settings.parallel = 1;
    settings.rate = 200;
    const auto begun = std::chrono::steady_clock::now();
    CHECK(run({{.name = "here", .addresses = {loopback}, .ports = ports}}, settings).size() == 50);
    CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(150));
}

TEST_CASE("many services that end long before the wait for their banners does") {
    constexpr std::size_t count = 5000;
    const Listener open(SOCK_STREAM);
    const std::jthread server([&open] {
        for (std::size_t i = 0; i < count; ++i) const Descriptor peer(accept(open.socket.get(), nullptr, nullptr));
    });
    CheckSettings settings = quick();
    settings.timeout = 10'000'000'000;
    settings.parallel = 2;
    settings.banner_wait = 3'600'000'000'000;
    const std::vector<std::uint16_t> ports(count, open.port);
    const auto results = run({{.name = "here", .addresses = {loopback}, .ports = ports}}, settings);
    CHECK(results.size() == count);
    CHECK(std::ranges::all_of(results, [](const PortResult& one) { return one.state == PortState::open; }));
}

TEST_CASE("a run that is stopped tells what it knows") {
    const Listener silent(SOCK_DGRAM);
    const std::array ports{silent.port};
    CheckWatcher watcher;
    std::size_t told = 0;
    watcher.on_result = [&](const PortResult&) { ++told; };
    watcher.stop = [] { return true; };
    const std::vector<CheckTarget> targets{{.addresses = {loopback}, .transport = Transport::udp, .ports = ports}};
    CHECK(check_ports(targets, quick(), watcher));
    CHECK(told == 0);
}
