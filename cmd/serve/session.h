// SPDX-License-Identifier: MIT
// One connection while it is served, and what serves it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "address/endpoint.h"
#include "transport/dial.h"
#include "transport/pump.h"

namespace fid::cmd::serve {

struct Session {
    std::uint64_t number = 0;  ///< of this run's connections, from 1
    Endpoint listener;         ///< where it came in
    std::string url;           ///< the same, as a client writes it
    bool exposed = false;      ///< the listener may be reached from other machines
    transport::Connection connection;
    transport::PumpCount received, sent;  ///< also what --idle goes by
    std::optional<int> exit_status;       ///< of exec's program
    transport::Clock::time_point started = transport::Clock::now();

    [[nodiscard]] transport::Stream& stream() const { return *connection.stream; }
};

/// Talks until there is nothing left to say; the connection is closed afterwards. An error of status success is none.
/// Called by several threads at once, each with its own session, on the loop of the session's stream.
using Service = std::function<transport::Task<Result<void>>(Session&)>;

}  // namespace fid::cmd::serve
