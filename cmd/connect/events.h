// SPDX-License-Identifier: MIT
// A session as records, one per event, where the user wants those instead of the bytes.
#pragma once

#include <functional>

#include "cmd/connect/session.h"
#include "report/output.h"
#include "transport/dial.h"

namespace fid::cmd::connect {

extern const report::RecordType connected_record, sent_record, received_record, closed_record;

[[nodiscard]] double milliseconds(std::chrono::nanoseconds time);

[[nodiscard]] report::Record describe_connected(const Endpoint& endpoint, const transport::Connection& connection,
                                                unsigned side);
[[nodiscard]] report::Record describe_closed(const Settings& settings, const Outcome& outcome);

/// The stream `below`, with a record written to `out` for all that crosses it. Both outlive it. A read ends with status
/// success once nobody reads the records any more. Where there are two endpoints, `side` is 1 or, of --to, 2, and only
/// what is read is told: it is what the other one is sent. Otherwise 0. Where `message` is given, there is a record for
/// each whole message received, and `message` says what it holds.
[[nodiscard]] transport::StreamPtr make_event_stream(transport::Stream& below, report::Output& out, unsigned side,
                                                     std::function<report::Value()> message = {});

}  // namespace fid::cmd::connect
