// SPDX-License-Identifier: MIT
// What the verbs take as operands: an address, prefix or range as typed, a list of them in @FILE, or "-" for standard
// input. And the numbers they take: lengths and 128-bit indexes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "address/prefix_set.h"
#include "cmd/command.h"

namespace fid::cmd::ipcalc {

[[nodiscard]] Option legacy_ip_option();
[[nodiscard]] Option skip_bad_option();
[[nodiscard]] Reading reading(const Arguments& arguments);

/// One entry of an operand and where it stands; `file` is empty for what was typed on the command line.
struct Entry {
    Range range;
    std::string_view file = {};
    std::uint64_t line = 0;
};
using TakeEntry = std::function<bool(const Entry&)>;  ///< false stops the reading

/// Calls `take` for every entry of "10.0.0.0/8", "10.0.0.0/8,192.0.2.1", "@FILE" or "-". A bad line of a list is
/// reported with its file and line and skipped; the status is then bad_input, unless --skip-bad was given.
[[nodiscard]] Status each_entry(Context& context, std::string_view operand, const TakeEntry& take);
/// Adds an operand of each_entry to the set; normalise() is left to the caller.
[[nodiscard]] Status add_operand(Context& context, std::string_view operand, PrefixSet& set);
/// A normalised operand for expressions; `lists` receives the status of bad lines, which were reported already.
[[nodiscard]] Result<PrefixSet> read_operand_set(Context& context, std::string_view operand, Status& lists);
/// The lists that merge, sort and count take: file names, "-" for standard input (also where there is no word at all);
/// a word that reads as an address, prefix or range is taken as itself.
[[nodiscard]] Status each_listed(Context& context, const TakeEntry& take);
[[nodiscard]] Status add_listed(Context& context, PrefixSet& set);

/// Exactly one prefix; host bits are cleared with a note under --verbose.
[[nodiscard]] Result<Prefix> read_prefix(Context& context, std::string_view text);
/// "24" or "/24", at most the width of the family and at least `least`.
[[nodiscard]] Result<unsigned> read_length(std::string_view what, std::string_view text, Family family, unsigned least);

struct Index {
    bool negative = false;
    Uint128 magnitude = 0;
};
/// A decimal whole number of up to 128 bits with an optional minus sign.
[[nodiscard]] Result<Index> read_index(std::string_view what, std::string_view text);

/// The more serious of two outcomes: anything but success wins.
[[nodiscard]] inline Status worse(Status a, Status b) { return a == Status::success ? b : a; }

}  // namespace fid::cmd::ipcalc
