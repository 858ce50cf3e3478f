// SPDX-License-Identifier: MIT
// How the verbs print prefixes, ranges and addresses: as records, or as text that a firewall or grep -E reads.
#pragma once

#include <cstdint>
#include <string_view>

#include "address/prefix_set.h"
#include "cmd/command.h"

namespace fid::cmd::ipcalc {

/// Fields that several record types have, with one meaning.
namespace field {
inline constexpr report::Field family{"family", report::Type::integer, "4 or 6"};
inline constexpr report::Field first{"first", report::Type::text, "lowest address"};
inline constexpr report::Field last{"last", report::Type::text, "highest address"};
inline constexpr report::Field addresses{"addresses", report::Type::integer, "how many addresses, exactly"};
}  // namespace field
/// 4 or 6, as the field `family` has it.
[[nodiscard]] inline unsigned number_of(Family family) { return family == Family::v4 ? 4 : 6; }

extern const report::RecordType prefix_record;
extern const report::RecordType range_record;
extern const report::RecordType address_record;

enum class As : std::uint8_t { prefixes, ranges, addresses, nft, ipset, regex };

[[nodiscard]] Option as_option();
[[nodiscard]] As read_as(const Arguments& arguments);

/// One line or record each. They return false once nobody reads the output any more.
bool write_prefix(report::Output& out, const Prefix& prefix);
bool write_range(report::Output& out, const Range& range);
bool write_address(report::Output& out, const Address& address);
/// The same as write_prefix where a list is read by a program; on a terminal a row that says what is in the prefix.
bool write_prefix_row(report::Output& out, const Prefix& prefix);

/// The whole set in the form asked for; reports on `context.log` what a form cannot express.
[[nodiscard]] Status write_set(Context& context, const PrefixSet& set, As as);

/// Extended regular expression that matches the dotted-quad texts of exactly the addresses of an IPv4 prefix.
void write_regex(Text& out, const Prefix& prefix);

}  // namespace fid::cmd::ipcalc
