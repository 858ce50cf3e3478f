// SPDX-License-Identifier: MIT
#include "load/histogram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using fid::load::Histogram;
using Time = Histogram::Time;

namespace {

/// The nearest rank among sorted times, as the header promises it.
std::int64_t exact(const std::vector<std::int64_t>& sorted, std::uint64_t numerator, std::uint64_t denominator) {
    const std::uint64_t rank = (sorted.size() * numerator + denominator - 1) / denominator;
    return sorted[std::max<std::uint64_t>(rank, 1) - 1];
}

void agree(const Histogram& histogram, std::vector<std::int64_t> times) {
    std::ranges::sort(times);
    REQUIRE(histogram.count() == times.size());
    CHECK(histogram.least().count() == times.front());
    CHECK(histogram.most().count() == times.back());
    for (const auto& [numerator, denominator] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
             {0, 1}, {1, 1000}, {1, 4}, {1, 2}, {9, 10}, {99, 100}, {999, 1000}, {9999, 10000}, {1, 1}}) {
        const std::int64_t truth = exact(times, numerator, denominator);
        const std::int64_t told = histogram.quantile(numerator, denominator).count();
        CHECK(told >= truth);
        CHECK(static_cast<double>(told - truth) <= static_cast<double>(truth) / 1000);
    }
    double sum = 0, squares = 0;
    for (const std::int64_t time : times) sum += static_cast<double>(time);
    const double mean = sum / static_cast<double>(times.size());
    for (const std::int64_t time : times) squares += std::pow(static_cast<double>(time) - mean, 2);
    CHECK(std::abs(static_cast<double>(histogram.mean().count()) - mean) <= 1);
    const double deviation = std::sqrt(squares / static_cast<double>(times.size()));
    CHECK(std::abs(static_cast<double>(histogram.deviation().count()) - deviation) <= 1 + (mean + deviation) / 1000);
}

}  // namespace

TEST_CASE("an empty histogram has zeros") {
    const Histogram none;
    CHECK(none.count() == 0);
    CHECK(none.least().count() == 0);
    CHECK(none.most().count() == 0);
    CHECK(none.mean().count() == 0);
    CHECK(none.deviation().count() == 0);
    CHECK(none.quantile(1, 2).count() == 0);
}

TEST_CASE("quantiles agree with sorted times of every kind") {
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> skewed(12, 2);
    std::uniform_int_distribution<std::int64_t> any(0, 3'600'000'000'000);
    std::uniform_int_distribution<unsigned> bits(0, 41);
    for (const std::size_t size : {1U, 2U, 3U, 10U, 1000U, 20'000U}) {
        Histogram a, b, c;
        std::vector<std::int64_t> as, bs, cs;
        for (std::size_t i = 0; i < size; ++i) {
            as.push_back(static_cast<std::int64_t>(skewed(random)));
            bs.push_back(any(random));
            cs.push_back(any(random) & ((std::int64_t{1} << bits(random)) - 1));
            a.add(Time(as.back()));
            b.add(Time(bs.back()));
            c.add(Time(cs.back()));
        }
        agree(a, as);
        agree(b, bs);
        agree(c, cs);
        Histogram all;
        for (const Histogram* each : {&a, &b, &c}) all.merge(*each);
        as.insert(as.end(), bs.begin(), bs.end());
        as.insert(as.end(), cs.begin(), cs.end());
        agree(all, as);
    }
}

TEST_CASE("each power of two and its neighbours has its place") {
    for (unsigned bit = 0; bit < 42; ++bit)
        for (const std::int64_t off : {-1, 0, 1}) {
            Histogram one;
            const std::int64_t value = (std::int64_t{1} << bit) + off;
            one.add(Time(value));
            CHECK(one.quantile(1, 2).count() == value);  // a single time is known exactly: it is the most
            one.add(Histogram::longest);
            const std::int64_t told = one.quantile(1, 2).count();
            CHECK(told >= value);
            CHECK(told - value <= value / 1000);
        }
}

TEST_CASE("times beyond the ends count as the ends") {
    Histogram histogram;
    histogram.add(Time(-5));
    histogram.add(std::chrono::hours(24 * 365));
    CHECK(histogram.count() == 2);
    CHECK(histogram.least().count() == 0);
    CHECK(histogram.most() == Histogram::longest);
    histogram.clear();
    CHECK(histogram.count() == 0);
    CHECK(histogram.quantile(1, 1).count() == 0);
}
