// SPDX-License-Identifier: MIT
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

extern const Dissector ntp_dissector, tftp_dissector, snmp_dissector, radius_dissector, sip_dissector, rtp_dissector,
    rtcp_dissector, syslog_dissector, stun_dissector, ssdp_dissector, coap_dissector, netflow_dissector;

}  // namespace fid::packet
