// SPDX-License-Identifier: MIT
// What is done to the bytes on their way, and how often dialling is tried: --hex, --tee, --rate, --delay, --count,
// --retry, --backoff.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "cmd/command.h"
#include "cmd/connect/tee.h"
#include "transport/stream.h"

namespace fid::cmd::connect {

struct FlowSettings {
    bool hex = false;                    ///< what passes is shown on standard error
    std::vector<TeeWish> tees;           ///< and goes into files
    std::uint64_t rate = 0;              ///< bytes sent a second; 0 = as many as the peer takes
    std::chrono::nanoseconds delay{};    ///< between two messages, or lines, that are sent
    std::uint64_t count = 0;             ///< messages to receive; 0 = all
    std::uint64_t retries = 0;           ///< after the first try
    std::chrono::nanoseconds backoff{};  ///< before the second try; each further waits twice as long
};

[[nodiscard]] std::vector<Option> flow_options();
/// `messages`: the peer's side is made of messages, or nobody knows yet. Status usage.
[[nodiscard]] Result<FlowSettings> read_flow(const Context& context, bool messages);

/// The peer's stream with all that was asked for around it. Status usage where --count has no messages to count.
[[nodiscard]] Result<transport::StreamPtr> direct_flow(transport::Executor executor, transport::StreamPtr stream,
                                                       const FlowSettings& settings, std::vector<TeeFile> tees);

/// How long to wait before try number `next` (from 2): doubled each time up to a minute, less a random part of up to
/// half, so that many clients do not come back at the same moment. `random` is from 0 to 1.
[[nodiscard]] std::chrono::nanoseconds pause_before(std::uint64_t next, std::chrono::nanoseconds backoff,
                                                    double random);

}  // namespace fid::cmd::connect
