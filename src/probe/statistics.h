// SPDX-License-Identifier: MIT
// Round-trip times of one target, in bounded memory however long it is watched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fid::probe {

using Nanoseconds = std::int64_t;

/// Minimum, maximum, mean, jitter and deviation are exact. Quantiles are exact up to `kept` times; from then on they
/// are read from a histogram whose steps are below 1 %.
class RoundTrips {
  public:
    static constexpr std::size_t kept = 4096;

    void add(Nanoseconds time);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    /// All of these are 0 where nothing was added.
    [[nodiscard]] Nanoseconds least() const { return least_; }
    [[nodiscard]] Nanoseconds most() const { return most_; }
    [[nodiscard]] Nanoseconds mean() const;
    /// Mean difference between one time and the next; 0 for less than two.
    [[nodiscard]] Nanoseconds jitter() const;
    /// Standard deviation of all times, rounded; 0 for less than two.
    [[nodiscard]] Nanoseconds deviation() const;
    [[nodiscard]] Nanoseconds median() const { return quantile(1, 2); }
    /// The smallest time that at least numerator/denominator of all times do not exceed (nearest rank).
    [[nodiscard]] Nanoseconds quantile(std::uint64_t numerator, std::uint64_t denominator) const;

  private:
    std::vector<Nanoseconds> times_;        ///< in order of arrival, until there are more than `kept`
    std::vector<std::uint64_t> histogram_;  ///< then this
    std::uint64_t count_ = 0;
    Nanoseconds least_ = 0, most_ = 0, last_ = 0;
    Nanoseconds sum_ = 0, sum_of_steps_ = 0;
    double mean_ = 0, squares_ = 0;  ///< running mean, and sum of squared distances from it (Welford)
};

}  // namespace fid::probe
