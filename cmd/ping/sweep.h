// SPDX-License-Identifier: MIT
// Probing and telling, --trace apart.
#pragma once

#include "cmd/ping/options.h"
#include "cmd/ping/targets.h"

namespace fid::cmd::ping {

/// Status success where every target is up, negative where one is down.
[[nodiscard]] Status probe_targets(Context& context, const Options& options, const TargetList& list);

}  // namespace fid::cmd::ping
