// SPDX-License-Identifier: MIT
// `fid resolve --bulk FILE` and `--sweep PREFIX`: very many names.
#pragma once

#include "cmd/resolve/settings.h"

namespace fid::cmd::resolve {

/// The options that only --bulk and --sweep know.
[[nodiscard]] std::vector<Option> bulk_options();
[[nodiscard]] bool wants_bulk(const Arguments& args);

/// Status success where every name got an answer, NXDOMAIN and empty ones among them; partial where some did not.
/// Where none did: bad_input (bad names), server_error, timeout or cannot_connect.
[[nodiscard]] Status bulk(Context& context, const Settings& settings);

}  // namespace fid::cmd::resolve
