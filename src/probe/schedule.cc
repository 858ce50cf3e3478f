// SPDX-License-Identifier: MIT
#include "probe/schedule.h"

#include <algorithm>
#include <bit>

namespace fid::probe {
namespace {

// After a pause the rate is caught up with for this long, no more: timers wake late, but a burst is a flood.
// Less at the beginning, where nothing was missed.
constexpr Nanoseconds catch_up = 10'000'000, head_start = 1'000'000;
// What an answer can name (16 bits), and what all targets together may take of memory.
constexpr std::size_t late_ones = 5;  // probes given up that a late answer still finds
constexpr std::size_t most_of_one = 65536, most_of_all = std::size_t{1} << 22U;

/// As many probes of one target as can be under way at once, and some more for late answers.
std::size_t window_for(const Plan& plan, std::size_t targets) {
    const auto by_interval =
        static_cast<double>(plan.wait) / static_cast<double>(std::max<Nanoseconds>(plan.interval, 1));
    const auto by_rate = static_cast<double>(plan.wait) * plan.rate / 1e9;
    auto wanted = static_cast<std::size_t>(std::min({by_interval, by_rate, 1e6})) + late_ones;
    if (plan.count != 0) wanted = std::min<std::size_t>(wanted, plan.count);
    const std::size_t room = std::max<std::size_t>(most_of_all / std::max<std::size_t>(targets, 1), 4);
    return std::min({std::bit_ceil(wanted), std::bit_floor(room), most_of_one});
}

}  // namespace

Schedule::Schedule(std::size_t targets, const Plan& plan)
    : plan_(plan),
      window_(window_for(plan, targets)),
      slots_(targets * window_),
      progress_(targets),
      period_(std::max<Nanoseconds>(static_cast<Nanoseconds>(1e9 / plan.rate), 1)) {
    for (std::size_t i = 0; i < targets; ++i)
        ready_.push_back({std::numeric_limits<Nanoseconds>::min(), static_cast<std::uint32_t>(i)});
}

void Schedule::drop_finished() {
    while (!ready_.empty() && progress_[ready_.front().target].finished) ready_.pop_front();
}

std::optional<ProbeMark> Schedule::next(Nanoseconds now) {
    drop_finished();
    if (ready_.empty() || ready_.front().due > now || gate_ > now) return std::nullopt;
    const auto [due, target] = ready_.front();
    ready_.pop_front();
    const bool first = gate_ == std::numeric_limits<Nanoseconds>::min();
    gate_ = (first ? now - head_start : std::max(gate_, now - catch_up)) + period_;
    Progress& progress = progress_[target];
    const ProbeMark probe{target, ++progress.sequence};
    if (plan_.count != 0 && progress.sequence >= plan_.count) {
        progress.finished = true;
    } else {
        // In step with when it should have gone, unless that is too long ago.
        const Nanoseconds base = due > now - plan_.interval ? due : now;
        ready_.push_back({base + plan_.interval, target});
    }
    return probe;
}

void Schedule::sent(const ProbeMark& probe, const SentAt& at) {
    Slot& place = slot(probe.target, probe.sequence);
    // More are under way than are remembered (a flood over a slow path): the oldest is forgotten and so lost.
    if (place.state == State::waiting) settle(place, probe.target, State::lost);
    place = {probe.sequence, at, State::waiting};
    ++waiting_;
    ++progress_[probe.target].waiting;
    under_way_.push_back({at.steady + plan_.wait, probe});
}

void Schedule::settle(Slot& place, std::uint32_t target, State state) {
    if (place.state == State::waiting) {
        --waiting_;
        --progress_[target].waiting;
    }
    place.state = state;
}

Answered Schedule::answer(std::uint32_t target, std::uint16_t sequence, bool positive) {
    if (target >= progress_.size()) return {};
    Slot& place = slot(target, sequence);
    if (place.state == State::unused || static_cast<std::uint16_t>(place.sequence) != sequence) return {};
    Answered result{Arrival::fresh, place.sequence, place.sent};
    if (place.state == State::answered) {
        result.arrival = Arrival::duplicate;
        return result;
    }
    if (place.state == State::lost) result.arrival = Arrival::late;
    settle(place, target, State::answered);
    if (positive && plan_.until_answer) progress_[target].finished = true;
    return result;
}

std::uint64_t Schedule::presumed(std::uint32_t target) const {
    const std::uint64_t last = progress_[target].sequence;
    const std::uint64_t first = last >= window_ ? last - window_ + 1 : 1;
    for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
        const Slot& place = slot(target, sequence);
        if (place.sequence == sequence && place.state == State::waiting) return sequence;
    }
    return last;
}

void Schedule::drop_settled() {
    while (!under_way_.empty()) {
        const ProbeMark& probe = under_way_.front().probe;
        const Slot& place = slot(probe.target, probe.sequence);
        if (place.sequence == probe.sequence && place.state == State::waiting) return;
        under_way_.pop_front();
    }
}

std::optional<ProbeMark> Schedule::expired(Nanoseconds now) {
    drop_settled();
    if (under_way_.empty() || under_way_.front().until > now) return std::nullopt;
    const ProbeMark probe = under_way_.front().probe;
    under_way_.pop_front();
    settle(slot(probe.target, probe.sequence), probe.target, State::lost);
    return probe;
}

bool Schedule::done(std::uint32_t target) const { return progress_[target].finished && progress_[target].waiting == 0; }

Nanoseconds Schedule::wake_at() {
    drop_finished();
    Nanoseconds at = never;
    if (!ready_.empty()) at = std::max(ready_.front().due, gate_);
    drop_settled();
    if (!under_way_.empty()) at = std::min(at, under_way_.front().until);
    return at;
}

}  // namespace fid::probe
