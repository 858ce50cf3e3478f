// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "report/record.h"
#include "transfer/outcome.h"

namespace fid::cmd::fetch {

extern const report::RecordType response_record;

/// A transfer and what became of it. `body` is kept where it went nowhere else, `file` where it went into one.
[[nodiscard]] report::Record describe(const std::string& url, const transfer::Outcome& outcome, const std::string& file,
                                      const std::optional<std::string>& body, bool cut);

}  // namespace fid::cmd::fetch
