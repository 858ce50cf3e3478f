// SPDX-License-Identifier: MIT
// Answers for people.
#pragma once

#include <set>
#include <string>

#include "cmd/resolve/ask.h"
#include "report/output.h"

namespace fid::cmd::resolve {

/// The records of a group that have been told: A and AAAA both come with the aliases on the way there.
using Told = std::set<std::string>;

/// A line for each record of the answer section that is not in `told`.
void write_lines(const Outcome& outcome, const Settings& settings, Told& told, report::Output& out);
/// The data of each.
void write_brief(const Outcome& outcome, const Settings& settings, Told& told, report::Output& out);
/// The whole message as dig shows it; `first`: with the heading of the run.
void write_dig(const Outcome& outcome, const Settings& settings, bool first, report::Output& out);

/// Are names to be shown in letters outside ASCII? On a terminal, unless the user said something else.
[[nodiscard]] inline bool wants_unicode(const Settings& settings, const report::Output& out) {
    return settings.unicode.value_or(out.terminal());
}
/// A name in letters where that is wanted, safe for a terminal.
[[nodiscard]] std::string shown_name(const dns::Name& name, const Settings& settings, const report::Output& out);

}  // namespace fid::cmd::resolve
