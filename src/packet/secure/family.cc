// SPDX-License-Identifier: MIT
#include "packet/secure/family.h"

#include <array>

namespace fid::packet {

std::span<const Dissector* const> secure_dissectors() {
    static constexpr std::array family{&tls_dissector, &quic_dissector, &ssh_dissector, &wireguard_dissector,
                                       &isakmp_dissector};
    return family;
}

}  // namespace fid::packet
