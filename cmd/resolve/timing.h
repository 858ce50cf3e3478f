// SPDX-License-Identifier: MIT
// `fid resolve --time N`: how fast servers answer.
#pragma once

#include "cmd/resolve/settings.h"
#include "report/record.h"

namespace fid::cmd::resolve {

/// --time.
[[nodiscard]] std::vector<Option> timing_options();
inline constexpr std::string_view timing_manual =
    "With --time each server is asked N times, one question behind the other, the servers beside each other; a line "
    "tells of each how many answers came, and their times. Over TCP, TLS and HTTPS it is N questions on a connection "
    "each (fresh: connecting and handshakes are in the time), then N on one connection (reused: they are not, and the "
    "first question does not count). Nothing is asked twice: an answer that does not come within --timeout is lost.";

extern const report::RecordType timing_record;

/// Status success where every question was answered, partial where some were; where none was, what the errors have in
/// common, or timeout.
[[nodiscard]] Status time_servers(Context& context, const Settings& settings);

}  // namespace fid::cmd::resolve
