// SPDX-License-Identifier: MIT
// `fid connect --check HOST... PORTS`: which ports are open.
#pragma once

#include "cmd/command.h"
#include "report/record.h"

namespace fid::cmd::connect {

/// The options that only --check knows.
[[nodiscard]] std::vector<Option> check_options();

extern const report::RecordType port_record, check_record;

/// Status success where every port of every host is open, negative where one is not; where a name is not found the
/// others are checked, and it is partial, or the name's own status where nothing is left.
[[nodiscard]] Status check(Context& context);

}  // namespace fid::cmd::connect
