// SPDX-License-Identifier: MIT
// `fid resolve --watch TIME`: the same questions again and again.
#pragma once

#include "cmd/resolve/settings.h"
#include "report/record.h"

namespace fid::cmd::resolve {

/// --watch and --count.
[[nodiscard]] std::vector<Option> watch_options();
inline constexpr std::string_view watch_manual =
    "With --watch the questions are asked again every TIME, until Ctrl-C or --count times. A terminal shows what "
    "changes, and a line that is kept up to date; elsewhere there is a line or record for every answer, with its time "
    "and whether it is another one than before. The order of records and their TTL do not count.";

/// A line for every answer.
extern const report::RecordType watch_record;

/// The status is that of the last time.
[[nodiscard]] Status watch(Context& context, const Settings& settings);

}  // namespace fid::cmd::resolve
