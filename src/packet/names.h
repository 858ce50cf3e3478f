// SPDX-License-Identifier: MIT
// Tables of protocol numbers and their names, as a protocol's registry lists them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

namespace fid::packet {

struct Named {
    std::uint64_t value;
    std::string_view name;
};
/// Numbers with gaps between them, in any order.
using Names = std::span<const Named>;
/// The names of 0, 1, 2, ...; "" where one has none.
using Words = std::span<const std::string_view>;

[[nodiscard]] constexpr std::string_view name_of(Names names, std::uint64_t value, std::string_view otherwise = {}) {
    const auto found = std::ranges::find(names, value, &Named::value);
    return found == names.end() ? otherwise : found->name;
}
[[nodiscard]] constexpr std::string_view name_of(Words words, std::uint64_t value, std::string_view otherwise = {}) {
    return value < words.size() && !words[value].empty() ? words[value] : otherwise;
}

}  // namespace fid::packet
