// SPDX-License-Identifier: MIT
#include "address/address.h"

#include <algorithm>

namespace fid {

namespace {
Uint128 number_of(std::span<const std::uint8_t> bytes) {
    Uint128 number = 0;
    for (const std::uint8_t byte : bytes) number = (number << 8U) | byte;
    return number;
}
}  // namespace

Address Address::from_bytes(std::span<const std::uint8_t, 4> bytes) { return {Family::v4, number_of(bytes)}; }
Address Address::from_bytes(std::span<const std::uint8_t, 16> bytes) { return {Family::v6, number_of(bytes)}; }

std::array<std::uint8_t, 16> Address::bytes() const {
    std::array<std::uint8_t, 16> out{};
    Uint128 rest = is_v4() ? number_ << 96U : number_;
    for (std::size_t i = 16; i-- > 0; rest >>= 8U) out[i] = static_cast<std::uint8_t>(rest);
    return out;
}

}  // namespace fid
