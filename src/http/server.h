// SPDX-License-Identifier: MIT
// A server: its listeners, a loop and a thread for each core, and its end.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "http/worker.h"
#include "transport/listen.h"
#include "transport/welcome.h"

namespace fid::http {

struct ServerOptions {
    std::vector<Endpoint> endpoints;
    transport::ListenOptions listen;
    transport::WelcomeOptions welcome;
    ServerLimits limits;
    LogFormat log = LogFormat::none;
    unsigned loops = 1;
    /// Makes the handler of a loop. Called before the loops run, by one thread.
    std::function<std::unique_ptr<Handler>()> make_handler;
    /// Gets lines of the log; called by all loops' threads.
    AccessLog::Sink sink;
    /// Told of each listener once it listens, before anything is served.
    std::function<void(const transport::Listener&)> listening;
    /// Ends the server once it becomes readable.
    int end_descriptor = -1;
};

/// Serves until it is told to end, and ends gracefully: nobody new, no new requests, the answers under way are
/// finished. Endpoints of tcp and http are the same here, and so are tls and https. Status as of listen().
[[nodiscard]] Result<void> run_server(ServerOptions options);

}  // namespace fid::http
