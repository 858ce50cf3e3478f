// SPDX-License-Identifier: MIT
// Which services the C library asks for a database, in which order and how far (nsswitch.conf(5)).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fid::dns {

/// What came of asking a service.
enum class NssStatus : std::uint8_t { success, not_found, unavailable, try_again };
/// "SUCCESS", "NOTFOUND", "UNAVAIL", "TRYAGAIN".
[[nodiscard]] std::string_view nss_status_text(NssStatus status);

/// What to do then.
enum class NssAction : std::uint8_t {
    go_on,  ///< ask the next service
    stop,
    merge,  ///< ask the next one too, and put the results together
};

struct NssService {
    std::string name;  ///< "files", "dns", "mdns4_minimal"
    /// By NssStatus.
    std::array<NssAction, 4> actions{NssAction::stop, NssAction::go_on, NssAction::go_on, NssAction::go_on};
    std::string criteria;  ///< as they stand behind it: "[NOTFOUND=return]"; mostly empty

    [[nodiscard]] NssAction action(NssStatus status) const { return actions.at(static_cast<std::size_t>(status)); }
};

struct NssOrder {
    std::vector<NssService> services;
    unsigned line = 0;  ///< of the file; 0 where it has none for the database, and the services are glibc's own choice

    /// "files mdns4_minimal [NOTFOUND=return] dns"
    [[nodiscard]] std::string text() const;
};

/// The order for "hosts". The last line for the database counts, as in glibc; what is malformed is passed over.
[[nodiscard]] NssOrder parse_hosts_order(std::string_view nsswitch_conf);

}  // namespace fid::dns
