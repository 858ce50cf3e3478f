// SPDX-License-Identifier: MIT
// How many sockets there are of each kind and state.
#pragma once

#include "report/output.h"
#include "report/record.h"
#include "sockets/list.h"

namespace fid::cmd::sockets {

extern const report::RecordType count_record;

void write_summary(report::Output& out, const fid::sockets::Snapshot& snapshot);

}  // namespace fid::cmd::sockets
