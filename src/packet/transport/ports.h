// SPDX-License-Identifier: MIT
// Which protocol is at home on a port; none where no protocol fid knows is.
#pragma once

#include <cstdint>

#include "packet/packet.h"

namespace fid::packet {

[[nodiscard]] Protocol tcp_port(std::uint16_t port);
[[nodiscard]] Protocol udp_port(std::uint16_t port);

}  // namespace fid::packet
