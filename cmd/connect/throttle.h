// SPDX-License-Identifier: MIT
// --rate and --delay: how fast we send. --count: how much we take.
#pragma once

#include <chrono>
#include <cstdint>

#include "transport/stream.h"

namespace fid::cmd::connect {

/// When bytes may go, so that never more than the rate's worth of 100 ms goes at once: what was not used of the last 50
/// ms makes up for timers that are late, and no piece is worth more than another 50 ms.
class Pace {
  public:
    explicit Pace(std::uint64_t bytes_a_second) : rate_(static_cast<double>(bytes_a_second)) {}

    /// The largest piece to send at once.
    [[nodiscard]] std::size_t piece() const;
    /// When the next piece may go; it is then told to spend().
    [[nodiscard]] transport::Clock::time_point next(transport::Clock::time_point now);
    void spend(std::size_t bytes);

  private:
    double rate_;
    transport::Clock::time_point next_{};
};

/// `below`, to which no more than `rate` bytes a second are written (0: as many as it takes), with `delay` between two
/// writes. A message is not cut: the next waits the longer.
[[nodiscard]] transport::StreamPtr make_throttled_stream(transport::Executor executor, transport::StreamPtr below,
                                                         std::uint64_t rate, std::chrono::nanoseconds delay);

/// Reads of `below` end with each line feed.
[[nodiscard]] transport::StreamPtr make_line_stream(transport::StreamPtr below);

/// `below`, which keeps boundaries, until `count` messages were read; then a read ends with status success.
[[nodiscard]] transport::StreamPtr make_counted_stream(transport::StreamPtr below, std::uint64_t count);

}  // namespace fid::cmd::connect
