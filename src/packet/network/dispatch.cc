// SPDX-License-Identifier: MIT
#include "packet/dissector.h"

namespace fid::packet {

Protocol by_ip_protocol(std::uint8_t) { return Protocol::data; }

}  // namespace fid::packet
