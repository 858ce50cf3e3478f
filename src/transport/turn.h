// SPDX-License-Identifier: MIT
// Coroutines of one loop that must not do a thing at the same time take turns.
#pragma once

#include "transport/task.h"

namespace fid::transport {

/// Free at first. Who takes it gives it back; the others wait meanwhile, and are served in no order.
class Turn {
  public:
    explicit Turn(Executor executor) : free_(executor, Timer::time_point::max()) {}

    [[nodiscard]] bool taken() const { return taken_; }
    [[nodiscard]] Task<void> take() {
        while (taken_) {
            co_await free_.async_wait(as_task);
        }
        taken_ = true;
    }
    void give() {
        taken_ = false;
        wake();
    }
    /// Those who wait look again.
    void wake() { free_.cancel(); }

  private:
    Timer free_;  ///< cancelled whenever the turn becomes free
    bool taken_ = false;
};

}  // namespace fid::transport
