// SPDX-License-Identifier: MIT
// A session as records, one per event, where the user wants those instead of the bytes.
#pragma once

#include <functional>

#include "cmd/connect/session.h"
#include "report/output.h"
#include "transport/dial.h"

namespace fid::cmd::connect {

extern const report::RecordType connected_record, sent_record, received_record, closed_record;

/// Now, as RFC 3339 has it.
[[nodiscard]] std::string utc_now();
[[nodiscard]] double milliseconds(std::chrono::nanoseconds time);

[[nodiscard]] report::Record describe_connected(const Settings& settings, const transport::Connection& connection);
[[nodiscard]] report::Record describe_closed(const Settings& settings, const Outcome& outcome);

/// The stream `below`, with a record written to `out` for all that crosses it. Both outlive it. A read ends with status
/// success once nobody reads the records any more. Where `message` is given, there is a record for each whole message
/// received, and `message` says what it holds.
[[nodiscard]] transport::StreamPtr make_event_stream(transport::Stream& below, report::Output& out,
                                                     std::function<report::Value()> message = {});

}  // namespace fid::cmd::connect
