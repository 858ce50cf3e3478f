// SPDX-License-Identifier: MIT
#include "cmd/loop.h"

#include "report/interrupt.h"

namespace fid::cmd {

using transport::Task;

Loop::Loop()
    : interrupt_(transport::Pollable::borrowed(loop_.get_executor(), report::interrupt_descriptor())),
      on_interrupt_([this] { stop(); }) {}

void Loop::spawn(Task<void> work) {
    ++busy_;
    auto tending = tend(std::move(work));
    transport::asio::co_spawn(executor(), std::move(tending), transport::asio::detached);
}

void Loop::run() {
    if (busy_ == 0) return;
    auto watching = watch();
    transport::asio::co_spawn(executor(), std::move(watching), transport::asio::detached);
    loop_.run();
}

Task<void> Loop::tend(Task<void> work) {
    co_await std::move(work);
    if (--busy_ == 0) interrupt_.stop({Status::success, "all is done", {}, {}, {}});
}

Task<void> Loop::watch() {
    auto waiting = interrupt_.readable();
    const auto interrupted = co_await std::move(waiting);
    if (interrupted && report::interrupted()) on_interrupt_();
}

}  // namespace fid::cmd
