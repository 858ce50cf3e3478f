// SPDX-License-Identifier: MIT
#include "probe/statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace fid::probe {
namespace {

// Each power of two is cut into 128 equal steps.
constexpr unsigned step_bits = 7;
constexpr std::uint64_t steps = std::uint64_t{1} << step_bits;

std::size_t bucket_of(Nanoseconds time) {
    const auto value = static_cast<std::uint64_t>(time);
    if (value < steps) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - step_bits - 1;
    return shift * steps + (value >> shift);
}

/// The middle of a bucket.
Nanoseconds value_of(std::size_t bucket) {
    if (bucket < 2 * steps) return static_cast<Nanoseconds>(bucket);
    const std::size_t shift = bucket / steps - 1;
    const std::uint64_t low = (bucket - shift * steps) << shift;
    return static_cast<Nanoseconds>(low + (std::uint64_t{1} << shift) / 2);
}

}  // namespace

void RoundTrips::add(Nanoseconds time) {
    time = std::max<Nanoseconds>(time, 0);
    if (count_ == 0) {
        least_ = most_ = time;
    } else {
        least_ = std::min(least_, time);
        most_ = std::max(most_, time);
        sum_of_steps_ += time > last_ ? time - last_ : last_ - time;
    }
    last_ = time;
    sum_ += time;
    ++count_;
    const double distance = static_cast<double>(time) - mean_;
    mean_ += distance / static_cast<double>(count_);
    squares_ += distance * (static_cast<double>(time) - mean_);
    if (histogram_.empty() && times_.size() < kept) {
        times_.push_back(time);
        return;
    }
    if (histogram_.empty()) {
        histogram_.resize(bucket_of(INT64_MAX) + 1);
        for (const Nanoseconds one : times_) ++histogram_[bucket_of(one)];
        times_ = {};
    }
    ++histogram_[bucket_of(time)];
}

Nanoseconds RoundTrips::mean() const { return count_ == 0 ? 0 : sum_ / static_cast<Nanoseconds>(count_); }

Nanoseconds RoundTrips::deviation() const {
    return count_ < 2 ? 0 : std::llround(std::sqrt(squares_ / static_cast<double>(count_)));
}

Nanoseconds RoundTrips::jitter() const { return count_ < 2 ? 0 : sum_of_steps_ / static_cast<Nanoseconds>(count_ - 1); }

Nanoseconds RoundTrips::quantile(std::uint64_t numerator, std::uint64_t denominator) const {
    if (count_ == 0) return 0;
    const std::uint64_t rank = std::max<std::uint64_t>((count_ * numerator + denominator - 1) / denominator, 1);
    if (histogram_.empty()) {
        std::vector<Nanoseconds> sorted = times_;
        const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(rank - 1);
        std::ranges::nth_element(sorted, place);
        return *place;
    }
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < histogram_.size(); ++bucket) {
        below += histogram_[bucket];
        if (below >= rank) return std::clamp(value_of(bucket), least_, most_);
    }
    return most_;
}

}  // namespace fid::probe
