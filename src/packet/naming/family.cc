// SPDX-License-Identifier: MIT
#include "packet/naming/family.h"

#include <array>

namespace fid::packet {

std::span<const Dissector* const> naming_dissectors() {
    static constexpr std::array<const Dissector*, 6> all{&dns_dissector,  &mdns_dissector, &llmnr_dissector,
                                                         &nbns_dissector, &dhcp_dissector, &dhcp6_dissector};
    return all;
}

}  // namespace fid::packet
