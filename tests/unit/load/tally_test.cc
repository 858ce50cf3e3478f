// SPDX-License-Identifier: MIT
#include "load/tally.h"

#include <doctest/doctest.h>

#include "load/engine.h"

using namespace fid::load;
using namespace std::chrono_literals;

TEST_CASE("tallies add up") {
    Tally a, b;
    a.answered = 2;
    a.statuses[200] = 2;
    a.latency.add(1ms);
    a.oldest = 3s;
    b.answered = 1;
    b.statuses[404] = 1;
    b.failures[static_cast<std::size_t>(Failure::cut)] = 4;
    b.latency.add(9ms);
    b.oldest = 1s;
    b.first_error = "why";
    a.merge(b);
    CHECK(a.answered == 3);
    CHECK(a.failed() == 4);
    CHECK(a.statuses[404] == 1);
    CHECK(a.latency.most() == 9ms);
    CHECK(a.oldest == 3s);
    CHECK(a.first_error == "why");
    a.clear();
    CHECK(a.answered + a.failed() + a.latency.count() == 0);
}

TEST_CASE("each failure has its words and a status") {
    for (std::size_t kind = 0; kind < failure_count; ++kind) {
        const FailureKind& about = describe(static_cast<Failure>(kind));
        CHECK(!about.name.empty());
        CHECK(!about.words.empty());
        CHECK(about.status != fid::Status::success);
    }
    CHECK(describe(Failure::timeout).status == fid::Status::timeout);
    CHECK(describe(Failure::refused).status == fid::Status::cannot_connect);
}

TEST_CASE("what the limit was") {
    Outcome outcome;
    outcome.busiest = 0.5;
    outcome.machine = 0.5;
    CHECK(outcome.limit() == Limit::server);
    outcome.machine = 0.99;
    CHECK(outcome.limit() == Limit::machine);
    outcome.busiest = 0.95;
    CHECK(outcome.limit() == Limit::generator);
    // A schedule that we did not keep, with connections free.
    Outcome late;
    for (int i = 0; i < 100; ++i) {
        late.tally.lag.add(5ms);
        late.tally.corrected.add(6ms);
    }
    CHECK(late.limit() == Limit::generator);
    late.machine = 0.99;
    CHECK(late.limit() == Limit::machine);
    // Little beside what the server took.
    Outcome slow;
    for (int i = 0; i < 100; ++i) {
        slow.tally.lag.add(2ms);
        slow.tally.corrected.add(500ms);
    }
    CHECK(slow.limit() == Limit::server);
}
