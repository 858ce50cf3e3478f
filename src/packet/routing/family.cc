// SPDX-License-Identifier: MIT
#include "packet/dissector.h"

namespace fid::packet {

std::span<const Dissector* const> routing_dissectors() { return {}; }

}  // namespace fid::packet
