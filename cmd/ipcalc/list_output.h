// SPDX-License-Identifier: MIT
// How the verbs print prefixes, ranges and addresses: as records, or as text that a firewall or grep -E reads.
#pragma once

#include <cstdint>
#include <string_view>

#include "address/prefix_set.h"
#include "cmd/command.h"

namespace fid::cmd::ipcalc {

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

/// The whole set in the form asked for; reports on `context.log` what a form cannot express.
[[nodiscard]] Status write_set(Context& context, const PrefixSet& set, As as);

/// Extended regular expression that matches the dotted-quad texts of exactly the addresses of an IPv4 prefix.
void write_regex(Text& out, const Prefix& prefix);

}  // namespace fid::cmd::ipcalc
