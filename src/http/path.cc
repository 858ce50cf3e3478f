// SPDX-License-Identifier: MIT
#include "http/path.h"

#include "address/characters.h"

namespace fid::http {
namespace {

bool is_plain(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

/// One byte at `at`, which is moved behind it; -1 where the encoding is broken.
int decode(std::string_view text, std::size_t& at) {
    const std::string_view rest = text.substr(at);
    if (rest[0] != '%') {
        ++at;
        return static_cast<unsigned char>(rest[0]);
    }
    at += 3;
    const auto byte = percent_byte(rest);
    return byte ? *byte : -1;
}

}  // namespace

std::optional<std::string> clean_path(std::string_view encoded) {
    if (!encoded.starts_with('/')) return std::nullopt;
    std::string clean = "/";
    std::size_t at = 1;
    while (at < encoded.size()) {
        // A segment, up to and with its "/".
        const std::size_t begin = clean.size();
        bool closed = false;
        while (at < encoded.size() && !closed) {
            const bool literal = encoded[at] != '%';
            const int byte = decode(encoded, at);
            if (byte < 0 || byte == 0 || (byte == '/' && !literal)) return std::nullopt;
            closed = byte == '/';
            if (!closed) clean.push_back(static_cast<char>(byte));
        }
        const std::string_view segment = std::string_view(clean).substr(begin);
        if (segment == "..") {
            if (begin == 1) return std::nullopt;
            clean.resize(clean.rfind('/', begin - 2) + 1);
        } else if (segment == ".") {
            clean.resize(begin);
        } else if (closed && !segment.empty()) {
            clean.push_back('/');
        }
    }
    return clean;
}

bool is_hidden_path(std::string_view clean) {
    constexpr std::string_view well_known = "/.well-known/";
    if (clean.starts_with(well_known)) clean.remove_prefix(well_known.size() - 1);
    return clean.find("/.") != std::string_view::npos;
}

void put_path(std::string_view text, Text& out) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        if (is_plain(c) || c == '/') {
            out.put(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.put('%');
        out.put(digits[byte >> 4U]);
        out.put(digits[byte & 15U]);
    }
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (pair.substr(0, equals) != name) continue;
        const std::string_view encoded = pair.substr(std::min(equals + 1, pair.size()));
        std::string value;
        for (std::size_t at = 0; at < encoded.size();) {
            const int byte = encoded[at] == '+' ? (++at, ' ') : decode(encoded, at);
            if (byte < 0) return std::nullopt;
            value.push_back(static_cast<char>(byte));
        }
        return value;
    }
    return std::nullopt;
}

}  // namespace fid::http
