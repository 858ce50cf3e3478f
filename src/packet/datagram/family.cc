// SPDX-License-Identifier: MIT
#include "packet/datagram/family.h"

#include <array>

namespace fid::packet {

std::span<const Dissector* const> datagram_dissectors() {
    static constexpr std::array<const Dissector*, 12> all{
        &ntp_dissector,  &tftp_dissector,   &snmp_dissector, &radius_dissector, &sip_dissector,  &rtp_dissector,
        &rtcp_dissector, &syslog_dissector, &stun_dissector, &ssdp_dissector,   &coap_dissector, &netflow_dissector};
    return all;
}

}  // namespace fid::packet
