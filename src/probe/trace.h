// SPDX-License-Identifier: MIT
// The routers on the way to a target: probes to all distances at once, told apart by what the errors quote.
#pragma once

#include <functional>
#include <vector>

#include "probe/probe.h"
#include "report/error.h"

namespace fid::probe {

struct TraceSettings {
    Settings probe;  ///< its plan's rate and wait count; hops, count and interval do not
    unsigned most_hops = 30;
    unsigned queries = 3;  ///< probes to each distance
};

/// One host that answered at one distance.
struct HopHost {
    Address address;
    std::vector<Nanoseconds> times;  ///< in the order of the probes
    bool is_target = false;
    std::string error;  ///< where it said something else than that the time to live ran out
};

struct Hop {
    unsigned number = 0;
    unsigned sent = 0;
    std::vector<HopHost> hosts;  ///< more than one where probes took different ways
    [[nodiscard]] unsigned answered() const;
};

struct Trace {
    std::vector<Hop> hops;  ///< up to the target, or up to the farthest that answered
    bool reached = false;
    std::string error;  ///< the system could not send: "network is unreachable"
    std::uint64_t sent = 0;
    Nanoseconds duration = 0;
};

[[nodiscard]] Result<Trace> trace(const Target& target, const TraceSettings& settings,
                                  const std::function<bool()>& stop);

}  // namespace fid::probe
