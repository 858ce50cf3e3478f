// SPDX-License-Identifier: MIT
// The options of `fid ping` as values.
#pragma once

#include <optional>
#include <vector>

#include "cmd/command.h"
#include "probe/trace.h"
#include "transport/lookup.h"

namespace fid::cmd::ping {

struct Options {
    probe::Settings probe;
    std::optional<std::uint64_t> count;  ///< -c, where given
    bool interval_given = false;
    bool rate_given = false;
    bool only_up = false, only_down = false;  ///< --alive, --down
    bool trace = false;
    bool resolve = false;
    unsigned most_hops = 30, queries = 3;
    transport::FamilyChoice family = transport::FamilyChoice::any;
};

[[nodiscard]] std::vector<Option> option_list();
[[nodiscard]] Result<Options> read_options(const Arguments& arguments);

}  // namespace fid::cmd::ping
