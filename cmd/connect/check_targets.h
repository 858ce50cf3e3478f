// SPDX-License-Identifier: MIT
// What `fid connect --check` is to check: from the words to hosts and ports.
#pragma once

#include <cstdint>
#include <list>
#include <vector>

#include "cmd/command.h"
#include "probe/check.h"
#include "transport/lookup.h"

namespace fid::cmd::connect {

struct CheckList {
    std::vector<probe::CheckTarget> targets;
    std::list<std::vector<std::uint16_t>> ports;  ///< what the targets point to
    std::uint64_t unknown = 0;                    ///< names that were not found; each was reported
    Status status = Status::success;              ///< of the first of those

    [[nodiscard]] Uint128 count() const;  ///< ports of all hosts
};

/// The last word is the list of ports, unless it is a host with a port of its own.
[[nodiscard]] Result<CheckList> read_check_targets(Context& context, transport::FamilyChoice family);

}  // namespace fid::cmd::connect
