// SPDX-License-Identifier: MIT
#include "packet/network/family.h"

#include <array>

namespace fid::packet {

std::span<const Dissector* const> network_dissectors() {
    static constexpr std::array family{&ip_dissector,        &ip6_dissector,          &ip6_hop_dissector,
                                       &ip6_route_dissector, &ip6_fragment_dissector, &ip6_destination_dissector,
                                       &ah_dissector,        &esp_dissector,          &gre_dissector,
                                       &vxlan_dissector,     &geneve_dissector,       &gtp_dissector,
                                       &l2tp_dissector,      &etherip_dissector,      &icmp_dissector,
                                       &icmp6_dissector,     &igmp_dissector};
    return family;
}

}  // namespace fid::packet
