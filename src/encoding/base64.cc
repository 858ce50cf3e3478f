// SPDX-License-Identifier: MIT
#include "encoding/base64.h"

#include <algorithm>

namespace fid::encoding {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t line_length = 76;

/// Four letters for one to three bytes.
void put_letters(std::string_view bytes, char* letters) {
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i)
        group = group << 8U | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
        letters[i] = i <= bytes.size() ? alphabet[(group >> (18U - 6U * i)) & 63U] : '=';
}

/// 64 for what is no digit.
unsigned digit(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 26;
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0') + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : 64;
}

/// Without any =.
std::optional<std::vector<std::uint8_t>> read_digits(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
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

std::string_view without_padding(std::string_view text) {
    if (text.ends_with('=')) text.remove_suffix(1);
    if (text.ends_with('=')) text.remove_suffix(1);
    return text;
}

}  // namespace

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3), '\0');
    char* letters = out.data();
    for (; !bytes.empty(); letters += 4) {
        put_letters(bytes.substr(0, 3), letters);
        bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 3));
    }
    return out;
}

void Base64Lines::put_group(std::string_view bytes, std::string& out) {
    std::array<char, 4> letters{};
    put_letters(bytes, letters.data());
    out.append(letters.data(), letters.size());
    column_ += letters.size();
    if (column_ < line_length) return;
    out += "\r\n";
    column_ = 0;
}

void Base64Lines::put(std::string_view bytes, std::string& out) {
    out.reserve(out.size() + bytes.size() / 54 * 74);
    while (!bytes.empty()) {
        if (carried_count_ == 0 && bytes.size() >= 3) {
            put_group(bytes.substr(0, 3), out);
            bytes.remove_prefix(3);
            continue;
        }
        carried_[carried_count_++] = bytes.front();
        bytes.remove_prefix(1);
        if (carried_count_ < 3) continue;
        put_group({carried_.data(), 3}, out);
        carried_count_ = 0;
    }
}

void Base64Lines::finish(std::string& out) {
    if (carried_count_ != 0) put_group({carried_.data(), carried_count_}, out);
    if (column_ != 0) out += "\r\n";
    carried_count_ = column_ = 0;
}

std::optional<std::vector<std::uint8_t>> read_base64_strict(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0 || text.find_first_of("-_") != std::string_view::npos) return std::nullopt;
    return read_digits(without_padding(text));
}

std::optional<std::vector<std::uint8_t>> read_base64_lenient(std::string_view text) {
    return read_digits(text.size() % 4 == 0 ? without_padding(text) : text);
}

}  // namespace fid::encoding
