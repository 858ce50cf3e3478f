// SPDX-License-Identifier: MIT
// What came of a load, for people and as a record.
#pragma once

#include <string>

#include "cmd/command.h"
#include "load/engine.h"

namespace fid::cmd::fetch {

extern const report::RecordType load_record;

/// Writes it all. The status: success; interrupted; where every request met the same end, that; else partial. Answers
/// of 400 and above are failures (server_error) unless `no_fail`.
[[nodiscard]] Status tell_load(Context& context, const std::string& url, const load::Plan& plan,
                               const load::Outcome& outcome, bool no_fail);

}  // namespace fid::cmd::fetch
