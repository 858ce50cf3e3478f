// SPDX-License-Identifier: MIT
#include "cmd/resolve/loop.h"

#include "report/interrupt.h"

namespace fid::cmd::resolve {

using transport::Task;

Loop::Loop() : interrupt_(transport::Pollable::borrowed(loop_.get_executor(), report::interrupt_descriptor())) {}

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
    if (interrupted && report::interrupted()) loop_.stop();
}

}  // namespace fid::cmd::resolve
