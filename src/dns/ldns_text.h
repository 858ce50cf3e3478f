// SPDX-License-Identifier: MIT
// The presentation of rare types, by ldns.
#pragma once

#include <cstdint>

#include "report/text.h"

namespace fid::dns {

/// Writes the data (uncompressed) of a type as ldns does, always printable ASCII; false where ldns does not know the
/// type, or the data contradicts it.
[[nodiscard]] bool put_by_ldns(std::uint16_t type, Bytes rdata, Text& out);

}  // namespace fid::dns
