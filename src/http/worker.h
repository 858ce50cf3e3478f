// SPDX-License-Identifier: MIT
// Serves the connections of one loop: what they share, and the clock that ends those who take too long.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "http/access_log.h"
#include "http/date.h"
#include "http/handler.h"
#include "transport/stream.h"

namespace fid::http {

struct ServerLimits {
    RequestLimits request;
    std::chrono::milliseconds header{10'000};   ///< from the first byte of a request to the end of its head
    std::chrono::milliseconds idle{60'000};     ///< without a request
    std::chrono::milliseconds body{30'000};     ///< for the body of a request that nobody looks at
    std::chrono::milliseconds send{60'000};     ///< without the client taking anything
    std::chrono::milliseconds linger{2'000};    ///< for a client to read the last answer before it is closed
    std::chrono::milliseconds farewell{5'000};  ///< for what is under way when the server is to stop
    std::uint64_t drained_bytes = std::uint64_t{1024} * 1024;  ///< a longer body ends the connection instead
    std::size_t connections = 10'000;                          ///< of all loops together; more are closed at once
    std::uint32_t streams = 128;                               ///< at once in a connection of HTTP/2
    std::uint32_t resets = 1000;                               ///< that a client may send at once, and 33 a second
};

/// A connection, for the clock.
struct Watched {
    transport::Stream* stream = nullptr;
    transport::Clock::time_point deadline;
    bool idle = true;  ///< nothing is under way: it may be closed at any time
    /// Called once when the server is to stop, for a version of HTTP that has a word for it; may be unset.
    std::function<void()> say_goodbye;
};

class Worker {
  public:
    Worker(transport::Executor executor, Handler& handler, const ServerLimits& limits, LogFormat format,
           AccessLog::Sink sink);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Serves a connection to its end. `peer` is its address for the log; `http2` where that was agreed on.
    [[nodiscard]] transport::Task<void> serve(transport::StreamPtr stream, std::string peer, bool http2);
    /// Runs beside the connections until stop() was called and the last of them has ended.
    [[nodiscard]] transport::Task<void> run_clock();
    /// Idle connections end now, the others after their answer, all of them after a while.
    void stop();

    // For the connections.
    [[nodiscard]] const ServerLimits& limits() const { return limits_; }
    [[nodiscard]] Handler& handler() { return handler_; }
    [[nodiscard]] bool stopping() const { return stopping_; }
    [[nodiscard]] Moment moment() {
        const std::string_view date = date_.text();
        return {.date = date, .seconds = date_.seconds()};
    }
    void log(const Request& request, std::string_view peer, unsigned status, std::uint64_t bytes);
    /// Scratch memory, of whoever is running: it may be another's after the next co_await.
    Text& out() { return out_; }
    Request& request() { return request_; }
    std::vector<std::uint8_t>& input() { return input_; }

  private:
    void end_the_late();

    Handler& handler_;
    ServerLimits limits_;
    AccessLog log_;
    DateClock date_;
    Text out_;
    Request request_;
    std::vector<std::uint8_t> input_;
    std::list<Watched> watched_;
    transport::Timer tick_;
    transport::Clock::time_point last_moment_;  ///< of the farewell
    bool stopping_ = false;
};

}  // namespace fid::http
