// SPDX-License-Identifier: MIT
// Which protocol an IP header's protocol number (IANA "Assigned Internet Protocol Numbers") stands for.
#include <array>

#include "packet/dissector.h"

namespace fid::packet {
namespace {

constexpr std::array<Protocol, 256> make_table() {
    std::array<Protocol, 256> table{};
    table.fill(Protocol::data);
    table[0] = Protocol::ip6_hop;
    table[1] = Protocol::icmp;
    table[2] = Protocol::igmp;
    table[4] = Protocol::ip;
    table[6] = Protocol::tcp;
    table[17] = Protocol::udp;
    table[33] = Protocol::dccp;
    table[41] = Protocol::ip6;
    table[43] = Protocol::ip6_route;
    table[44] = Protocol::ip6_fragment;
    table[47] = Protocol::gre;
    table[50] = Protocol::esp;
    table[51] = Protocol::ah;
    table[58] = Protocol::icmp6;
    table[59] = Protocol::none;
    table[60] = Protocol::ip6_destination;
    table[88] = Protocol::eigrp;
    table[89] = Protocol::ospf;
    table[94] = Protocol::ip;
    table[97] = Protocol::etherip;
    table[103] = Protocol::pim;
    table[112] = Protocol::vrrp;
    table[124] = Protocol::isis;
    table[132] = Protocol::sctp;
    table[137] = Protocol::mpls;
    table[143] = Protocol::ethernet;
    return table;
}

constexpr std::array<Protocol, 256> protocols = make_table();

}  // namespace

Protocol by_ip_protocol(std::uint8_t number) { return protocols[number]; }

}  // namespace fid::packet
