// SPDX-License-Identifier: MIT
// Types whose text is neither a row of parts nor what ldns 1.8 makes of them: it writes LOC's degrees with leading
// zeros and no centimetres, APL's addresses uncompressed, and WKS's ports by names that depend on the machine.
#pragma once

#include <cstdint>

#include "report/text.h"

namespace fid::dns {

[[nodiscard]] bool is_rare(std::uint16_t type);
/// False where the data contradicts the type.
[[nodiscard]] bool put_rare(std::uint16_t type, Bytes rdata, Text& out);

}  // namespace fid::dns
