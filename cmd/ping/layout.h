// SPDX-License-Identifier: MIT
// The lines people read: like ping for one target, like fping for several.
#pragma once

#include <string_view>

#include "probe/session.h"
#include "report/output.h"

namespace fid::cmd::ping {

/// "0.031 ms", "12.4 ms", "1250 ms".
void put_time(Text& text, probe::Nanoseconds time);
/// "localhost (127.0.0.1)", or the address alone where that is what was asked for.
void put_target(Text& text, const probe::Target& target);

/// "ping localhost (127.0.0.1): 56 data bytes"
void put_heading(Text& text, const probe::Target& target, const probe::Settings& settings);
/// What happened to a probe: "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.031 ms"
void put_event(Text& text, const probe::Event& event, const probe::Target& target, const probe::Settings& settings);
/// ping's last lines.
void put_statistics(Text& text, const probe::Target& target, const probe::Tally& tally, probe::Nanoseconds duration);

/// Is it up, and if not, why: "192.0.2.9 is down, no answer to 3 probes"
void put_verdict(report::Output& out, const probe::Target& target, const probe::Tally& tally,
                 const probe::Settings& settings);
/// "192.0.2.9 : sent/received/lost = 5/5/0%, min/avg/median/p99/max/jitter = ... ms"
void put_account(Text& text, const probe::Target& target, const probe::Tally& tally);

}  // namespace fid::cmd::ping
