// SPDX-License-Identifier: MIT
// Coroutines that ask, until all have ended or Ctrl-C is pressed.
#pragma once

#include "transport/pollable.h"

namespace fid::cmd::resolve {

class Loop {
  public:
    Loop();
    [[nodiscard]] transport::Executor executor() { return loop_.get_executor(); }
    /// Begins with run().
    void spawn(transport::Task<void> work);
    /// Returns when all work has ended, or was dropped by stop() or Ctrl-C.
    void run();
    void stop() { loop_.stop(); }

  private:
    transport::Task<void> tend(transport::Task<void> work);
    transport::Task<void> watch();

    transport::asio::io_context loop_{1};
    transport::Pollable interrupt_;
    std::size_t busy_ = 0;
};

}  // namespace fid::cmd::resolve
