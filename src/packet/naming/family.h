// SPDX-License-Identifier: MIT
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

extern const Dissector dns_dissector, mdns_dissector, llmnr_dissector, nbns_dissector, dhcp_dissector, dhcp6_dissector;

}  // namespace fid::packet
