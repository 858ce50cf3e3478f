// SPDX-License-Identifier: MIT
// `fid ping --trace`.
#pragma once

#include "cmd/ping/options.h"
#include "cmd/ping/targets.h"

namespace fid::cmd::ping {

/// One target after the other. Status success where all were reached, negative where one was not.
[[nodiscard]] Status trace_targets(Context& context, const Options& options, const TargetList& list);

}  // namespace fid::cmd::ping
