// SPDX-License-Identifier: MIT
// What to ask a UDP port so that the service that usually stands there answers, although it would not answer noise.
#pragma once

#include <cstdint>
#include <vector>

namespace fid::probe {

/// The datagram of the `attempt`th try (from 0): a harmless question of the port's usual protocol (DNS, NTP, SNMP v1
/// and v3 in turn, NetBIOS, RPC, CLDAP, QUIC, RIP, RMCP, OpenVPN, MS-SQL, SSDP, STUN, SIP, mDNS, CoAP, memcached,
/// BACnet), an empty line elsewhere. Never empty: there are servers that take an empty datagram for the end.
[[nodiscard]] std::vector<std::uint8_t> udp_question(std::uint16_t port, unsigned attempt);

}  // namespace fid::probe
