// SPDX-License-Identifier: MIT
// Network-order loads for the steps, which check a header's size once and then read on without a cursor.
#pragma once

#include <cstdint>

#include "report/text.h"

namespace fid::packet {

[[nodiscard]] inline std::uint16_t be16(Bytes bytes, std::size_t at) {
    return static_cast<std::uint16_t>((bytes[at] << 8U) | bytes[at + 1]);
}
[[nodiscard]] inline std::uint32_t be32(Bytes bytes, std::size_t at) {
    return (std::uint32_t{be16(bytes, at)} << 16U) | be16(bytes, at + 2);
}

}  // namespace fid::packet
