// SPDX-License-Identifier: MIT
#include "packet/dissector.h"

namespace fid::packet {

Protocol tcp_application(const Packet&, Bytes) { return Protocol::data; }
Protocol udp_application(const Packet&, Bytes) { return Protocol::data; }

}  // namespace fid::packet
