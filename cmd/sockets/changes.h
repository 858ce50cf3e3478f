// SPDX-License-Identifier: MIT
// What became of the sockets between two moments.
#pragma once

#include <vector>

#include "report/output.h"
#include "report/record.h"

namespace fid::cmd::sockets {

/// "change": a socket's record and what was different before.
[[nodiscard]] const report::RecordType& change_record();

/// Change records: closed, then changed and opened ones. A connection is known by its two ends, a listener by its
/// address, other sockets by their inode; so a daemon that was started anew is a change, not a closing and an opening.
[[nodiscard]] std::vector<report::Record> compare(const std::vector<report::Record>& before,
                                                  const std::vector<report::Record>& now);

/// As a record, or in plain text as a line that begins with "+", "-" or "~".
void write_change(report::Output& out, const report::Record& change);

}  // namespace fid::cmd::sockets
