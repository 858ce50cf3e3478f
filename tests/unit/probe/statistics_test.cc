// SPDX-License-Identifier: MIT
#include "probe/statistics.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

using fid::probe::Nanoseconds;
using fid::probe::RoundTrips;

namespace {

RoundTrips of(std::initializer_list<Nanoseconds> times) {
    RoundTrips all;
    for (const Nanoseconds time : times) all.add(time);
    return all;
}

}  // namespace

TEST_CASE("no round trips have no statistics") {
    const RoundTrips none;
    CHECK(none.count() == 0);
    CHECK(none.mean() == 0);
    CHECK(none.median() == 0);
    CHECK(none.jitter() == 0);
}

TEST_CASE("least, most, mean and jitter are those of the times") {
    const RoundTrips times = of({10, 40, 20, 30});
    CHECK(times.least() == 10);
    CHECK(times.most() == 40);
    CHECK(times.mean() == 25);
    CHECK(times.jitter() == (30 + 20 + 10) / 3);
    CHECK(of({7}).jitter() == 0);
    CHECK(of({7}).deviation() == 0);
    CHECK(of({2, 4, 4, 4, 5, 5, 7, 9}).deviation() == 2);  // the textbook's
    CHECK(of({-5}).least() == 0);                          // a clock that ran backwards
}

TEST_CASE("quantiles are nearest ranks") {
    CHECK(of({30, 10, 20}).median() == 20);
    CHECK(of({40, 10, 30, 20}).median() == 20);
    CHECK(of({5}).quantile(99, 100) == 5);
    RoundTrips hundred;
    for (Nanoseconds i = 100; i >= 1; --i) hundred.add(i);
    CHECK(hundred.median() == 50);
    CHECK(hundred.quantile(99, 100) == 99);
    CHECK(hundred.quantile(1, 1) == 100);
}

TEST_CASE("many round trips keep quantiles within one percent") {
    RoundTrips times;
    std::vector<Nanoseconds> all;
    std::mt19937_64 random(20260101);
    std::lognormal_distribution<double> distribution(13, 2);
    for (std::size_t i = 0; i < 10 * RoundTrips::kept; ++i) {
        all.push_back(static_cast<Nanoseconds>(distribution(random)));
        times.add(all.back());
    }
    std::ranges::sort(all);
    for (const std::uint64_t percent : {1U, 10U, 50U, 90U, 99U}) {
        CAPTURE(percent);
        const auto exact = static_cast<double>(all[(all.size() * percent + 99) / 100 - 1]);
        CHECK(std::abs(static_cast<double>(times.quantile(percent, 100)) - exact) <= exact * 0.01);
    }
    CHECK(times.quantile(1, 1) == all.back());
    CHECK(times.least() == all.front());
    CHECK(times.count() == all.size());
}

TEST_CASE("the longest time that there is has a place in the histogram") {
    RoundTrips times;
    for (std::size_t i = 0; i <= RoundTrips::kept; ++i) times.add(i == 0 ? INT64_MAX / 8192 : 0);
    CHECK(times.quantile(1, 1) <= INT64_MAX / 8192);
    CHECK(times.quantile(1, 1) > INT64_MAX / 8192 / 100 * 99);
    CHECK(times.median() == 0);
}
