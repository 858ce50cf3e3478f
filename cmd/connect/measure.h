// SPDX-License-Identifier: MIT
// fid connect --measure: throughput and round-trip times against a server that echoes, discards or sends.
#pragma once

#include <vector>

#include "cmd/command.h"

namespace fid::cmd::connect {

extern const report::RecordType interval_record, measured_record;

[[nodiscard]] std::vector<Option> measure_options();
/// Status protocol_violation where what comes back is not what was sent, or the server does nothing that can be
/// measured; timeout where nothing came, or came back.
[[nodiscard]] Status measure(Context& context);

}  // namespace fid::cmd::connect
