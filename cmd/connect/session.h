// SPDX-License-Identifier: MIT
// Standard input to a connection and the connection to standard output, until both have ended.
#pragma once

#include "cmd/connect/settings.h"
#include "transport/pump.h"

namespace fid::cmd::connect {

struct Outcome {
    Status status = Status::success;
    std::optional<Error> error;  ///< to be told; absent where the status says it all
    transport::PumpCount sent, received;
    transport::Clock::time_point started, ended;

    /// From the start to the first byte (or datagram) of the peer.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> first_byte() const {
        if (received.first == transport::Clock::time_point{}) return std::nullopt;
        return received.first - started;
    }
};

/// The rules of ending: standard input's end is passed on and reading continues until the peer ends. Once the peer has
/// ended, what standard input still holds is sent for as long as it keeps coming (`linger`), but a terminal is left at
/// once. Datagrams have no end: after standard input's, answers are awaited for `linger`. A WebSocket's end is for both
/// directions: it is said once nothing was received for `linger`, and the peer's awaited as long.
[[nodiscard]] transport::Task<Outcome> talk(transport::Executor executor, transport::Stream& local,
                                            transport::Stream& remote, Settings settings);

}  // namespace fid::cmd::connect
