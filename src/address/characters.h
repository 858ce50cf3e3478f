// SPDX-License-Identifier: MIT
// The hand-written readers of addresses, digits and escaped bytes that every fast path shares: strict, no allocation,
// no error text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "address/address.h"

namespace fid {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/// The value of a hexadecimal digit, or 16.
[[nodiscard]] constexpr unsigned hex_value(char c) {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
    return 16;
}
/// The byte that two hexadecimal digits at the front of `text` mean; nothing where there are no two.
[[nodiscard]] constexpr std::optional<std::uint8_t> hex_byte(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const unsigned high = hex_value(text[0]), low = hex_value(text[1]);
    if (high > 15 || low > 15) return std::nullopt;
    return static_cast<std::uint8_t>(high << 4U | low);
}
/// The byte that %XX at the front of `text` means (RFC 3986 section 2.1); nothing where there is no such three.
[[nodiscard]] constexpr std::optional<std::uint8_t> percent_byte(std::string_view text) {
    return text.starts_with('%') ? hex_byte(text.substr(1)) : std::nullopt;
}

/// Reads a dotted quad at `at`; returns the first character after it, or null. What follows is the caller's to judge.
[[nodiscard]] inline const char* read_v4(const char* at, const char* end, std::uint32_t& number) {
    std::uint32_t sum = 0;
    for (unsigned octet = 0;;) {
        if (at == end || !is_digit(*at)) return nullptr;
        auto value = static_cast<unsigned>(*at++ - '0');
        if (at != end && is_digit(*at)) {
            if (value == 0) return nullptr;  // leading zero
            value = value * 10 + static_cast<unsigned>(*at++ - '0');
            if (at != end && is_digit(*at)) {
                value = value * 10 + static_cast<unsigned>(*at++ - '0');
                if (value > 255) return nullptr;
            }
        }
        sum = (sum << 8U) | value;
        if (++octet == 4) break;
        if (at == end || *at != '.') return nullptr;
        ++at;
    }
    number = sum;
    return at;
}

/// Reads an IPv6 address (RFC 4291 section 2.2, all three forms, no zone) at `at`, the same way.
[[nodiscard]] inline const char* read_v6(const char* at, const char* end, Uint128& number) {
    std::array<std::uint16_t, 8> groups;  // only the first `count` are read
    std::size_t count = 0;
    std::size_t gap = 8;  // how many groups stand before "::"; 8 = no "::"
    if (end - at >= 2 && at[0] == ':' && at[1] == ':') {
        gap = 0;
        at += 2;
    }
    while (count < 8) {
        const char* start = at;
        unsigned value = 0;
        while (at != end && at - start < 4) {
            const unsigned digit = hex_value(*at);
            if (digit == 16) break;
            value = (value << 4U) | digit;
            ++at;
        }
        if (at == start) {
            if (gap != count) return nullptr;
            break;  // ends in "::"
        }
        if (at != end && *at == '.') {
            std::uint32_t tail = 0;
            const char* after = count <= 6 ? read_v4(start, end, tail) : nullptr;
            if (after != nullptr) {
                at = after;
                groups[count++] = static_cast<std::uint16_t>(tail >> 16U);
                groups[count++] = static_cast<std::uint16_t>(tail);
                break;
            }
        }
        groups[count++] = static_cast<std::uint16_t>(value);
        if (end - at < 2 || *at != ':') break;
        if (at[1] == ':') {
            if (gap != 8 || count == 8) break;
            gap = count;
            at += 2;
        } else if (count < 8 && hex_value(at[1]) < 16) {
            ++at;
        } else {
            break;
        }
    }
    if (gap == 8 ? count != 8 : count == 8) return nullptr;
    Uint128 sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (i == gap) sum <<= 16U * (8 - count);
        sum = (sum << 16U) | groups[i];
    }
    if (gap == count) sum = count == 0 ? 0 : sum << (16U * (8 - count));
    number = sum;
    return at;
}

/// Reads the digits of a prefix length without leading zeros at `at`, at most `most`; null where there is none.
[[nodiscard]] inline const char* read_length(const char* at, const char* end, unsigned most, unsigned& length) {
    if (at == end || !is_digit(*at)) return nullptr;
    auto value = static_cast<unsigned>(*at++ - '0');
    while (at != end && is_digit(*at)) {
        if (value == 0) return nullptr;
        value = value * 10 + static_cast<unsigned>(*at++ - '0');
        if (value > most) return nullptr;
    }
    if (value > most) return nullptr;
    length = value;
    return at;
}

}  // namespace fid
