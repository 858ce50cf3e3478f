// SPDX-License-Identifier: MIT
// The network family's dissectors, one per file; family.cc collects them.
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

extern const Dissector ip_dissector, ip6_dissector, ip6_hop_dissector, ip6_route_dissector, ip6_fragment_dissector,
    ip6_destination_dissector, ah_dissector, esp_dissector, gre_dissector, vxlan_dissector, geneve_dissector,
    gtp_dissector, l2tp_dissector, etherip_dissector, icmp_dissector, icmp6_dissector, igmp_dissector;

}  // namespace fid::packet
