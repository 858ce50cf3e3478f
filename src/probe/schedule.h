// SPDX-License-Identifier: MIT
// When each probe goes out and how long it is waited for. Knows no sockets and no clock: it is told the time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

#include "probe/icmp.h"
#include "probe/statistics.h"

namespace fid::probe {

struct Plan {
    std::uint64_t count = 0;            ///< probes to each target; 0 is without end
    Nanoseconds interval = 1000000000;  ///< between two probes to one target
    Nanoseconds wait = 1000000000;      ///< for an answer
    bool until_answer = false;          ///< a target that answered is done
    double rate = 1000;                 ///< probes a second to all targets together
};

/// What the arrival of an answer means.
enum class Arrival : std::uint8_t {
    fresh,      ///< the first answer, in time
    late,       ///< the first answer, but its probe was given up
    duplicate,  ///< answered before
    unknown,    ///< no such probe, or too long ago
};

/// When a probe left: by the clock that never jumps, and by the clock the kernel stamps packets with.
struct SentAt {
    Nanoseconds steady = 0;
    Nanoseconds wall = 0;
};

struct Answered {
    Arrival arrival = Arrival::unknown;
    std::uint64_t sequence = 0;  ///< the whole one
    SentAt sent;                 ///< unless unknown
};

/// Sequence numbers begin with 1. Targets take turns; none is ever sent two probes closer together than the interval
/// because it was late. Memory is fixed: a few probes a target are remembered, as many as can be under way.
class Schedule {
  public:
    Schedule(std::size_t targets, const Plan& plan);

    /// The probe to send now, if one is due and the rate allows it. It must be followed by sent().
    [[nodiscard]] std::optional<ProbeMark> next(Nanoseconds now);
    void sent(const ProbeMark& probe, const SentAt& at);
    /// An answer came; the low 16 bits of its sequence number are enough. `positive`: the target is up; otherwise it is
    /// an error, which settles the probe too.
    Answered answer(std::uint32_t target, std::uint16_t sequence, bool positive);
    /// For answers that do not say to which probe they are: the oldest that is waited for, else the last; 0 where
    /// there was none yet.
    [[nodiscard]] std::uint64_t presumed(std::uint32_t target) const;
    /// A probe that was waited for long enough; call until there is none.
    [[nodiscard]] std::optional<ProbeMark> expired(Nanoseconds now);

    /// Nothing is left to send and nothing to wait for.
    [[nodiscard]] bool done() {
        drop_finished();
        return ready_.empty() && waiting_ == 0;
    }
    /// No more probes to this target are to come, and none is waited for.
    [[nodiscard]] bool done(std::uint32_t target) const;
    /// How many probes to this target are waited for.
    [[nodiscard]] std::uint32_t waiting(std::uint32_t target) const { return progress_[target].waiting; }
    /// When next() or expired() will have something; the far future where nothing is.
    [[nodiscard]] Nanoseconds wake_at();

    static constexpr Nanoseconds never = std::numeric_limits<Nanoseconds>::max();

  private:
    enum class State : std::uint8_t { unused, waiting, answered, lost };
    struct Slot {
        std::uint64_t sequence = 0;
        SentAt sent;
        State state = State::unused;
    };
    struct Ready {
        Nanoseconds due;
        std::uint32_t target;
    };
    struct Waiting {
        Nanoseconds until;
        ProbeMark probe;
    };
    struct Progress {
        std::uint64_t sequence = 0;  ///< of the last probe
        std::uint32_t waiting = 0;
        bool finished = false;  ///< no more probes
    };

    [[nodiscard]] Slot& slot(std::uint32_t target, std::uint64_t sequence) {
        return slots_[target * window_ + (sequence & (window_ - 1))];
    }
    [[nodiscard]] const Slot& slot(std::uint32_t target, std::uint64_t sequence) const {
        return slots_[target * window_ + (sequence & (window_ - 1))];
    }
    void settle(Slot& slot, std::uint32_t target, State state);
    void drop_finished();
    void drop_settled();

    Plan plan_;
    std::size_t window_;  ///< probes remembered a target; a power of two
    std::vector<Slot> slots_;
    std::vector<Progress> progress_;
    std::deque<Ready> ready_;        ///< in order of time, because the interval is one for all
    std::deque<Waiting> under_way_;  ///< likewise
    std::uint64_t waiting_ = 0;
    Nanoseconds period_;
    Nanoseconds gate_ = std::numeric_limits<Nanoseconds>::min();  ///< not before this, says the rate
};

}  // namespace fid::probe
