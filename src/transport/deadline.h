// SPDX-License-Identifier: MIT
// A time limit for a dialogue over a stream: when it passes, the stream is stopped.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "transport/stream.h"

namespace fid::transport {

/// Holds while it lives; zero is no limit. What the stream is stopped with is asked for when the time has passed. The
/// stream may go before it only within the same turn of the loop.
class StreamDeadline {
  public:
    StreamDeadline(Executor executor, Stream& stream, std::chrono::nanoseconds timeout, std::function<Error()> why)
        : timer_(executor) {
        if (timeout == std::chrono::nanoseconds::zero()) return;
        timer_.expires_after(std::chrono::duration_cast<Clock::duration>(timeout));
        timer_.async_wait([holds = holds_, &stream, why = std::move(why)](const boost::system::error_code& error) {
            if (!error && *holds) stream.stop(why());
        });
    }
    StreamDeadline(const StreamDeadline&) = delete;
    StreamDeadline& operator=(const StreamDeadline&) = delete;
    ~StreamDeadline() {
        *holds_ = false;
        timer_.cancel();
    }

  private:
    Timer timer_;
    std::shared_ptr<bool> holds_ = std::make_shared<bool>(true);
};

}  // namespace fid::transport
