// SPDX-License-Identifier: MIT
// The parts of the bulk engine that know no socket: timers, IDs, the window, the choice of a server, a connection's
// room.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "dns/bulk_ids.h"
#include "dns/bulk_servers.h"
#include "dns/bulk_stream_parts.h"
#include "dns/bulk_window.h"
#include "dns/timer_wheel.h"

using namespace fid::dns;

namespace {

constexpr Nanoseconds ms = 1'000'000;
constexpr Nanoseconds start = 1'000'000 * ms;

/// What a window of this size brings in a tenth of a second, at a server of so many answers a second and a round trip
/// of so long, whose buffer holds so many questions.
struct Model {
    double rate, round_trip_s, buffer, random_loss;

    void run(Window& window, Nanoseconds& now) const {
        constexpr double round_s = 0.1;
        const double size = window.size();
        const double excess = std::max(0.0, size - rate * round_trip_s - buffer) / size;
        const double asked = std::min(size / round_trip_s, rate / (1 - std::min(excess, 0.9))) * round_s;
        const double lost = asked * std::min(1.0, random_loss + excess);
        for (auto i = std::llround(asked - lost); i > 0; --i) window.answered();
        for (auto i = std::llround(lost); i > 0; --i) window.lost();
        window.was_full();
        now += 100 * ms;
        window.tick(now, 100 * ms);
    }
};

std::uint32_t settle(const Model& model, Window& window, Nanoseconds now = start) {
    window.tick(now, 100 * ms);
    for (int i = 0; i < 300; ++i) model.run(window, now);
    return window.size();
}

}  // namespace

TEST_CASE("timers fire once, not before their time, and in any number of turns of the wheel") {
    TimerWheel wheel(start, 4 * ms, 64);
    wheel.grow(1000);
    std::mt19937 random(1);
    std::map<std::uint32_t, Nanoseconds> due;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        due[i] = start + static_cast<Nanoseconds>(random() % 2000) * ms;  // eight turns
        wheel.set(i, due[i]);
    }
    for (std::uint32_t i = 0; i < 1000; i += 7) {
        wheel.clear(i);
        due.erase(i);
    }
    CHECK(wheel.armed() == due.size());
    Nanoseconds now = start;
    while (now < start + 2100 * ms) {
        now += static_cast<Nanoseconds>(random() % 20) * ms;
        wheel.advance(now, [&](std::uint32_t timer) {
            REQUIRE(due.contains(timer));
            CHECK(due[timer] <= now);
            CHECK(due[timer] > now - 30 * ms);
            due.erase(timer);
        });
    }
    CHECK(due.empty());
    CHECK(wheel.armed() == 0);
}

