// SPDX-License-Identifier: MIT
// What -v tells of a DHCP message: its header's values and every option, in tcpdump's words.
#pragma once

#include <cstdint>

#include "report/text.h"

namespace fid::packet {

/// Behind "BOOTP/DHCP, Request from ..., length 300".
void write_dhcp(Bytes message, std::uint8_t verbosity, Text& out);

}  // namespace fid::packet
