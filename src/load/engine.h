// SPDX-License-Identifier: MIT
// A load generator for HTTP/1.1: a loop on each thread, a fixed number of connections, requests that are made once and
// sent again and again.
#pragma once

#include <chrono>
#include <optional>

#include "load/plan.h"
#include "load/tally.h"
#include "report/error.h"

namespace fid::load {

/// What kept the load from being larger, as far as it can be told from here.
enum class Limit : std::uint8_t {
    server,     ///< or the network, or the plan
    generator,  ///< a thread of ours had no time left
    machine,    ///< all processors of this machine were busy, with us and others: a server beside us, perhaps
};

struct Outcome {
    Tally tally;
    std::chrono::nanoseconds elapsed{0};          ///< that was counted
    std::chrono::nanoseconds user{0}, system{0};  ///< processor time of all threads
    double busiest = 0;                           ///< share of the time that the busiest thread was at work
    std::optional<double> machine;                ///< share of this machine's processors that were busy; unset: unknown
    unsigned threads = 0;
    bool connected = false;  ///< there was a connection at all

    [[nodiscard]] Limit limit() const;
};

/// Makes the load. Status usage where it needs more descriptors than the system allows, cannot_read for certificates,
/// cannot_connect where the system gives us no means to wait. What happens to requests is in the outcome.
[[nodiscard]] Result<Outcome> run(const Plan& plan);

}  // namespace fid::load
