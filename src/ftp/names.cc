// SPDX-License-Identifier: MIT
#include "ftp/names.h"

#include <algorithm>
#include <cstdint>

#include "address/characters.h"
#include "report/text.h"

namespace fid::ftp {
namespace {

constexpr std::string_view mark = ".fidpart-";
constexpr std::size_t digits = 8;

/// FNV-1a of 32 bits: short, and two versions of one file hardly ever share it.
std::uint32_t hash_of(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

std::string hex_of(std::uint32_t number) {
    Text text;
    text.hex(number, digits);
    return text.take();
}

}  // namespace

Result<void> check_argument(std::string_view argument) {
    if (argument.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos) return {};
    return fail(Status::usage, "cannot be asked for by FTP:", std::string(argument),
                "a line end or NUL would begin another command");
}

bool is_plain_name(std::string_view name) {
    constexpr std::size_t longest = 255;  // NAME_MAX
    if (name.empty() || name == "." || name == ".." || name.size() > longest) return false;
    return name.find_first_of(std::string_view("/\r\n\0", 4)) == std::string_view::npos;
}

std::string joined(std::string_view parent, std::string_view name) {
    std::string path(parent);
    if (!path.empty() && !path.ends_with('/')) path += '/';
    return path += name;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view parent_path(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return {};
    return path.substr(0, std::max<std::size_t>(slash, 1));
}

std::string partial_name(std::string_view name, std::optional<std::uint64_t> size,
                         std::optional<std::int64_t> modified) {
    std::string version(name);
    version += '\n';
    if (size) version += std::to_string(*size);
    version += '\n';
    if (modified) version += std::to_string(*modified);
    constexpr std::size_t room = 255 - 1 - mark.size() - digits;
    return "." + std::string(name.substr(0, room)) + std::string(mark) + hex_of(hash_of(version));
}

bool is_partial_name(std::string_view name) {
    if (name.size() < 1 + mark.size() + digits || !name.starts_with('.')) return false;
    const std::string_view tail = name.substr(name.size() - mark.size() - digits);
    const auto hexadecimal = [](char c) { return hex_value(c) < 16; };
    return tail.starts_with(mark) && std::ranges::all_of(tail.substr(mark.size()), hexadecimal);
}

}  // namespace fid::ftp
