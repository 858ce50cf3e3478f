// SPDX-License-Identifier: MIT
// `fid resolve --all-ns NAME [TYPE]`: every server of the name's zone, and whether they agree.
#pragma once

#include "cmd/resolve/settings.h"

namespace fid::cmd::resolve {

/// --all-ns.
[[nodiscard]] std::vector<Option> all_servers_options();
inline constexpr std::string_view all_servers_manual =
    "With --all-ns every address of every name server of the name's zone is asked, without recursion, and for the "
    "zone's SOA record as well: a line tells of each what --compare tells, whether it is authoritative, and the serial "
    "number it has. The servers are found from the root down as with --trace (--root, @SERVER and -p mean the same): "
    "those that the parent zone names, and those that the zone itself does.";

/// Statuses as those of tell_comparison(); a server that is not authoritative for the zone counts as one that did not
/// answer. Where the zone cannot be found, the status is trace()'s.
[[nodiscard]] Status all_servers(Context& context, const Settings& settings);

}  // namespace fid::cmd::resolve
