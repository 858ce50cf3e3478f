// SPDX-License-Identifier: MIT
#include <array>

#include "packet/routing/dissectors.h"

namespace fid::packet {

std::span<const Dissector* const> routing_dissectors() {
    static constexpr std::array all{
        &ospf_dissector, &vrrp_dissector, &hsrp_dissector, &pim_dissector, &eigrp_dissector,
        &isis_dissector, &bfd_dissector,  &bgp_dissector,  &rip_dissector, &ldp_dissector,
    };
    return all;
}

}  // namespace fid::packet
