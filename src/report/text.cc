// SPDX-License-Identifier: MIT
#include "report/text.h"

#include <array>
#include <cstring>

#include "encoding/base64.h"

namespace fid {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

/// "00" to "99": two digits for one division.
constexpr std::array<char, 200> make_pairs() {
    std::array<char, 200> pairs{};
    for (std::size_t i = 0; i < 100; ++i) {
        pairs[2 * i] = static_cast<char>('0' + i / 10);
        pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return pairs;
}
constexpr std::array<char, 200> digit_pairs = make_pairs();

/// Writes the decimal digits of `value` backwards from `end`; returns where they begin. Needs 20 bytes before `end`.
char* write_decimal(std::uint64_t value, char* end) {
    while (value > 0xffffffffU) {
        end -= 2;
        std::memcpy(end, &digit_pairs[2 * (value % 100)], 2);
        value /= 100;
    }
    auto small = static_cast<std::uint32_t>(value);  // divides in a third of the time
    while (small >= 100) {
        end -= 2;
        std::memcpy(end, &digit_pairs[2 * std::size_t{small % 100}], 2);
        small /= 100;
    }
    if (small >= 10) {
        end -= 2;
        std::memcpy(end, &digit_pairs[2 * std::size_t{small}], 2);
        return end;
    }
    *--end = static_cast<char>('0' + small);
    return end;
}

/// Length of the valid UTF-8 sequence at the front of `bytes`, 0 where there is none. Sets `code`.
std::size_t decode_utf8(Bytes bytes, char32_t& code) {
    const std::uint8_t first = bytes[0];
    if (first < 0x80) {
        code = first;
        return 1;
    }
    std::size_t length = 0;
    char32_t least = 0;
    if ((first & 0xe0U) == 0xc0) {
        length = 2, least = 0x80, code = first & 0x1fU;
    } else if ((first & 0xf0U) == 0xe0) {
        length = 3, least = 0x800, code = first & 0x0fU;
    } else if ((first & 0xf8U) == 0xf0) {
        length = 4, least = 0x10000, code = first & 0x07U;
    } else {
        return 0;
    }
    if (bytes.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((bytes[i] & 0xc0U) != 0x80) return 0;
        code = (code << 6U) | (bytes[i] & 0x3fU);
    }
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return 0;
    return length;
}

/// Code points that change how the rest of a terminal line is shown.
bool is_hostile(char32_t code) {
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x061c || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
           (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe007f);
}

/// How many bytes at the front are printable ASCII but neither a backslash nor `special`: they need no look one by one.
std::size_t plain_run(Bytes bytes, char special) {
    std::size_t plain = 0;
    while (plain < bytes.size() && bytes[plain] >= 0x20 && bytes[plain] < 0x7f && bytes[plain] != '\\' &&
           bytes[plain] != static_cast<std::uint8_t>(special))
        ++plain;
    return plain;
}

}  // namespace

void Text::number(std::uint64_t value) {
    if (value < 10) {
        buffer_.push_back(static_cast<char>('0' + value));
        return;
    }
    std::array<char, 20> digits;
    char* const end = digits.data() + digits.size();
    buffer_.append(write_decimal(value, end), end);
}

void Text::number_signed(std::int64_t value) {
    if (value < 0) {
        buffer_.push_back('-');
        number(0 - static_cast<std::uint64_t>(value));
    } else {
        number(static_cast<std::uint64_t>(value));
    }
}

void Text::padded(std::uint64_t value, unsigned width) {
    if (width == 2 && value < 100) {
        buffer_.append(&digit_pairs[2 * value], 2);
        return;
    }
    constexpr unsigned room = 32;  // 20 digits and the usual zeros before them
    std::array<char, room> digits;
    char* const end = digits.data() + digits.size();
    char* begin = write_decimal(value, end);
    const auto length = static_cast<unsigned>(end - begin);
    if (width > room) {
        buffer_.append(width - length, '0');
    } else {
        for (unsigned zeros = length; zeros < width; ++zeros) *--begin = '0';
    }
    buffer_.append(begin, end);
}

void Text::hex(std::uint64_t value, unsigned digits) {
    std::array<char, 16> out;
    std::size_t at = out.size();
    do {
        out[--at] = hex_digits[value & 15U];
        value >>= 4U;
    } while (value != 0);
    const std::size_t length = out.size() - at;
    if (length < digits) buffer_.append(digits - length, '0');
    buffer_.append(out.data() + at, length);
}

void Text::hex_bytes(Bytes bytes, std::string_view separator) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i != 0 && !separator.empty()) put(separator);
        const std::array<char, 2> pair{hex_digits[bytes[i] >> 4U], hex_digits[bytes[i] & 15U]};
        buffer_.append(pair.data(), pair.size());
    }
}

