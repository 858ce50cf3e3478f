// SPDX-License-Identifier: MIT
// Timers for very many things at once: setting, clearing and firing take the same short time however many there are.
#pragma once

#include <cstdint>
#include <vector>

namespace fid::dns {

/// Nanoseconds of a clock that never jumps.
using Nanoseconds = std::int64_t;

/// One timer for each of `size()` things, numbered from 0. Time is counted in ticks; a timer fires at the first tick
/// that is not before its time. Knows no clock: it is told the time.
class TimerWheel {
  public:
    /// Buckets are a power of two. Timers further away than all of them go round and are only looked at once a turn.
    explicit TimerWheel(Nanoseconds now, Nanoseconds tick = 4'000'000, std::uint32_t buckets = 1024);

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(due_.size()); }
    void grow(std::uint32_t size);  ///< never shrinks; the new timers are not set
    /// Sets the timer, anew where it is set already.
    void set(std::uint32_t timer, Nanoseconds when);
    void clear(std::uint32_t timer);
    [[nodiscard]] bool is_set(std::uint32_t timer) const { return links_[first_timer() + timer].next != nowhere; }
    [[nodiscard]] std::uint32_t armed() const { return armed_; }  ///< how many are set

    /// Calls `fire(timer)` for each whose time has come; it is no longer set then, and may be set again.
    template <class Fire>
    void advance(Nanoseconds now, Fire&& fire) {
        if (!begin_advance(now)) return;
        for (std::uint32_t timer = 0; next_due(timer);) fire(timer);
    }
    /// Not later than the next timer; at most 16 ticks ahead, and 16 ticks where none is set.
    [[nodiscard]] Nanoseconds wake_at() const;

  private:
    static constexpr std::uint32_t nowhere = ~0U;
    struct Link {
        std::uint32_t next = nowhere, previous = nowhere;
    };
    // links_ begins with a ring for each bucket and one for those being looked at; the timers follow.
    [[nodiscard]] std::uint32_t first_timer() const { return buckets_ + 1; }
    void put(std::uint32_t ring, std::uint32_t link);
    void take(std::uint32_t link);
    bool begin_advance(Nanoseconds now);
    bool next_due(std::uint32_t& timer);

    Nanoseconds tick_;
    std::uint32_t buckets_;
    std::vector<Link> links_;
    std::vector<Nanoseconds> due_;  ///< by timer, in ticks
    Nanoseconds now_;               ///< in ticks; what is due by then has fired
    Nanoseconds looked_at_ = 0;     ///< during advance(): the tick whose bucket was opened last
    std::uint32_t armed_ = 0;
};

}  // namespace fid::dns
