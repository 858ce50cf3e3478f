// SPDX-License-Identifier: MIT
// Lists of ports as people write them: "22", "20-25,80,https", "1-65535".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "address/service.h"
#include "report/error.h"

namespace fid {

/// Numbers, ranges of numbers (both ends belong to them) and service names, with commas between them; each port once,
/// in the order written. Port 0 is none. Status usage.
[[nodiscard]] Result<std::vector<std::uint16_t>> parse_ports(std::string_view text,
                                                             Transport transport = Transport::tcp);

}  // namespace fid
