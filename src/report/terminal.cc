// SPDX-License-Identifier: MIT
#include "report/terminal.h"

#include <sys/ioctl.h>

#include <algorithm>

namespace fid::report {
namespace {

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80; }

}  // namespace

std::optional<std::size_t> terminal_columns(int descriptor) {
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
    return size.ws_col;
}

std::size_t text_columns(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string fitted(std::string_view text, std::size_t columns) {
    if (text_columns(text) <= columns) return std::string(text);
    if (columns == 0) return {};
    std::size_t bytes = 0;
    for (std::size_t seen = 0; bytes < text.size(); ++bytes)
        if (begins_character(text[bytes]) && ++seen == columns) break;
    return std::string(text.substr(0, bytes)) + "\u2026";
}

}  // namespace fid::report
