// SPDX-License-Identifier: MIT
// How many questions to have under way at a server: as many as make answers come faster, no more.
#pragma once

#include <cstdint>

#include "dns/timer_wheel.h"

namespace fid::dns {

/// Climbs the hill of answers a second. Losses alone do not shrink the window, because a network that loses every tenth
/// packet whatever one does would end up at a crawl; losses that come with a larger window do, and so does a rate that
/// a larger window does not raise. Knows no clock.
class Window {
  public:
    struct Limits {
        std::uint32_t start = 256, least = 16, most = 32768;
    };
    explicit Window(const Limits& limits);

    [[nodiscard]] std::uint32_t size() const { return size_; }
    void answered() { ++answered_; }
    void lost() { ++lost_; }
    /// A question had to wait because the window was full. Only then can a round say anything about its size.
    void was_full() { full_ = true; }
    /// To be called often. A round is over after `least_time`, but not before enough has happened to judge it.
    void tick(Nanoseconds now, Nanoseconds least_time);

  private:
    void judge(double rate, double loss);
    void resize(double size);

    Limits limits_;
    std::uint32_t size_;
    std::uint32_t settled_;  ///< the size to go back to where the trial brings nothing
    double rate_ = 0;        ///< answers a second at the settled size
    double usual_loss_ = 1;  ///< share lost in the best rounds of late
    std::uint64_t answered_ = 0, lost_ = 0;
    Nanoseconds round_began_ = 0;
    unsigned rest_ = 0;  ///< rounds until the next trial
    bool full_ = false, doubling_ = true, trial_ = false;
};

}  // namespace fid::dns
