// SPDX-License-Identifier: MIT
// How often each time was measured, to three digits, in memory that is fixed however many there are (the idea is that
// of HdrHistogram: linear steps within each power of two).
#pragma once

#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fid::load {

/// Least, most, mean and count are exact. Quantiles are never below the true one, and above it by less than 0.1 %.
class Histogram {
  public:
    using Time = std::chrono::nanoseconds;
    /// Longer times count as this one; negative ones as none.
    static constexpr Time longest = std::chrono::hours(2);

    Histogram() : counts_(place(static_cast<std::uint64_t>(longest.count())) + 1) {}

    void add(Time time) {
        const auto value = static_cast<std::uint64_t>(time < Time(0)   ? 0
                                                      : time > longest ? longest.count()
                                                                       : time.count());
        ++counts_[place(value)];
        ++count_;
        sum_ += static_cast<double>(value);
        if (value < least_) least_ = value;
        if (value > most_) most_ = value;
    }
    void merge(const Histogram& other);
    void clear();

    [[nodiscard]] std::uint64_t count() const { return count_; }
    /// All of these are zero where nothing was added.
    [[nodiscard]] Time least() const { return Time(count_ == 0 ? 0 : static_cast<std::int64_t>(least_)); }
    [[nodiscard]] Time most() const { return Time(static_cast<std::int64_t>(most_)); }
    [[nodiscard]] Time mean() const;
    [[nodiscard]] Time deviation() const;
    /// The smallest time that at least numerator/denominator of all do not exceed (nearest rank).
    [[nodiscard]] Time quantile(std::uint64_t numerator, std::uint64_t denominator) const;

  private:
    static constexpr unsigned digits = 11;  ///< bits that count: steps below 1/1024
    static constexpr std::uint64_t half = 1U << (digits - 1);

    static constexpr std::size_t place(std::uint64_t value) {
        if (value < 2 * half) return value;
        const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - digits;
        return shift * half + (value >> shift);
    }
    /// The largest value of that place.
    static constexpr std::uint64_t highest(std::size_t place) {
        if (place < 2 * half) return place;
        const std::uint64_t shift = place / half - 1;
        return (((place - shift * half) + 1) << shift) - 1;
    }

    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    double sum_ = 0;
    std::uint64_t least_ = UINT64_MAX, most_ = 0;
};

}  // namespace fid::load
