// SPDX-License-Identifier: MIT
#include "mail/transfer_decoding.h"

#include "address/characters.h"
#include "encoding/base64.h"

namespace fid::mail {
namespace {

bool is_base64(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

}  // namespace

std::string decode_base64(std::string_view text) {
    std::string digits, out;
    digits.reserve(text.size());
    const auto decode = [&] {
        if (digits.size() % 4 == 1) digits.pop_back();
        if (const auto bytes = encoding::read_base64_lenient(digits)) out.append(bytes->begin(), bytes->end());
        digits.clear();
    };
    for (const char c : text) {
        if (is_base64(c))
            digits += c;
        else if (c == '=' && digits.size() % 4 > 1)
            decode();  // some programs join pieces that were encoded one by one
    }
    decode();
    return out;
}

std::string decode_quoted_printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            out += text[i];
            continue;
        }
        // Blanks may have been put behind a soft line end on the way.
        std::size_t end = i + 1;
        while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
        if (end == text.size()) break;
        if (text[end] == '\n' || text.substr(end).starts_with("\r\n")) {
            i = text[end] == '\n' ? end : end + 1;
            continue;
        }
        const unsigned high = i + 2 < text.size() ? hex_value(text[i + 1]) : 16;
        const unsigned low = high < 16 ? hex_value(text[i + 2]) : 16;
        if (low > 15) {
            out += '=';
            continue;
        }
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

}  // namespace fid::mail
