// SPDX-License-Identifier: MIT
#include "cmd/serve/lane.h"

#include <algorithm>
#include <utility>

namespace fid::cmd::serve {
namespace {

using namespace std::chrono_literals;
using transport::Clock;
using transport::Task;

/// Stops a session's stream once nothing has passed for too long; looks again rather than at every byte.
class IdleWatch {
  public:
    IdleWatch(transport::Executor executor, Session& session, std::chrono::nanoseconds idle)
        : session_(session), idle_(std::chrono::duration_cast<Clock::duration>(idle)), timer_(executor) {
        if (idle_ != Clock::duration::zero()) arm(Clock::now() + idle_);
    }
    IdleWatch(const IdleWatch&) = delete;
    IdleWatch& operator=(const IdleWatch&) = delete;
    ~IdleWatch() {
        *holds_ = false;
        timer_.cancel();
    }

  private:
    void arm(Clock::time_point due) {
        timer_.expires_at(due);
        timer_.async_wait([this, holds = holds_](const boost::system::error_code& error) {
            if (!error && *holds) look();
        });
    }
    void look() {
        const auto due = std::max({session_.started, session_.received.last, session_.sent.last}) + idle_;
        if (Clock::now() < due) {
            arm(due);
            return;
        }
        session_.stream().stop(
            {Status::timeout, "nothing was sent or received by", session_.connection.peer.text(), "idle", {}});
    }

    Session& session_;
    Clock::duration idle_;
    transport::Timer timer_;
    std::shared_ptr<bool> holds_ = std::make_shared<bool>(true);
};

}  // namespace

Task<void> Lane::serve(Arrival arrival, Over over) {
    Session session;
    session.number = arrival.number;
    session.listener = arrival.listener;
    session.url = std::move(arrival.url);
    session.exposed = arrival.exposed;
    session.connection.local = arrival.incoming.local;
    session.connection.peer = arrival.incoming.peer;
    Result<void> how;
    auto welcoming =
        transport::welcome(executor(), std::move(arrival.listener), std::move(arrival.incoming), plan_.welcome);
    auto connection = co_await std::move(welcoming);
    if (connection) {
        session.connection = std::move(*connection);
        sessions_.insert(&session);
        {
            // A silent peer of datagrams has ended; what is still to be said to it has its time, too.
            const bool datagrams = session.listener.scheme == "udp" && plan_.idle != std::chrono::nanoseconds::zero();
            const IdleWatch watch(executor(), session, plan_.idle + (datagrams ? plan_.listen.datagrams.idle : 0s));
            auto serving = service_(session);
            how = co_await std::move(serving);
            // A TLS client is owed the close_notify; where the service said its end before, this is nothing.
            if (how) how = co_await session.stream().finish();
        }
        sessions_.erase(&session);
        session.connection.stream.reset();  // the peer is not kept waiting for its log line
    } else {
        how = std::unexpected(std::move(connection.error()));
    }
    over(session, how);
}

void Lane::stop_all(const Error& why) {
    for (Session* const session : sessions_) session->stream().stop(why);
}

}  // namespace fid::cmd::serve
