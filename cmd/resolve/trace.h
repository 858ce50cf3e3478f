// SPDX-License-Identifier: MIT
// `fid resolve --trace NAME`: from the root down, each step told.
#pragma once

#include "cmd/loop.h"
#include "cmd/resolve/settings.h"
#include "dns/iterate.h"
#include "report/record.h"

namespace fid::cmd::resolve {

/// --trace and --root.
[[nodiscard]] std::vector<Option> trace_options();
inline constexpr std::string_view trace_manual =
    "With --trace each question is answered from the root down, without recursion: a line for every server that was "
    "asked, and the answer. Aliases are followed into other zones, addresses of name servers that a referral lacks are "
    "found in the same way, and glue is taken from servers of a zone around it only. Where a server is silent or lame "
    "the zone's next one is asked; after 200 questions it is given up. The root's servers are those of November 2023, "
    "those a @SERVER tells, or those of --root. -p is the port of all servers. +trace does the same in the layout of "
    "dig, which stops at the first alias.";

extern const report::RecordType step_record;

/// Statuses as without --trace; protocol_violation where name servers wait for each other's address or aliases run in
/// a circle.
[[nodiscard]] Status trace(Context& context, const Settings& settings);

/// Where the servers of a run are found from, by --root, @SERVER, -p, -4, -6 and --tcp.
[[nodiscard]] Result<dns::IterateOptions> iterate_options(const Arguments& args, const Settings& settings);
/// How they are asked: with DNSSEC unless the user said otherwise.
[[nodiscard]] dns::Iteration::Ask iteration_ask(Loop& loop, const Settings& settings);
[[nodiscard]] report::Record describe(const dns::Step& step);

}  // namespace fid::cmd::resolve
