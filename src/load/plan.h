// SPDX-License-Identifier: MIT
// What load is to be made.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "transport/socket_address.h"
#include "transport/tls_options.h"

namespace fid::load {

/// A request as it is sent, again and again.
struct PreparedRequest {
    std::string bytes;
    bool head = false;    ///< HEAD: its answer has no body
    bool closes = false;  ///< it says that the connection ends with the answer
};

struct Plan {
    std::vector<transport::SocketAddress> addresses;  ///< of the server, the best first; not empty
    std::string host;                                 ///< for TLS
    std::optional<transport::TlsOptions> tls;
    std::vector<PreparedRequest> requests;  ///< each connection takes them in turn; not empty

    unsigned connections = 64;
    unsigned threads = 1;                              ///< at most as many as connections
    std::optional<std::uint64_t> count;                ///< so many requests, not fewer than connections
    std::optional<std::chrono::nanoseconds> duration;  ///< or so long; one of both is there
    std::chrono::nanoseconds warmup{0};                ///< before it counts; only with a duration, which begins then
    /// Requests a second, by a schedule that waits for no answer (open model); 0: each connection sends the next
    /// request when it has its answer (closed model).
    double rate = 0;
    std::chrono::nanoseconds timeout = std::chrono::seconds(30);          ///< for an answer
    std::chrono::nanoseconds connect_timeout = std::chrono::seconds(10);  ///< for a connection, TLS included

    int end_descriptor = -1;  ///< ends it once readable; -1: none
    /// Called about ten times a second with the requests that are over, while the load is made.
    std::function<void(std::uint64_t)> progress;
};

}  // namespace fid::load
