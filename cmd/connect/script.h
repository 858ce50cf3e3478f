// SPDX-License-Identifier: MIT
// `fid connect --script`: a dialogue that was written down, held with the peer.
#pragma once

#include <string_view>

#include "cmd/connect/settings.h"

namespace fid::cmd::connect {

extern const report::RecordType step_record;

[[nodiscard]] std::vector<Option> script_options();
/// The manual's paragraphs about the language.
[[nodiscard]] std::string_view script_manual();
/// Reads the script, dials, and takes its steps. Status threshold_missed where the peer said something else.
[[nodiscard]] Status run_script(Context& context, Settings settings);

}  // namespace fid::cmd::connect
