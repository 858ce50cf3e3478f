// SPDX-License-Identifier: MIT
// --model fork: a process for each connection.
#pragma once

#include <sys/types.h>

#include <set>

#include "cmd/serve/lane.h"

namespace fid::cmd::serve {

class Children {
  public:
    void add(pid_t id) { ids_.insert(id); }
    void remove(pid_t id) { ids_.erase(id); }
    /// SIGTERM to each.
    void stop_all() const;

  private:
    std::set<pid_t> ids_;
};

/// Forks, waits until the child has served the arrival, and tells `over` what the child told. The child has none of our
/// descriptors but the connection's, the standard ones and `log` (-1 = none).
[[nodiscard]] transport::Task<void> serve_forked(const Plan& plan, const Service& service, Arrival arrival, int log,
                                                 Children& children, Lane::Over over);

}  // namespace fid::cmd::serve
