// SPDX-License-Identifier: MIT
#include "dns/timer_wheel.h"

#include <algorithm>

namespace fid::dns {

TimerWheel::TimerWheel(Nanoseconds now, Nanoseconds tick, std::uint32_t buckets)
    : tick_(tick), buckets_(buckets), links_(buckets + 1), now_(now / tick) {
    for (std::uint32_t ring = 0; ring <= buckets; ++ring) links_[ring] = {ring, ring};
}

void TimerWheel::grow(std::uint32_t size) {
    if (size <= this->size()) return;
    due_.resize(size);
    links_.resize(first_timer() + size);
}

void TimerWheel::put(std::uint32_t ring, std::uint32_t link) {
    Link& head = links_[ring];
    links_[link] = {ring, head.previous};
    links_[head.previous].next = link;
    head.previous = link;
}

void TimerWheel::take(std::uint32_t link) {
    Link& taken = links_[link];
    links_[taken.previous].next = taken.next;
    links_[taken.next].previous = taken.previous;
    taken = {};
}

void TimerWheel::set(std::uint32_t timer, Nanoseconds when) {
    clear(timer);
    // What is late already fires at the next tick.
    due_[timer] = std::max((when + tick_ - 1) / tick_, now_ + 1);
    put(static_cast<std::uint32_t>(due_[timer] & (buckets_ - 1)), first_timer() + timer);
    ++armed_;
}

void TimerWheel::clear(std::uint32_t timer) {
    if (!is_set(timer)) return;
    take(first_timer() + timer);
    --armed_;
}

bool TimerWheel::begin_advance(Nanoseconds now) {
    const Nanoseconds target = now / tick_;
    if (target <= now_) return false;
    // After a long pause one turn sees every bucket.
    looked_at_ = std::max(now_, target - static_cast<Nanoseconds>(buckets_));
    now_ = target;
    return armed_ != 0;
}

bool TimerWheel::next_due(std::uint32_t& timer) {
    const std::uint32_t open = buckets_;
    while (true) {
        if (links_[open].next == open) {
            if (looked_at_ == now_) return false;
            ++looked_at_;
            // The whole bucket moves over, so that timers set meanwhile are not met.
            const auto ring = static_cast<std::uint32_t>(looked_at_ & (buckets_ - 1));
            if (links_[ring].next == ring) continue;
            links_[open] = links_[ring];
            links_[links_[open].next].previous = open;
            links_[links_[open].previous].next = open;
            links_[ring] = {ring, ring};
        }
        const std::uint32_t link = links_[open].next;
        take(link);
        timer = link - first_timer();
        if (due_[timer] <= now_) {
            --armed_;
            return true;
        }
        put(static_cast<std::uint32_t>(due_[timer] & (buckets_ - 1)), link);  // another turn's
    }
}

Nanoseconds TimerWheel::wake_at() const {
    constexpr Nanoseconds furthest = 16;
    Nanoseconds at = now_ + 1;
    for (; armed_ != 0 && at < now_ + furthest; ++at) {
        const auto ring = static_cast<std::uint32_t>(at & (buckets_ - 1));
        if (links_[ring].next != ring) return at * tick_;
    }
    return (now_ + furthest) * tick_;
}

}  // namespace fid::dns
