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

/// One record as a line.
void write_line(const dns::Message& message, const dns::Record& record, const Settings& settings, report::Output& out);
/// "127.0.0.1:53" as dig has it: 127.0.0.1#53.
[[nodiscard]] std::string peer_as_dig(std::string_view peer);
/// Milliseconds with microseconds, and nothing finer.
[[nodiscard]] double rounded_ms(std::chrono::nanoseconds time);

/// A record's line in dig's columns.
void write_dig_record(const dns::Message& message, const dns::Record& record, const Settings& settings,
                      report::Output& output);
struct DigStatistics {
    std::uint64_t milliseconds = 0;
    std::string_view peer, host;  ///< "127.0.0.1:53"; as the user named it
    dns::Carrier carrier{};
    std::string size;  ///< "MSG SIZE  rcvd: 45"
};
/// What dig says below a message or a transfer.
void write_dig_statistics(const DigStatistics& what, report::Output& output);
/// The TSIG record of a message.
[[nodiscard]] std::optional<dns::Record> signature_of(const dns::Message& message);

/// "MX"; "TYPE15" where everything is in the generic form.
[[nodiscard]] std::string type_word(std::uint16_t value, const Settings& settings);
/// Are names to be shown in letters outside ASCII? On a terminal, unless the user said something else.
[[nodiscard]] inline bool wants_unicode(const Settings& settings, const report::Output& out) {
    return settings.unicode.value_or(out.terminal());
}
/// A name in letters where that is wanted, safe for a terminal.
[[nodiscard]] std::string shown_name(const dns::Name& name, const Settings& settings, const report::Output& out);

}  // namespace fid::cmd::resolve
