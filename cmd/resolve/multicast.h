// SPDX-License-Identifier: MIT
// `fid resolve NAME.local @mdns`: multicast DNS.
#pragma once

#include <string_view>

#include "cmd/resolve/settings.h"

namespace fid::cmd::resolve {

/// The paragraph of the manual.
inline constexpr std::string_view multicast_manual =
    "The server @mdns is everybody on the network: multicast DNS (RFC 6762), for names below local. The question goes "
    "out on every interface, or that of --interface, and the answers of all are told until --timeout, 1 s unless said; "
    "a host's own data (addresses, SRV, TXT) is awaited no longer than until it comes. A service such as "
    "_http._tcp.local is asked for PTR, and for SRV, TXT and the addresses of what is found. Answers are heard from "
    "port 5353 of hosts on the link only.";

/// Where the question goes to everybody: a hint for an answer of DNS to what is no name of DNS, "" for other names.
[[nodiscard]] std::string multicast_hint(const dns::Name& name);

/// Negative where nobody answers.
[[nodiscard]] Status ask_neighbours(Context& context, const Settings& settings);

}  // namespace fid::cmd::resolve
