// SPDX-License-Identifier: MIT
#include "transport/http_head.h"

#include <algorithm>

#include "address/characters.h"

namespace fid::transport {
namespace {

/// More than any such answer has.
constexpr std::size_t longest_head = std::size_t{64} * 1024;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

HttpHead split(std::string_view text) {
    HttpHead head;
    bool first = true;
    while (!text.empty()) {
        const std::size_t end = text.find("\r\n");
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
        if (first) {
            head.line = line;
            first = false;
        } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
            head.fields.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
        }
    }
    return head;
}

}  // namespace

unsigned HttpHead::status() const {
    if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return 0;
    unsigned code = 0;
    for (std::size_t i = 9; i < 12; ++i) {
        if (!is_digit(line[i])) return 0;
        code = code * 10 + static_cast<unsigned>(line[i] - '0');
    }
    return code;
}

std::string_view HttpHead::reason() const {
    return line.size() < 9 ? std::string_view(line) : std::string_view(line).substr(9);
}

std::optional<std::string> HttpHead::field(std::string_view name) const {
    std::optional<std::string> joined;
    for (const auto& [key, value] : fields) {
        if (!same_token(key, name)) continue;
        if (joined)
            *joined += ", " + value;
        else
            joined = value;
    }
    return joined;
}

bool same_token(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool list_has(std::string_view list, std::string_view element) {
    while (true) {
        const std::size_t comma = list.find(',');
        if (same_token(trimmed(list.substr(0, comma)), element)) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
}

bool is_http_token(std::string_view text) {
    static constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || is_digit(c) || others.find(c) != std::string_view::npos;
    });
}

Task<Result<HttpHead>> read_http_head(Stream& stream, std::string& surplus, Error blame) {
    std::string text;
    std::size_t end = std::string::npos, searched = 0;
    std::vector<std::uint8_t> block(4096);
    while (end == std::string::npos) {
        if (text.size() > longest_head) {
            blame.cause = "its answer does not end";
            co_return std::unexpected(std::move(blame));
        }
        auto chunk = co_await stream.read(block);
        if (!chunk) co_return std::unexpected(std::move(chunk.error()));
        if (chunk->end) {
            blame.cause = "it closed the connection";
            co_return std::unexpected(std::move(blame));
        }
        text.append(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(chunk->size));
        end = text.find("\r\n\r\n", searched);
        searched = text.size() - std::min<std::size_t>(text.size(), 3);
    }
    surplus = text.substr(end + 4);
    co_return split(std::string_view(text).substr(0, end));
}

}  // namespace fid::transport
