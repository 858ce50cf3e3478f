// SPDX-License-Identifier: MIT
#include "load/histogram.h"

#include <algorithm>
#include <cmath>

namespace fid::load {

void Histogram::merge(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    least_ = std::min(least_, other.least_);
    most_ = std::max(most_, other.most_);
}

void Histogram::clear() {
    std::ranges::fill(counts_, 0);
    count_ = 0;
    sum_ = 0;
    least_ = UINT64_MAX;
    most_ = 0;
}

Histogram::Time Histogram::mean() const {
    return Time(count_ == 0 ? 0 : std::llround(sum_ / static_cast<double>(count_)));
}

Histogram::Time Histogram::deviation() const {
    if (count_ < 2) return Time(0);
    const double mean = sum_ / static_cast<double>(count_);
    double squares = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        if (counts_[i] == 0) continue;
        const double distance = static_cast<double>(highest(i)) - mean;
        squares += distance * distance * static_cast<double>(counts_[i]);
    }
    return Time(std::llround(std::sqrt(squares / static_cast<double>(count_))));
}

Histogram::Time Histogram::quantile(std::uint64_t numerator, std::uint64_t denominator) const {
    if (count_ == 0) return Time(0);
    // Whole quotient and rest apart: no overflow for any count that can be reached.
    const std::uint64_t whole = count_ / denominator * numerator;
    const std::uint64_t rest = (count_ % denominator * numerator + denominator - 1) / denominator;
    const std::uint64_t rank = std::clamp<std::uint64_t>(whole + rest, 1, count_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        seen += counts_[i];
        if (seen >= rank) return Time(static_cast<std::int64_t>(std::clamp(highest(i), least_, most_)));
    }
    return most();
}

}  // namespace fid::load
