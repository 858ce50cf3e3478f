// SPDX-License-Identifier: MIT
// A command's coroutines, until all have ended or Ctrl-C is pressed.
#pragma once

#include <functional>

#include "transport/pollable.h"

namespace fid::cmd {

class Loop {
  public:
    Loop();
    [[nodiscard]] transport::Executor executor() { return loop_.get_executor(); }
    /// What Ctrl-C does instead of stop(), for those who end in an orderly way. The work goes on if it only takes note.
    void on_interrupt(std::function<void()> what) { on_interrupt_ = std::move(what); }
    /// Begins with run(). Of work that is dropped, the coroutine is destroyed with the loop, where it waits.
    void spawn(transport::Task<void> work);
    /// Returns when all work has ended, or was dropped by stop() or Ctrl-C (report::interrupted() tells).
    void run();
    void stop() { loop_.stop(); }

  private:
    transport::Task<void> tend(transport::Task<void> work);
    transport::Task<void> watch();

    transport::asio::io_context loop_{1};
    transport::Pollable interrupt_;
    std::function<void()> on_interrupt_;
    std::size_t busy_ = 0;
};

}  // namespace fid::cmd
