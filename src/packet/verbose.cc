// SPDX-License-Identifier: MIT
#include "packet/verbose.h"

#include <algorithm>
#include <array>

#include "packet/line.h"
#include "packet/stream/lines.h"

namespace fid::packet {

void write_hex_rows(Bytes bytes, std::string_view indent, bool characters, Text& out) {
    constexpr std::size_t row_size = 16;
    constexpr std::size_t width = 40;  // eight pairs with the blanks before them
    constexpr std::size_t most = 4096;
    const Bytes shown = bytes.first(std::min(bytes.size(), most));
    for (std::size_t at = 0; at < shown.size(); at += row_size) {
        const Bytes row = shown.subspan(at, std::min(row_size, shown.size() - at));
        out.put(indent);
        out.put("0x");
        out.hex(at, 4);
        out.put(": ");
        const std::size_t start = out.size();
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i % 2 == 0) out.put(' ');
            out.hex(row[i], 2);
        }
        if (!characters) continue;
        out.fill(' ', width - (out.size() - start) + 2);
        for (const std::uint8_t byte : row) out.put(byte > 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.');
    }
}

bool is_credential_header(std::string_view name) {
    constexpr std::array<std::string_view, 11> secret{"Authorization",
                                                      "Proxy-Authorization",
                                                      "Cookie",
                                                      "Set-Cookie",
                                                      "X-Api-Key",
                                                      "Authentication-Info",
                                                      "X-Auth-Token",
                                                      "X-CSRF-Token",
                                                      "Api-Key",
                                                      "Cookie2",
                                                      "Proxy-Authentication-Info"};
    return std::ranges::any_of(secret, [&](std::string_view one) { return same_word(one, name); });
}

void write_text_lines(Bytes bytes, Text& out) {
    Lines lines(bytes);
    Line line;
    bool masking = false;
    bool headers = true;
    for (bool first = true; lines.next(line); first = false) {
        if (!std::ranges::all_of(line.text, is_printable)) return;
        out.put("\n\t");
        headers = headers && !line.text.empty();
        // A line that begins with a blank goes on with the header above it (RFC 9112 section 5.2).
        const bool goes_on = !line.text.empty() && (line.text[0] == ' ' || line.text[0] == '\t');
        const std::size_t colon = line.text.find(':');
        if (!goes_on)
            masking = headers && !first && colon != std::string_view::npos &&
                      is_credential_header(line.text.substr(0, colon));
        if (!masking) {
            out.put(line.text);
        } else if (goes_on) {
            out.put(masked);
        } else {
            out.put(line.text.substr(0, colon));
            out.put(": ");
            out.put(masked);
        }
    }
}

void write_duration(std::uint32_t seconds, Text& out) {
    constexpr std::array<std::pair<std::uint32_t, char>, 4> units{{{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}}};
    if (seconds == 0) return out.put("0s");
    for (const auto& [size, letter] : units) {
        if (seconds < size) continue;
        out.number(seconds / size);
        out.put(letter);
        seconds %= size;
    }
}

void write_quoted(Bytes bytes, std::size_t length, const Packet& quoting, Text& out) {
    constexpr std::uint16_t raw = 101;  // LINKTYPE_RAW: the first four bits say which IP it is
    Packet quoted;
    quoted.verbosity = quoting.quoted ? 0 : quoting.verbosity;
    quoted.quoted = true;
    dissect(quoted, bytes, static_cast<std::uint32_t>(std::max(length, bytes.size())), raw);
    out.put("\n\t");
    write_line(quoted, out);
}

}  // namespace fid::packet