void Text::mac(Bytes bytes) { hex_bytes(bytes, ":"); }

void Text::ipv4(std::uint32_t host_order) {
    std::array<char, 15> out;
    char* at = out.data();
    for (unsigned shift = 32; shift != 0;) {
        shift -= 8;
        unsigned octet = (host_order >> shift) & 0xffU;
        if (octet >= 100) {
            *at++ = static_cast<char>('0' + octet / 100);
            octet %= 100;
            *at++ = static_cast<char>('0' + octet / 10);
            octet %= 10;
        } else if (octet >= 10) {
            *at++ = static_cast<char>('0' + octet / 10);
            octet %= 10;
        }
        *at++ = static_cast<char>('0' + octet);
        if (shift != 0) *at++ = '.';
    }
    buffer_.append(out.data(), at);
}

void Text::ipv6(std::span<const std::uint8_t, 16> bytes) {
    std::array<unsigned, 8> groups;
    for (std::size_t i = 0; i < 8; ++i) groups[i] = (unsigned{bytes[2 * i]} << 8U) | bytes[2 * i + 1];
    // The leftmost longest run of at least two zero groups (RFC 5952 section 4.2).
    std::size_t best = 8, best_length = 1;
    for (std::size_t i = 0; i < 8;) {
        std::size_t end = i;
        while (end < 8 && groups[end] == 0) ++end;
        if (end - i > best_length) best = i, best_length = end - i;
        i = end + 1;
    }
    const bool mapped = best == 0 && best_length == 5 && groups[5] == 0xffff;
    const std::size_t last = mapped ? 6 : 8;
    for (std::size_t i = 0; i < last; ++i) {
        if (i == best) {
            put("::");
            i += best_length - 1;
            continue;
        }
        if (i != 0 && i != best + best_length) put(':');
        hex(groups[i]);
    }
    if (mapped) {
        put(':');
        ipv4((groups[6] << 16U) | groups[7]);
    }
}

void Text::escaped(Bytes bytes, std::size_t limit) {
    const bool cut = bytes.size() > limit;
    if (cut) bytes = bytes.first(limit);
    while (!bytes.empty()) {
        const std::size_t plain = plain_run(bytes, '\\');
        put(as_text(bytes.first(plain)));
        bytes = bytes.subspan(plain);
        if (bytes.empty()) break;
        char32_t code = 0;
        std::size_t length = decode_utf8(bytes, code);
        if (length == 0) {
            put("\\x");
            hex(bytes[0], 2);
            length = 1;
        } else if (code == '\\') {
            put("\\\\");
        } else if (code == '\n') {
            put("\\n");
        } else if (code == '\r') {
            put("\\r");
        } else if (code == '\t') {
            put("\\t");
        } else if (code < 0x80) {
            put("\\x");
            hex(code, 2);
        } else if (is_hostile(code)) {
            put("\\u{");
            hex(code, 4);
            put('}');
        } else {
            put(as_text(bytes.first(length)));
        }
        bytes = bytes.subspan(length);
    }
    if (cut) put("...");
}

void Text::json(std::string_view text) {
    Bytes bytes = as_bytes(text);
    put('"');
    while (!bytes.empty()) {
        const std::size_t plain = plain_run(bytes, '"');
        put(as_text(bytes.first(plain)));
        bytes = bytes.subspan(plain);
        if (bytes.empty()) break;
        char32_t code = 0;
        std::size_t length = decode_utf8(bytes, code);
        if (length == 0) {
            put("\\ufffd");
            length = 1;
        } else if (code == '"' || code == '\\') {
            put('\\');
            put(static_cast<char>(code));
        } else if (code == '\n') {
            put("\\n");
        } else if (code == '\r') {
            put("\\r");
        } else if (code == '\t') {
            put("\\t");
        } else if (code <= 0xffff && is_hostile(code)) {
            put("\\u");
            hex(code, 4);
        } else {
            put(as_text(bytes.first(length)));
        }
        bytes = bytes.subspan(length);
    }
    put('"');
}

void Text::json_bytes(Bytes bytes) {
    if (is_utf8(bytes)) {
        json(as_text(bytes));
        return;
    }
    put("{\"base64\":\"");
    put(encoding::base64(as_text(bytes)));
    put("\"}");
}

bool is_utf8(Bytes bytes) {
    char32_t code = 0;
    while (!bytes.empty()) {
        const std::size_t length = decode_utf8(bytes, code);
        if (length == 0) return false;
        bytes = bytes.subspan(length);
    }
    return true;
}

}  // namespace fid
