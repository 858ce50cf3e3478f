// SPDX-License-Identifier: MIT
// An IP address of either family as a value: 128 bits, a family, and for IPv6 an optional zone (RFC 4007).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "report/error.h"
#include "report/text.h"

namespace fid {

__extension__ using Uint128 = unsigned __int128;

enum class Family : std::uint8_t { v4 = 4, v6 = 6 };

/// Width in bits: 32 or 128.
[[nodiscard]] constexpr unsigned width(Family family) { return family == Family::v4 ? 32 : 128; }
/// The highest address of a family as a number.
[[nodiscard]] constexpr Uint128 highest(Family family) {
    return family == Family::v4 ? Uint128{0xffffffffU} : ~Uint128{0};
}

/// How IPv4 text is read. strict: four decimal octets without leading zeros. legacy: inet_aton(3) too (1.2, 0x7f.1,
/// 010).
enum class Reading : std::uint8_t { strict, legacy };

class Address {
  public:
    constexpr Address() = default;
    constexpr Address(Family family, Uint128 number) : number_(number), family_(family) {}
    [[nodiscard]] static constexpr Address v4(std::uint32_t number) { return {Family::v4, number}; }
    [[nodiscard]] static constexpr Address v6(Uint128 number) { return {Family::v6, number}; }
    [[nodiscard]] static Address from_bytes(std::span<const std::uint8_t, 4> bytes);
    [[nodiscard]] static Address from_bytes(std::span<const std::uint8_t, 16> bytes);

    /// "192.0.2.1", "2001:db8::1", "fe80::1%eth0". Status bad_input; the hint names the ambiguity ("010: octal or
    /// decimal?").
    [[nodiscard]] static Result<Address> parse(std::string_view text, Reading reading = Reading::strict);
    /// The hot-path form: no error text, no zone, strict. Reads the whole of `text` or nothing.
    [[nodiscard]] static std::optional<Address> read(std::string_view text);

    [[nodiscard]] constexpr Family family() const { return family_; }
    [[nodiscard]] constexpr bool is_v4() const { return family_ == Family::v4; }
    [[nodiscard]] constexpr Uint128 number() const { return number_; }
    [[nodiscard]] std::array<std::uint8_t, 16> bytes() const;  ///< network order; v4 in the first four
    [[nodiscard]] std::string_view zone() const;               ///< "" where there is none
    [[nodiscard]] Address without_zone() const { return {family_, number_}; }

    void write(Text& out) const;  ///< RFC 5952, with the zone
    [[nodiscard]] std::string text() const;

    /// v4 before v6, then by number, then by zone.
    friend std::strong_ordering operator<=>(const Address& a, const Address& b);
    friend bool operator==(const Address& a, const Address& b) { return (a <=> b) == std::strong_ordering::equal; }

  private:
    Uint128 number_ = 0;
    Family family_ = Family::v4;
    std::uint16_t zone_ = 0;  ///< index into a process-wide table of zone names; 0 = none
};

}  // namespace fid
