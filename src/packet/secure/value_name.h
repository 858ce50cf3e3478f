// SPDX-License-Identifier: MIT
// Small tables of protocol numbers and their names, searched in order.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace fid::packet {

struct ValueName {
    std::uint64_t value;
    std::string_view name;
};

/// Empty where the table has no such value.
[[nodiscard]] inline std::string_view value_name(std::span<const ValueName> table, std::uint64_t value) {
    for (const ValueName& one : table)
        if (one.value == value) return one.name;
    return {};
}

}  // namespace fid::packet
