// SPDX-License-Identifier: MIT
// What is to be measured, and what is being measured: the words that the parts of --measure have in common.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probe/statistics.h"
#include "report/error.h"
#include "transport/task.h"

namespace fid::cmd::connect {

enum class MeasureMode : std::uint8_t {
    latency,  ///< one message at a time, and its way back
    send,     ///< as fast as it goes
    receive,  ///< as fast as it comes
    both,     ///< as fast as it goes and comes back
};

struct MeasurePlan {
    std::optional<MeasureMode> mode;                               ///< nothing: as the server's behaviour suggests
    std::optional<std::chrono::nanoseconds> duration;              ///< nothing: until there were `count` round trips
    std::chrono::nanoseconds warmup = std::chrono::seconds(0);     ///< before it counts
    std::chrono::nanoseconds patience = std::chrono::seconds(30);  ///< with `count`: for one more round trip
    std::optional<std::uint64_t> count;                            ///< round trips
    std::optional<std::size_t> size;                               ///< bytes of a message
    std::size_t streams = 1;                                       ///< connections at the same time
};

/// What the lanes of one measurement share. All on one loop.
struct Meter {
    explicit Meter(transport::Executor executor) : changed(executor) {}

    transport::Timer changed;              ///< cancelled where something has ended
    bool running = true;                   ///< lanes go on
    bool counting = false;                 ///< the warm-up is over
    std::size_t active = 0;                ///< coroutines of the lanes
    std::uint64_t sent = 0, received = 0;  ///< bytes, while it counts
    std::uint64_t verified = 0;            ///< bytes that came back as they were sent, always counted
    probe::RoundTrips round_trips;
    std::optional<std::uint64_t> wanted;  ///< round trips
    std::optional<Error> error;           ///< the first

    void add_sent(std::uint64_t bytes) {
        if (counting) sent += bytes;
    }
    void add_received(std::uint64_t bytes) {
        if (counting) received += bytes;
    }
    void add_round_trip(std::chrono::nanoseconds time) {
        if (!counting) return;
        round_trips.add(time.count());
        if (wanted && round_trips.count() >= *wanted) end();
    }
    void fail(Error why) {
        if (running && !error && why.status != Status::success) error = std::move(why);
        end();
    }
    void end() {
        running = false;
        changed.cancel();
    }
};

}  // namespace fid::cmd::connect
