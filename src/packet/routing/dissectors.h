// SPDX-License-Identifier: MIT
// The routing family's dissectors.
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

extern const Dissector ospf_dissector, vrrp_dissector, hsrp_dissector, pim_dissector, eigrp_dissector, isis_dissector,
    bfd_dissector, bgp_dissector, rip_dissector, ldp_dissector;

}  // namespace fid::packet
