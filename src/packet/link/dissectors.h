// SPDX-License-Identifier: MIT
// The link family's dissectors, and what they share about who comes next.
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

extern const Dissector ethernet_dissector, vlan_dissector, llc_dissector, snap_dissector, sll_dissector, sll2_dissector,
    null_dissector, raw_dissector, ppp_dissector, pppoe_dissector, chdlc_dissector, frelay_dissector, mpls_dissector,
    stp_dissector, lldp_dissector, cdp_dissector, lacp_dissector, radiotap_dissector, ieee80211_dissector,
    eapol_dissector, arp_dissector;

/// What follows an Ethernet type or length field (IEEE 802.3 3.2.6): up to 1500 is the length of an LLC frame, from
/// 0x600 an EtherType. `header` is the bytes up to and with the field.
[[nodiscard]] Step after_type_or_length(Bytes bytes, std::size_t header, std::uint16_t value);
/// "IPv4", "ARP", ...; empty where unknown.
[[nodiscard]] std::string_view ethertype_name(std::uint16_t ethertype);

}  // namespace fid::packet
