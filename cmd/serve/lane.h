// SPDX-License-Identifier: MIT
// Connections that one thread serves on one loop.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <set>

#include "cmd/serve/account.h"
#include "cmd/serve/session.h"
#include "cmd/serve/settings.h"

namespace fid::cmd::serve {

/// What came in, on its way to be served.
struct Arrival {
    std::uint64_t number = 0;
    Endpoint listener;
    std::string url;
    bool exposed = false;
    transport::Incoming incoming;
};

class Lane {
  public:
    /// All of it outlives the lane.
    Lane(const Plan& plan, const Service& service) : plan_(plan), service_(service) {}
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    [[nodiscard]] transport::asio::io_context& loop() { return loop_; }
    [[nodiscard]] transport::Executor executor() { return loop_.get_executor(); }

    /// From the handshake to the end; tells `over` then.
    using Over = std::function<void(const Session&, const Result<void>&)>;
    [[nodiscard]] transport::Task<void> serve(Arrival arrival, Over over);
    /// Ends what is still served, with that reason. On the lane's own thread.
    void stop_all(const Error& why);

  private:
    const Plan& plan_;
    const Service& service_;
    transport::asio::io_context loop_{1};
    std::set<Session*> sessions_;
};

}  // namespace fid::cmd::serve
