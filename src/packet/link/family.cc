// SPDX-License-Identifier: MIT
#include <array>

#include "packet/link/dissectors.h"

namespace fid::packet {

std::span<const Dissector* const> link_dissectors() {
    static constexpr std::array all{
        &ethernet_dissector, &vlan_dissector,     &llc_dissector,       &snap_dissector,  &sll_dissector,
        &sll2_dissector,     &null_dissector,     &raw_dissector,       &ppp_dissector,   &pppoe_dissector,
        &chdlc_dissector,    &mpls_dissector,     &stp_dissector,       &lldp_dissector,  &cdp_dissector,
        &lacp_dissector,     &radiotap_dissector, &ieee80211_dissector, &eapol_dissector, &arp_dissector,
        &frelay_dissector,
    };
    return all;
}

}  // namespace fid::packet
