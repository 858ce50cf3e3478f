// SPDX-License-Identifier: MIT
// Who reads a frame: by LINKTYPE_ value (tcpdump.org/linktypes.html), by EtherType, by PPP protocol number.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"

namespace fid::packet {
namespace {

struct EtherType {
    std::uint16_t value;
    Protocol protocol;
    std::string_view name;
};

constexpr std::array ethertypes{
    EtherType{0x0800, Protocol::ip, "IPv4"},
    EtherType{0x86dd, Protocol::ip6, "IPv6"},
    EtherType{0x0806, Protocol::arp, "ARP"},
    EtherType{0x8035, Protocol::arp, "Reverse ARP"},
    EtherType{0x8100, Protocol::vlan, "802.1Q"},
    EtherType{0x88a8, Protocol::vlan, "802.1Q-QinQ"},
    EtherType{0x9100, Protocol::vlan, "802.1Q-9100"},
    EtherType{0x9200, Protocol::vlan, "802.1Q-9200"},
    EtherType{0x8847, Protocol::mpls, "MPLS unicast"},
    EtherType{0x8848, Protocol::mpls, "MPLS multicast"},
    EtherType{0x8863, Protocol::pppoe, "PPPoE D"},
    EtherType{0x8864, Protocol::pppoe, "PPPoE S"},
    EtherType{0x880b, Protocol::ppp, "PPP"},
    EtherType{0x888e, Protocol::eapol, "EAPOL"},
    EtherType{0x88c7, Protocol::eapol, "802.11i pre-authentication"},
    EtherType{0x8809, Protocol::lacp, "Slow Protocols"},
    EtherType{0x88cc, Protocol::lldp, "LLDP"},
    EtherType{0x8870, Protocol::llc, "Jumbo"},
    EtherType{0x6558, Protocol::ethernet, "TEB"},
    EtherType{0x22f4, Protocol::isis, "L2-IS-IS"},
    EtherType{0xfefe, Protocol::isis, "OSI"},  // in GRE and Cisco HDLC
    // Known by name only.
    EtherType{0x22f0, Protocol::data, "AVTP"},
    EtherType{0x6002, Protocol::data, "MOP RC"},
    EtherType{0x6003, Protocol::data, "DECnet"},
    EtherType{0x809b, Protocol::data, "AppleTalk"},
    EtherType{0x80f3, Protocol::data, "AppleTalk ARP"},
    EtherType{0x8137, Protocol::data, "IPX"},
    EtherType{0x8808, Protocol::data, "MPCP"},
    EtherType{0x88a2, Protocol::data, "AoE"},
    EtherType{0x88e5, Protocol::data, "MACsec"},
    EtherType{0x88e7, Protocol::data, "PBB"},
    EtherType{0x88f7, Protocol::data, "PTP"},
    EtherType{0x8902, Protocol::data, "CFM"},
    EtherType{0x894f, Protocol::data, "NSH"},
    EtherType{0x9000, Protocol::data, "Loopback"},
};

/// Raw IP has no link header to tell the version.
Protocol by_ip_version(Bytes data) {
    const unsigned version = data.empty() ? 0 : data[0] >> 4U;
    return version == 4 || version == 6 ? Protocol::raw : Protocol::data;
}

}  // namespace

Protocol by_ethertype(std::uint16_t ethertype) {
    const auto* found = std::ranges::find(ethertypes, ethertype, &EtherType::value);
    return found == ethertypes.end() ? Protocol::data : found->protocol;
}

std::string_view ethertype_name(std::uint16_t ethertype) {
    const auto* found = std::ranges::find(ethertypes, ethertype, &EtherType::value);
    return found == ethertypes.end() ? std::string_view{} : found->name;
}

Protocol by_ppp_protocol(std::uint16_t number) {
    switch (number) {
        case 0x0021:
            return Protocol::ip;
        case 0x0057:
            return Protocol::ip6;
        case 0x0281:
        case 0x0283:
            return Protocol::mpls;
        case 0x0023:
            return Protocol::isis;
        default:
            return Protocol::data;
    }
}

Protocol by_link_type(std::uint16_t link_type, Bytes data) {
    switch (link_type) {
        case 0:  // NULL
        case 108:
            return Protocol::null;  // LOOP
        case 1:
            return Protocol::ethernet;
        case 9:  // PPP
        case 204:
            return Protocol::ppp;  // PPP_WITH_DIR
        case 50:                   // PPP_HDLC: Cisco HDLC's unicast and multicast, else RFC 1662
            return !data.empty() && (data[0] == 0x0f || data[0] == 0x8f) ? Protocol::chdlc : Protocol::ppp;
        case 51:
            return Protocol::pppoe;
        case 12:  // DLT_RAW of most systems, of OpenBSD, LINKTYPE_RAW
        case 14:
        case 101:
        case 228:
        case 229:
            return by_ip_version(data);
        case 104:
            return Protocol::chdlc;
        case 107:
            return Protocol::frelay;
        case 105:
            return Protocol::ieee80211;
        case 113:
            return Protocol::sll;
        case 119:  // PRISM
        case 127:
        case 163:
            return Protocol::radiotap;  // AVS
        case 219:
            return Protocol::mpls;
        case 276:
            return Protocol::sll2;
        default:
            return Protocol::data;
    }
}

}  // namespace fid::packet
