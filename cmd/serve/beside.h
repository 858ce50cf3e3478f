// SPDX-License-Identifier: MIT
// A second coroutine beside the first, which waits for it before what both use goes.
#pragma once

#include <exception>
#include <memory>
#include <utility>

#include "transport/task.h"

namespace fid::cmd::serve {

/// Begun on `executor`'s loop when it is made. Has to be waited for with join() before it goes.
class Beside {
  public:
    Beside(transport::Executor executor, transport::Task<void> task) : state_(std::make_shared<State>(executor)) {
        state_->over.expires_at(transport::Timer::time_point::max());
        transport::asio::co_spawn(executor, std::move(task), [state = state_](const std::exception_ptr& failure) {
            if (failure) std::rethrow_exception(failure);
            state->running = false;
            state->over.cancel();
        });
    }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;

    [[nodiscard]] bool running() const { return state_->running; }
    [[nodiscard]] transport::Task<void> join() {
        while (state_->running) co_await state_->over.async_wait(transport::as_task);
    }
    /// Waits until then at most.
    [[nodiscard]] transport::Task<void> join_until(transport::Clock::time_point moment) {
        state_->over.expires_at(moment);
        while (state_->running && transport::Clock::now() < moment)
            co_await state_->over.async_wait(transport::as_task);
        state_->over.expires_at(transport::Timer::time_point::max());
    }

  private:
    struct State {
        explicit State(transport::Executor executor) : over(executor) {}
        transport::Timer over;
        bool running = true;
    };
    std::shared_ptr<State> state_;
};

}  // namespace fid::cmd::serve
