// SPDX-License-Identifier: MIT
#include "ftp/reply.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "address/characters.h"

namespace fid::ftp {
namespace {

/// "ddd" at the beginning of a line, where it is a reply's code; 0 otherwise.
unsigned code_of(std::string_view line) {
    if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit)) return 0;
    const auto code = static_cast<unsigned>((line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'));
    return code >= 100 && code < 600 ? code : 0;
}

template <class Number>
std::optional<Number> number_of(std::string_view digits) {
    Number value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end == digits.data()) return std::nullopt;
    return value;
}

}  // namespace

std::string Reply::text() const {
    std::string text = std::to_string(code);
    for (auto line = lines.rbegin(); line != lines.rend(); ++line)
        if (!line->empty()) return text + " " + *line;
    return text;
}

void ReplyReader::feed(std::string_view bytes) {
    buffer_.erase(0, at_);
    searched_ -= std::min(searched_, at_);
    at_ = 0;
    buffer_ += bytes;
}

std::optional<std::string_view> ReplyReader::take_line() {
    const std::size_t end = buffer_.find('\n', std::max(at_, searched_));
    if (end == std::string::npos) {
        searched_ = buffer_.size();
        return std::nullopt;
    }
    std::string_view line = std::string_view(buffer_).substr(at_, end - at_);
    at_ = searched_ = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

Result<std::optional<Reply>> ReplyReader::next() {
    while (const auto line = take_line()) {
        size_ = reply_ ? size_ + line->size() + 1 : line->size() + 1;
        if (line->size() > most_line_bytes || size_ > most_bytes)
            return fail(Status::protocol_violation, "the server's reply is", "longer than any should be");
        const unsigned code = code_of(*line);
        const char after = line->size() > 3 ? (*line)[3] : ' ';
        if (!reply_) {
            if (code == 0 || (after != ' ' && after != '-'))
                return fail(Status::protocol_violation, "this is no FTP reply:", std::string(line->substr(0, 60)), {},
                            "is it an FTP server? ftps:// is for those that begin with TLS");
            reply_ = Reply{.code = code, .lines = {std::string(line->substr(std::min<std::size_t>(4, line->size())))}};
            if (after == '-') continue;
        } else {
            const bool last = code == reply_->code && after == ' ';
            const bool coded = code == reply_->code && (last || after == '-');
            reply_->lines.emplace_back(coded ? line->substr(std::min<std::size_t>(4, line->size())) : *line);
            if (!last) continue;
        }
        return std::exchange(reply_, std::nullopt);
    }
    if (buffer_.size() - at_ > most_line_bytes)
        return fail(Status::protocol_violation, "the server's reply is", "longer than any should be");
    return std::nullopt;
}

std::optional<std::uint16_t> extended_passive_port(const Reply& reply) {
    if (reply.code != 229 || reply.lines.empty()) return std::nullopt;
    const std::string_view text = reply.lines.back();
    const std::size_t open = text.find('(');
    if (open == std::string_view::npos || text.size() - open < 6) return std::nullopt;
    const char bar = text[open + 1];
    if (is_digit(bar) || text[open + 2] != bar || text[open + 3] != bar) return std::nullopt;
    const std::size_t close = text.find(bar, open + 4);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view digits = text.substr(open + 4, close - open - 4);
    if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
    const auto port = number_of<std::uint16_t>(digits);
    return port && *port != 0 ? port : std::nullopt;
}

std::optional<std::uint16_t> passive_port(const Reply& reply) {
    if (reply.code != 227 || reply.lines.empty()) return std::nullopt;
    // RFC 1123 section 4.1.2.6: the reply is searched for the first digit, since the parentheses are not certain.
    std::string_view text = reply.lines.back();
    text.remove_prefix(std::min(text.size(), text.find_first_of("0123456789")));
    unsigned port = 0;
    for (unsigned i = 0; i < 6; ++i) {
        unsigned number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || number > 255) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (i < 5 && !text.starts_with(',')) return std::nullopt;
        if (i < 5) text.remove_prefix(1);
        if (i >= 4) port = port * 256 + number;
    }
    return port == 0 ? std::nullopt : std::optional(static_cast<std::uint16_t>(port));
}

std::optional<std::string> quoted_path(const Reply& reply) {
    if (reply.code != 257 || reply.lines.empty() || !reply.lines.front().starts_with('"')) return std::nullopt;
    const std::string_view text = reply.lines.front();
    std::string path;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] != '"') {
            path += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == '"') {
            path += text[i++];
        } else {
            return path;
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> size_value(const Reply& reply) {
    if (reply.code != 213 || reply.lines.empty()) return std::nullopt;
    return number_of<std::uint64_t>(reply.lines.back());
}

std::optional<std::int64_t> time_value(std::string_view text) {
    const std::size_t digits = std::min(text.size(), text.find_first_not_of("0123456789"));
    // Fifteen: years since 1900 written behind the century, 19124 for 2024.
    const bool counted = digits == 15 && text.starts_with("191");
    if (digits != 14 && !counted) return std::nullopt;
    const std::size_t year_digits = digits - 10;
    int year = *number_of<int>(text.substr(0, year_digits));
    if (counted) year = 1900 + *number_of<int>(text.substr(2, 3));
    const auto two = [&](std::size_t place) { return *number_of<unsigned>(text.substr(year_digits + place, 2)); };
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(two(0)),
                                           std::chrono::day(two(2))};
    // A leap second, 60, is allowed (RFC 3659 section 2.3).
    if (!date.ok() || two(4) > 23 || two(6) > 59 || two(8) > 60) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return days * 86400 + two(4) * 3600 + two(6) * 60 + two(8);
}

std::string time_text(std::int64_t seconds) {
    const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const auto into = static_cast<unsigned>((time - day).count());
    char text[64];
    std::snprintf(text, sizeof(text), "%04d%02u%02u%02u%02u%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), into / 3600, into / 60 % 60,
                  into % 60);
    return text;
}

}  // namespace fid::ftp
