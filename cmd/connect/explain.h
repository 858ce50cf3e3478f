// SPDX-License-Identifier: MIT
// `fid connect --explain`: what would be done, without doing it.
#pragma once

#include "cmd/connect/settings.h"

namespace fid::cmd::connect {

extern const report::RecordType plan_record;

[[nodiscard]] std::vector<Option> explain_options();
/// Names are looked up (the nearest proxy's where there is one); nothing is connected to. Status host_not_found.
[[nodiscard]] Status explain(Context& context, const Settings& settings);

}  // namespace fid::cmd::connect
