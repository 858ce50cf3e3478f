// SPDX-License-Identifier: MIT
#include "packet/transport/ports.h"

#include <array>

namespace fid::packet {
namespace {

struct Home {
    std::uint16_t first, last;
    Protocol protocol;
};

using enum Protocol;

constexpr std::array tcp_homes{
    Home{21, 21, ftp},      Home{22, 22, ssh},       Home{23, 23, telnet},          Home{25, 25, smtp},
    Home{53, 53, dns},      Home{80, 81, http},      Home{88, 88, kerberos},        Home{110, 110, pop},
    Home{139, 139, smb},    Home{143, 143, imap},    Home{179, 179, bgp},           Home{389, 389, ldap},
    Home{443, 443, tls},    Home{445, 445, smb},     Home{465, 465, tls},           Home{502, 502, modbus},
    Home{554, 554, rtsp},   Home{587, 587, smtp},    Home{636, 636, tls},           Home{646, 646, ldp},
    Home{853, 853, tls},    Home{989, 990, tls},     Home{992, 995, tls},           Home{1080, 1080, socks},
    Home{1883, 1883, mqtt}, Home{2222, 2222, ssh},   Home{3128, 3128, http},        Home{3268, 3268, ldap},
    Home{3269, 3269, tls},  Home{3306, 3306, mysql}, Home{3389, 3389, rdp},         Home{5060, 5060, sip},
    Home{5061, 5061, tls},  Home{5432, 5432, pgsql}, Home{5900, 5910, vnc},         Home{6379, 6379, redis},
    Home{6660, 6669, irc},  Home{6697, 6697, tls},   Home{6881, 6889, bittorrent},  Home{8000, 8000, http},
    Home{8008, 8008, http}, Home{8080, 8080, http},  Home{8443, 8443, tls},         Home{8554, 8554, rtsp},
    Home{8883, 8883, tls},  Home{8888, 8888, http},  Home{11211, 11211, memcached}, Home{20000, 20000, dnp3},
};

constexpr std::array udp_homes{
    Home{53, 53, dns},
    Home{67, 68, dhcp},
    Home{69, 69, tftp},
    Home{88, 88, kerberos},
    Home{123, 123, ntp},
    Home{137, 137, nbns},
    Home{161, 162, snmp},
    Home{389, 389, ldap},
    Home{443, 443, quic},
    Home{500, 500, isakmp},
    Home{514, 514, syslog},
    Home{520, 520, rip},
    Home{546, 547, dhcp6},
    Home{646, 646, ldp},
    Home{784, 784, quic},
    Home{853, 853, quic},
    Home{1645, 1646, radius},
    Home{1701, 1701, l2tp},
    Home{1812, 1813, radius},
    Home{1900, 1900, ssdp},
    Home{1985, 1985, hsrp},
    Home{2029, 2029, hsrp},
    Home{2055, 2055, netflow},
    Home{2152, 2152, gtp},
    Home{3478, 3478, stun},
    Home{3784, 3784, bfd},
    Home{4500, 4500, isakmp},
    Home{4739, 4739, netflow},
    Home{4784, 4784, bfd},
    Home{4789, 4789, vxlan},
    Home{5060, 5060, sip},
    Home{5353, 5353, mdns},
    Home{5355, 5355, llmnr},
    Home{5683, 5683, coap},
    Home{6081, 6081, geneve},
    Home{6635, 6635, mpls},
    Home{6784, 6784, bfd},
    Home{8472, 8472, vxlan},
    Home{9995, 9996, netflow},
    Home{20000, 20000, dnp3},
    Home{51820, 51820, wireguard},
};

/// A byte per port: one load for each side of a connection, and nearly all of it never touched.
template <std::size_t Size>
constexpr std::array<Protocol, 65536> spread(const std::array<Home, Size>& homes) {
    std::array<Protocol, 65536> table{};
    for (const Home& home : homes)
        for (std::uint32_t port = home.first; port <= home.last; ++port) table[port] = home.protocol;
    return table;
}

constexpr auto tcp_table = spread(tcp_homes);
constexpr auto udp_table = spread(udp_homes);

}  // namespace

Protocol tcp_port(std::uint16_t port) { return tcp_table[port]; }
Protocol udp_port(std::uint16_t port) { return udp_table[port]; }

}  // namespace fid::packet
