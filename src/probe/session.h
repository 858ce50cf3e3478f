// SPDX-License-Identifier: MIT
// Probes many targets at once, in one thread.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "probe/probe.h"
#include "report/error.h"

namespace fid::probe {

struct Watcher {
    /// Something happened to a probe; the target's tally has it already.
    std::function<void(const Event&, const Tally&)> on_event = {};
    /// Nothing more is to come of this target. Not called for targets cut short by stop() or the deadline.
    std::function<void(std::uint32_t target, const Tally&)> on_target_done = {};
    /// Nothing is at hand; what was gathered for the user should be shown.
    std::function<void()> before_wait = {};
    /// Asked at least twice a second: true ends the run.
    std::function<bool()> stop = {};
};

struct Outcomes {
    std::vector<Tally> tallies;  ///< one a target
    Nanoseconds duration = 0;
};

/// Runs until every target is done, the deadline has come or stop() says so. Each address is a target once.
[[nodiscard]] Result<Outcomes> run_session(std::span<const Target> targets, const Settings& settings,
                                           const Watcher& watcher);

}  // namespace fid::probe
