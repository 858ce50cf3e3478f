// SPDX-License-Identifier: MIT
// Any bytes as a packet. Built once for each family of dissectors (FID_FUZZ_FAMILY, a span of them): the first byte
// chooses one of the family, which reads the rest and hands its payload on as it would in a capture; and once for all,
// where the first two bytes are a link type. Bytes are missing at the end as if a snap length had cut them, or not.
#include <cstdint>

#include "exercise.h"
#include "packet/dissector.h"
#include "packet/packet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fid;
    using namespace fid::packet;
    if (size < 2) return 0;
    const Bytes bytes(data + 2, size - 2);
    const auto wire = static_cast<std::uint32_t>(bytes.size() + (data[0] & 7U));
    Packet packet;
#ifdef FID_FUZZ_FAMILY
    const auto family = FID_FUZZ_FAMILY();
    dissect_as(packet, bytes, wire, family[data[1] % family.size()]->protocol);
#else
    const auto link_type = static_cast<std::uint16_t>(data[1] | ((data[0] & 0x40U) << 2U));
    dissect(packet, bytes, wire, link_type);
#endif
    exercise(packet);
    return 0;
}
