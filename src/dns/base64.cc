// SPDX-License-Identifier: MIT
#include "dns/base64.h"

namespace fid::dns {
namespace {

/// 64 for what is no digit.
unsigned digit(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 26;
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0') + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : 64;
}

}  // namespace

std::optional<std::vector<std::uint8_t>> read_base64(std::string_view text) {
    if (text.size() % 4 == 0) {
        if (text.ends_with('=')) text.remove_suffix(1);
        if (text.ends_with('=')) text.remove_suffix(1);
    }
    if (text.size() % 4 == 1) return std::nullopt;
    std::vector<std::uint8_t> bytes;
    unsigned held = 0, bits = 0;
    for (const char c : text) {
        const unsigned value = digit(c);
        if (value == 64) return std::nullopt;
        held = (held << 6U | value) & 0xfffU;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    }
    return bytes;
}

}  // namespace fid::dns
