// SPDX-License-Identifier: MIT
// One measurement: connects, finds out what the server does, and has the lanes work for the time that was asked for.
#pragma once

#include <functional>
#include <string_view>

#include "address/endpoint.h"
#include "cmd/connect/measure_lane.h"

namespace fid::cmd::connect {

/// What the kernel tells of TCP connections, all of them together; absent where there are none.
struct TcpFigures {
    std::uint64_t retransmits = 0;
    std::uint64_t window_bytes = 0;         ///< congestion windows
    std::chrono::nanoseconds round_trip{};  ///< mean of the kernel's estimates
};

struct MeasuredInterval {
    std::chrono::nanoseconds from{}, to{};  ///< since counting began
    std::uint64_t sent = 0, received = 0, round_trips = 0;
    std::optional<TcpFigures> tcp;  ///< retransmits of the interval
};

struct Measured {
    MeasureMode mode = MeasureMode::both;
    std::string_view server;  ///< echo, discard or chargen, where it was asked; else empty
    std::string peer;
    std::size_t message = 0, block = 0;   ///< sizes that were used
    std::chrono::nanoseconds duration{};  ///< in which the bytes passed
    std::uint64_t sent = 0, received = 0, verified = 0;
    probe::RoundTrips round_trips;
    std::optional<TcpFigures> tcp;
    std::optional<DatagramCount> datagrams;
    double user_share = 0, system_share = 0;  ///< of one processor, by this program
    bool begun = false;                       ///< there is something to tell
    std::optional<Error> error;

    /// This program's one thread had no time left: the other side may be able to do more.
    [[nodiscard]] bool limited_by_us() const { return user_share + system_share >= 0.9; }
};

struct MeasureWatcher {
    std::function<void(const Measured&)> on_start;  ///< connected; mode, server and sizes are known
    std::function<void(const MeasuredInterval&)> on_interval;
    std::function<bool()> stop;  ///< asked several times a second
};

/// Connects to `endpoint` and measures. The result's error is what ended it early, if anything did.
[[nodiscard]] transport::Task<Measured> run_measurement(transport::Executor executor, Endpoint endpoint,
                                                        transport::DialOptions dial, MeasurePlan plan,
                                                        MeasureWatcher watcher);

}  // namespace fid::cmd::connect
