// SPDX-License-Identifier: MIT
#include "packet/dissector.h"

namespace fid::packet {

std::span<const Dissector* const> naming_dissectors() { return {}; }

}  // namespace fid::packet
