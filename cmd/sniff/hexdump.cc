// SPDX-License-Identifier: MIT
#include "cmd/sniff/hexdump.h"

#include <algorithm>

namespace fid::cmd::sniff {
namespace {

constexpr std::size_t row_bytes = 16;
constexpr std::size_t row_width = 41;  // eight pairs, the blanks between them, two more

char printable(std::uint8_t byte) { return byte > 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.'; }

}  // namespace

void put_hex(Bytes bytes, bool ascii, Text& out) {
    for (std::size_t at = 0; at < bytes.size(); at += row_bytes) {
        const Bytes row = bytes.subspan(at, std::min(row_bytes, bytes.size() - at));
        out.put("\t0x");
        out.hex(at, 4);
        out.put(":  ");
        const std::size_t start = out.size();
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i != 0 && i % 2 == 0) out.put(' ');
            out.hex(row[i], 2);
        }
        if (ascii) {
            out.fill(' ', row_width - (out.size() - start));
            for (const std::uint8_t byte : row) out.put(printable(byte));
        }
        out.put('\n');
    }
}

void put_ascii(Bytes bytes, Text& out) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::uint8_t byte = bytes[i];
        if (byte == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n') continue;
        out.put(byte == '\n' || byte == '\t' || byte == ' ' ? static_cast<char>(byte) : printable(byte));
    }
    out.put('\n');
}

}  // namespace fid::cmd::sniff
