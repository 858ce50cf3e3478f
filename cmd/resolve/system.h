// SPDX-License-Identifier: MIT
// `fid resolve --system`: what this machine itself makes of a name, and why.
#pragma once

#include <string_view>
#include <vector>

#include "cmd/resolve/settings.h"

namespace fid::cmd::resolve {

extern const report::RecordType system_step_record, system_address_record, system_lookup_record, system_service_record;

/// The paragraph of the manual.
inline constexpr std::string_view system_manual =
    "With --system a NAME goes the way that programs of this machine send it: through the services of "
    "nsswitch.conf(5), /etc/hosts and the search list of resolv.conf(5), each step with its result and what follows "
    "from it. Services that are not read here, such as mdns4_minimal or resolve, are asked through their modules. Then "
    "come the addresses that getaddrinfo(3) gives, in its order, each with the address this machine would send from "
    "and the rule of RFC 6724 that puts it before the next one; where steps and result contradict each other, that is "
    "said. Without a NAME it is this machine's own. NAME/tcp and 80/tcp are services of services(5), which are told "
    "for a NAME without dots, too.";

/// The option itself.
[[nodiscard]] std::vector<Option> system_options();
[[nodiscard]] bool wants_system(const Arguments& args);

/// Success where every name has an address or is a service; negative where the system knows none of them, partial where
/// some.
[[nodiscard]] Status system_view(Context& context, const Settings& settings);

}  // namespace fid::cmd::resolve
