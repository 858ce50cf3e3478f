// SPDX-License-Identifier: MIT
// Two streams, each to the other, until both have ended: a connection and the user, or two connections.
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

/// The rules of ending. Each side's end is passed on, and reading from the other continues until it ends, too.
/// - Standard input may be left open for ever: once the peer has ended, what comes of it is sent for as long as it
/// keeps
///   coming (`linger`), but a terminal is left at once. The same holds for what is still to be sent to a program that
///   has exited.
/// - Datagrams and pseudo terminals have no end: after the other side's, answers are awaited for `linger`.
/// - A WebSocket's end is for both directions: it is said once nothing was received for `linger`, and the peer's
///   awaited as long. After the peer's own nothing can be sent.
/// - A side that fails ends the session; but one that only takes no more may still have something to say.
/// `remote` is the endpoint; `local` is the user's standard input and output, or the endpoint of --to.
[[nodiscard]] transport::Task<Outcome> talk(transport::Executor executor, transport::Stream& local,
                                            transport::Stream& remote, Settings settings);

}  // namespace fid::cmd::connect
