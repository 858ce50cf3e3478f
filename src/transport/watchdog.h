// SPDX-License-Identifier: MIT
// What a dialogue waits for is stopped when nothing has come or gone for too long.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "transport/stream.h"

namespace fid::transport {

/// One operation at a time: begin() before it, end() after it. The timer is set once for many of them.
class Watchdog : public std::enable_shared_from_this<Watchdog> {
  public:
    /// `idle` zero: never. `why` is what the stream is stopped with; not asked for after close().
    Watchdog(Executor executor, std::chrono::nanoseconds idle, std::function<Error()> why)
        : timer_(executor), idle_(std::chrono::duration_cast<Clock::duration>(idle)), why_(std::move(why)) {}

    void begin(Stream* stream) {
        stream_ = stream;
        if (idle_ == Clock::duration::zero()) return;
        due_ = Clock::now() + idle_;
        if (!set_) set();
    }
    void end() { stream_ = nullptr; }
    /// The loop may end: no timer keeps it.
    void close() {
        stream_ = nullptr;
        timer_.cancel();
    }

  private:
    void set() {
        set_ = true;
        timer_.expires_at(due_);
        timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            self->set_ = false;
            if (error || self->stream_ == nullptr) return;
            if (Clock::now() < self->due_) return self->set();
            self->stream_->stop(self->why_());
        });
    }

    Timer timer_;
    Clock::duration idle_;
    Clock::time_point due_;
    std::function<Error()> why_;
    Stream* stream_ = nullptr;
    bool set_ = false;
};

}  // namespace fid::transport
