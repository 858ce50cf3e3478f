// SPDX-License-Identifier: MIT
#include "packet/dissector.h"

namespace fid::packet {

Protocol by_ethertype(std::uint16_t) { return Protocol::data; }
Protocol by_ppp_protocol(std::uint16_t) { return Protocol::data; }
Protocol by_link_type(std::uint16_t, Bytes) { return Protocol::data; }

}  // namespace fid::packet
