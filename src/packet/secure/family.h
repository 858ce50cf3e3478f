// SPDX-License-Identifier: MIT
// The dissectors of this family, one per source file.
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

extern const Dissector tls_dissector;
extern const Dissector quic_dissector;
extern const Dissector ssh_dissector;
extern const Dissector wireguard_dissector;
extern const Dissector isakmp_dissector;

}  // namespace fid::packet
