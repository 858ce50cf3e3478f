// SPDX-License-Identifier: MIT
// `fid resolve --validate`: the chain of trust down to the answer.
#pragma once

#include "cmd/resolve/settings.h"

namespace fid::cmd::resolve {

[[nodiscard]] std::vector<Option> validate_options();
/// Its paragraph of the manual.
[[nodiscard]] std::string_view validate_manual();

/// Status certificate for what is bogus; threshold_missed for what is not secure with --require-secure.
[[nodiscard]] Status validate(Context& context, const Settings& settings);

}  // namespace fid::cmd::resolve
