// SPDX-License-Identifier: MIT
// The records of `fid ping`.
#pragma once

#include "probe/session.h"
#include "probe/trace.h"
#include "report/record.h"

namespace fid::cmd::ping {

extern const report::RecordType reply_record, target_record, summary_record, hop_record, trace_record;

[[nodiscard]] report::Record describe_event(const probe::Event& event, const probe::Target& target,
                                            const probe::Settings& settings);
/// `decided`: false where the run was ended before the target was given its chance.
[[nodiscard]] report::Record describe_target(const probe::Target& target, const probe::Tally& tally,
                                             const probe::Settings& settings, bool decided);

/// One host of a hop, or none where nobody answered. `name` is what the address is called, "" for none.
[[nodiscard]] report::Record describe_hop(const probe::Target& target, const probe::Hop& hop,
                                          const probe::HopHost* host, const std::string& name);
[[nodiscard]] report::Record describe_trace(const probe::Target& target, const probe::Trace& trace,
                                            const probe::Settings& settings);

[[nodiscard]] inline double milliseconds(probe::Nanoseconds time) { return static_cast<double>(time) / 1e6; }

}  // namespace fid::cmd::ping
