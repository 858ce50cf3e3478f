// SPDX-License-Identifier: MIT
#include "ftp/pool.h"

#include <utility>

namespace fid::ftp {

using transport::Task;

/// The free sessions, and who keeps them awake: servers close what says nothing, vsftpd after five minutes, others
/// after one.
struct Pool::Idle {
    explicit Idle(transport::Executor executor) : timer(executor) {}
    transport::Timer timer;
    std::vector<std::unique_ptr<Session>> sessions;
    std::size_t live = 0;  ///< in use, free, or being opened
    bool closed = false;
    bool keeping = false;

    static constexpr std::chrono::seconds pause{30};

    static Task<void> keep(std::shared_ptr<Idle> idle) {
        while (!idle->closed && !idle->sessions.empty()) {
            idle->timer.expires_after(pause);
            co_await idle->timer.async_wait(transport::as_task);
            std::vector<std::unique_ptr<Session>> here;
            if (!idle->closed) here = std::exchange(idle->sessions, {});
            for (auto& session : here) {
                auto asking = session->command("NOOP");
                const auto answer = co_await std::move(asking);
                if (answer && !session->broken() && !idle->closed)
                    idle->sessions.push_back(std::move(session));
                else
                    --idle->live;
            }
        }
        idle->keeping = false;
    }
};

Pool::Pool(transport::Executor executor, SessionSettings settings, std::size_t most,
           std::function<void(const std::string&)> note)
    : executor_(executor),
      settings_(std::move(settings)),
      most_(most),
      note_(std::move(note)),
      idle_(std::make_shared<Idle>(executor)) {}

Pool::~Pool() {
    idle_->closed = true;
    idle_->sessions.clear();
    idle_->timer.cancel();
}

Task<Result<std::unique_ptr<Session>>> Pool::take() {
    while (!idle_->sessions.empty()) {
        auto session = std::move(idle_->sessions.back());
        idle_->sessions.pop_back();
        if (!session->broken()) co_return session;
        --idle_->live;
    }
    if (idle_->live >= most_) co_return std::unique_ptr<Session>();
    ++idle_->live;
    auto opening = Session::open(executor_, settings_, features_);
    auto session = co_await std::move(opening);
    if (session) co_return session;
    --idle_->live;
    if (idle_->live == 0) co_return session;
    if (idle_->live < most_)
        note_(std::to_string(idle_->live) + " connections instead of " + std::to_string(most_) + ": " +
              session.error().sentence());
    most_ = std::min(most_, idle_->live);
    co_return std::unique_ptr<Session>();
}

std::size_t Pool::in_use() const { return idle_->live; }

void Pool::give(std::unique_ptr<Session> session) {
    if (session->broken()) {
        --idle_->live;
        return;
    }
    idle_->sessions.push_back(std::move(session));
    if (std::exchange(idle_->keeping, true)) return;
    auto keeping = Idle::keep(idle_);
    transport::asio::co_spawn(executor_, std::move(keeping), transport::asio::detached);
}

Task<void> Pool::close() {
    idle_->closed = true;
    idle_->timer.cancel();
    auto sessions = std::exchange(idle_->sessions, {});
    for (auto& session : sessions) {
        auto leaving = session->quit();
        co_await std::move(leaving);
    }
}

}  // namespace fid::ftp
