// SPDX-License-Identifier: MIT
// From what the user wrote (names, addresses, prefixes, ranges, lists) to addresses, each once.
#pragma once

#include <vector>

#include "cmd/command.h"
#include "probe/probe.h"
#include "transport/lookup.h"

namespace fid::cmd::ping {

struct TargetList {
    std::vector<probe::Target> targets;
    bool several = false;             ///< the user meant more than one, even if one is left
    std::uint64_t unknown = 0;        ///< words that are no targets; each was reported
    Status status = Status::success;  ///< of the first of those
};

[[nodiscard]] Result<TargetList> read_targets(Context& context, transport::FamilyChoice family);

}  // namespace fid::cmd::ping
