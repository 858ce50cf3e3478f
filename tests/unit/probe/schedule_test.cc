// SPDX-License-Identifier: MIT
#include "probe/schedule.h"

#include <doctest/doctest.h>

#include <map>

using namespace fid::probe;

namespace {

constexpr Nanoseconds ms = 1'000'000;

/// Sends all that is due; returns how many.
std::uint64_t send_due(Schedule& schedule, Nanoseconds now) {
    std::uint64_t count = 0;
    while (const auto probe = schedule.next(now)) {
        schedule.sent(*probe, {now, now});
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("each target gets its probes, an interval apart") {
    Schedule schedule(1, {.count = 3, .interval = 100 * ms, .wait = 1000 * ms, .rate = 1e6});
    std::map<Nanoseconds, std::uint64_t> sent;
    for (Nanoseconds now = 0; now <= 1000 * ms; now += 10 * ms)
        if (const std::uint64_t count = send_due(schedule, now)) sent[now / ms] = count;
    CHECK(sent == std::map<Nanoseconds, std::uint64_t>{{0, 1}, {100, 1}, {200, 1}});
}

TEST_CASE("a schedule that was held up sends no burst to a target") {
    Schedule schedule(1, {.count = 0, .interval = 100 * ms, .wait = 100 * ms, .rate = 1e6});
    CHECK(send_due(schedule, 0) == 1);
    CHECK(send_due(schedule, 5000 * ms) == 1);  // not 50
    CHECK(send_due(schedule, 5050 * ms) == 0);
    CHECK(send_due(schedule, 5100 * ms) == 1);
}

TEST_CASE("a late probe does not shift those behind it") {
    Schedule schedule(1, {.count = 0, .interval = 100 * ms, .wait = 100 * ms, .rate = 1e6});
    CHECK(send_due(schedule, 0) == 1);
    CHECK(send_due(schedule, 130 * ms) == 1);
    CHECK(send_due(schedule, 199 * ms) == 0);
    CHECK(send_due(schedule, 200 * ms) == 1);
}

TEST_CASE("the rate bounds all targets together") {
    Schedule schedule(5000, {.count = 1, .interval = 1000 * ms, .wait = 1000 * ms, .rate = 1000});
    std::uint64_t sent = 0;
    std::uint64_t most_at_once = 0;
    for (Nanoseconds now = 0; now < 2000 * ms; now += ms / 2) {
        const std::uint64_t count = send_due(schedule, now);
        most_at_once = std::max(most_at_once, count);
        sent += count;
    }
    CHECK(sent >= 1990);
    CHECK(sent <= 2012);
    CHECK(most_at_once <= 11);
    CHECK(send_due(schedule, 60'000 * ms) <= 11);  // a minute asleep is not made good in a flood
}

TEST_CASE("targets take turns") {
    Schedule schedule(3, {.count = 2, .interval = 0, .wait = 1000 * ms, .rate = 1e9});
    std::vector<std::uint32_t> order;
    while (const auto probe = schedule.next(0)) {
        schedule.sent(*probe, {});
        order.push_back(probe->target);
    }
    CHECK(order == std::vector<std::uint32_t>{0, 1, 2, 0, 1, 2});
}

TEST_CASE("answers are fresh once, then duplicates; what was given up comes late") {
    Schedule schedule(1, {.count = 2, .interval = 10 * ms, .wait = 100 * ms, .rate = 1e6});
    CHECK(send_due(schedule, 0) == 1);
    CHECK(send_due(schedule, 10 * ms) == 1);
    const Answered first = schedule.answer(0, 1, true);
    CHECK(first.arrival == Arrival::fresh);
    CHECK(first.sequence == 1);
    CHECK(schedule.answer(0, 1, true).arrival == Arrival::duplicate);
    CHECK_FALSE(schedule.expired(109 * ms));
    CHECK_FALSE(schedule.done());
    CHECK(schedule.wake_at() == 110 * ms);
    CHECK(schedule.expired(110 * ms) == ProbeMark{0, 2});
    CHECK_FALSE(schedule.expired(110 * ms));
    CHECK(schedule.done());
    const Answered late = schedule.answer(0, 2, true);
    CHECK(late.arrival == Arrival::late);
    CHECK(late.sent.steady == 10 * ms);
    CHECK(schedule.answer(0, 2, true).arrival == Arrival::duplicate);
    CHECK(schedule.answer(0, 3, true).arrival == Arrival::unknown);
    CHECK(schedule.answer(9, 1, true).arrival == Arrival::unknown);
}

TEST_CASE("nothing is waited for once all is answered") {
    Schedule schedule(2, {.count = 1, .interval = 1000 * ms, .wait = 5000 * ms, .rate = 1e6});
    CHECK(send_due(schedule, 0) == 2);
    CHECK(schedule.answer(0, 1, true).arrival == Arrival::fresh);
    CHECK(schedule.done(0));
    CHECK_FALSE(schedule.done());
    CHECK(schedule.answer(1, 1, false).arrival == Arrival::fresh);  // an error settles it, too
    CHECK(schedule.done());
    CHECK(schedule.wake_at() == Schedule::never);
}

TEST_CASE("until it answers: a target that did is left alone, one that erred is not") {
    Schedule schedule(2, {.count = 3, .interval = 100 * ms, .wait = 100 * ms, .until_answer = true, .rate = 1e6});
    CHECK(send_due(schedule, 0) == 2);
    schedule.answer(0, 1, true);
    schedule.answer(1, 1, false);
    CHECK(schedule.done(0));
    CHECK_FALSE(schedule.done(1));
    const auto next = schedule.next(100 * ms);
    REQUIRE(next);
    CHECK(*next == ProbeMark{1, 2});
    CHECK_FALSE(schedule.next(100 * ms));
}

TEST_CASE("sequence numbers go on past 16 bits") {
    Schedule schedule(1, {.count = 0, .interval = 1, .wait = 10, .rate = 1e9});
    for (Nanoseconds now = 0; now < 65540; ++now) {
        const auto probe = schedule.next(now);
        REQUIRE(probe);
        schedule.sent(*probe, {now, now});
        while (schedule.expired(now)) {
        }
    }
    const Answered answered = schedule.answer(0, 4, true);  // 65540
    CHECK(answered.arrival == Arrival::fresh);
    CHECK(answered.sequence == 65540);
}

TEST_CASE("answers without a number are for the oldest that is waited for, else the last") {
    Schedule schedule(1, {.count = 3, .interval = 10 * ms, .wait = 100 * ms, .rate = 1e6});
    CHECK(schedule.presumed(0) == 0);
    for (const Nanoseconds now : {0 * ms, 10 * ms, 20 * ms}) CHECK(send_due(schedule, now) == 1);
    schedule.answer(0, 1, true);
    CHECK(schedule.presumed(0) == 2);
    schedule.answer(0, 2, true);
    schedule.answer(0, 3, true);
    CHECK(schedule.presumed(0) == 3);
    CHECK(schedule.waiting(0) == 0);
}