TEST_CASE("a timer may be set and cleared while others fire, and a long pause misses none") {
    TimerWheel wheel(start, 4 * ms, 64);
    wheel.grow(4);
    wheel.set(0, start + 10 * ms);
    wheel.set(1, start + 10 * ms);
    wheel.set(2, start + 3000 * ms);
    unsigned fired = 0;
    wheel.advance(start + 20 * ms, [&](std::uint32_t timer) {
        ++fired;
        wheel.clear(1 - timer);
        wheel.set(timer, start);  // late already: at the next tick, not in this call
    });
    CHECK(fired == 1);
    std::set<std::uint32_t> seen;
    wheel.advance(start + 60'000 * ms, [&](std::uint32_t timer) { seen.insert(timer); });
    CHECK(seen.size() == 2);
    CHECK(wheel.armed() == 0);
}

TEST_CASE("the wheel wakes not later than its next timer") {
    TimerWheel wheel(start, 4 * ms, 64);
    wheel.grow(1);
    CHECK(wheel.wake_at() == start + 64 * ms);
    wheel.set(0, start + 9 * ms);
    CHECK(wheel.wake_at() == start + 12 * ms);
}

TEST_CASE("IDs are found where they were taken, and are random in all their bits") {
    RandomPool random;
    IdTable table(10);
    std::map<std::uint16_t, std::uint32_t> taken;
    for (std::uint32_t value = 0; table.has_room(); ++value) {
        const auto id = table.add(value, random);
        REQUIRE(id);
        CHECK(taken.emplace(*id, value).second);
    }
    CHECK(taken.size() > 500);
    CHECK(table.used() == taken.size());
    unsigned ones = 0, zeros = 0xffff;
    for (const auto& [id, value] : taken) {
        CHECK(table.find(id) == value);
        CHECK_FALSE(table.find(static_cast<std::uint16_t>(id ^ 0x8000U)).has_value());  // the same place, another ID
        ones |= id;
        zeros &= id;
    }
    CHECK(ones == 0xffff);
    CHECK(zeros == 0);
    for (const auto& [id, value] : taken) table.remove(id);
    CHECK(table.used() == 0);
    CHECK_FALSE(table.find(taken.begin()->first).has_value());
}

TEST_CASE("the window grows to what the path holds and no further") {
    Window window({.start = 256, .least = 16, .most = 32768});
    // 100 ms and 100,000 a second: 10,000 under way keep it busy.
    const std::uint32_t size = settle({.rate = 1e5, .round_trip_s = 0.1, .buffer = 1e6, .random_loss = 0}, window);
    CHECK(size > 8000);
    CHECK(size < 20000);
}

TEST_CASE("losses that come whatever one does leave the window alone") {
    Window window({.start = 256, .least = 16, .most = 32768});
    const std::uint32_t size = settle({.rate = 1e5, .round_trip_s = 0.1, .buffer = 1e6, .random_loss = 0.1}, window);
    CHECK(size > 8000);
}

TEST_CASE("losses of a full buffer shrink it") {
    Window window({.start = 16384, .least = 16, .most = 32768});
    const Model roomy{.rate = 1e5, .round_trip_s = 0.1, .buffer = 1e6, .random_loss = 0};
    (void)settle(roomy, window);
    const Model tight{.rate = 2e4, .round_trip_s = 0.01, .buffer = 500, .random_loss = 0};
    CHECK(settle(tight, window, start + 60'000 * ms) < 1500);
}

TEST_CASE("a fixed window stays") {
    Window window({.start = 100, .least = 100, .most = 100});
    CHECK(settle({.rate = 1e5, .round_trip_s = 0.1, .buffer = 1e6, .random_loss = 0.5}, window) == 100);
}

TEST_CASE("a server that is silent rests, longer each time, and one answer makes it whole") {
    BulkServer server({}, 5000 * ms);
    Nanoseconds now = start;
    for (int i = 0; i < 16; ++i) {
        CHECK(server.healthy(now));
        server.sent();
        server.lost(now);
    }
    CHECK_FALSE(server.healthy(now + 999 * ms));
    now += 1000 * ms;
    CHECK(server.healthy(now));
    for (int i = 0; i < 4; ++i) {
        CHECK(server.has_room());
        server.sent();
    }
    CHECK_FALSE(server.has_room());  // a few questions for a trial
    server.lost(now);
    CHECK_FALSE(server.healthy(now + 1999 * ms));
    server.answered(1 * ms, true);
    CHECK(server.healthy(now));
    CHECK(server.has_room());
}

TEST_CASE("patience follows the round trip, and grows with the attempts up to the limit") {
    BulkServer server({}, 2000 * ms);
    CHECK(server.patience(0) == 500 * ms);
    for (int i = 0; i < 100; ++i) {
        server.sent();
        server.answered(30 * ms, true);
    }
    CHECK(server.patience(0) == 50 * ms);
    CHECK(server.patience(1) == 50 * ms);
    CHECK(server.patience(2) == 100 * ms);
    CHECK(server.patience(99) == 2000 * ms);
}

TEST_CASE("another server is asked where there is one, and the resting one only where there is no other") {
    BulkServers servers(3, {}, 5000 * ms);
    RandomPool random;
    const auto all = [](std::uint32_t) { return true; };
    servers[1].sent();
    servers[1].refused(start);
    for (int i = 0; i < 100; ++i) {
        CHECK(servers.pick_other(0, start, random, all) == 2);
        CHECK(servers.pick(start, random, all) != 1);
    }
    const auto only_second = [](std::uint32_t server) { return server == 1; };
    CHECK(servers.pick_other(0, start, random, only_second) == 1);
}

TEST_CASE("a server whose connections end early is asked as much as they bear, and what breaks one alone is to blame") {
    StreamRoom room(100);
    SUBCASE("nothing was ever answered: each question's attempts are spent at once") {
        CHECK(room.broke(0));
        CHECK(room.size() == 100);
    }
    SUBCASE("three answers a connection") {
        room.answered();
        CHECK_FALSE(room.broke(3));
        CHECK(room.size() == 3);
        // A reset takes answers along that were on their way.
        CHECK_FALSE(room.broke(0));
        CHECK(room.size() == 1);
        CHECK(room.broke(0));
        for (int i = 0; i < 7; ++i) room.answered();
        CHECK(room.size() == 8);
    }
    SUBCASE("a long life ends without a word on the questions, and costs no room") {
        room.answered();
        CHECK_FALSE(room.broke(500));
        CHECK(room.size() == 100);
    }
    SUBCASE("a server that is gone") {
        room.answered();
        for (int i = 0; i < 6; ++i) CHECK_FALSE(room.broke(0));
        for (int i = 0; i < 10; ++i) CHECK(room.broke(0));
        CHECK(room.size() == 1);
        CHECK(room.broke(0));
        CHECK(room.size() == 100);
    }
}
