// SPDX-License-Identifier: MIT
// A measurement as lines and as records.
#pragma once

#include "cmd/connect/measure_run.h"
#include "report/output.h"

namespace fid::cmd::connect {

[[nodiscard]] std::string_view mode_name(MeasureMode mode);
/// "echo server at 127.0.0.1:7: sending and receiving for 5 s"
void tell_start(report::Output& out, const Measured& measured, const MeasurePlan& plan);
void tell_interval(report::Output& out, const MeasuredInterval& interval);
void tell_summary(report::Output& out, const Measured& measured, const Endpoint& endpoint, const MeasurePlan& plan);

}  // namespace fid::cmd::connect
