// SPDX-License-Identifier: MIT
// What UDP probes carry: a question where the port has a service that answers one, else bytes nobody understands.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "probe/icmp.h"

namespace fid::probe {

enum class UdpService : std::uint8_t {
    none,  ///< the payload of fill_payload(); an echo service sends it back
    dns,   ///< port 53: who serves the root?
    ntp,   ///< port 123: what time is it?
};
[[nodiscard]] UdpService udp_service(std::uint16_t port);

/// The payload of a probe; `size` counts for UdpService::none only.
[[nodiscard]] std::vector<std::uint8_t> udp_payload(UdpService service, std::size_t size, std::uint64_t key,
                                                    const ProbeMark& mark);
/// The low 16 bits of the sequence number of the probe that a payload is, or that an answer is to; nothing where it
/// does not tell.
enum class UdpSide : std::uint8_t { probe, answer };
[[nodiscard]] std::optional<std::uint16_t> udp_sequence(UdpService service, UdpSide side, Bytes payload,
                                                        std::uint64_t key);

}  // namespace fid::probe
