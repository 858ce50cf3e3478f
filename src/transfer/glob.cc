// SPDX-License-Identifier: MIT
#include "transfer/glob.h"

#include <charconv>
#include <limits>

namespace fid::transfer {
namespace {

std::unexpected<Error> bad(std::string_view what, std::string cause) {
    return fail(Status::bad_input, "not a URL pattern:", std::string(what), std::move(cause),
                "-g takes braces and brackets as they are");
}

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool number(std::string_view text, std::uint64_t& value) {
    return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc();
}

/// "[::1]" and "[fe80::1%25eth0]" are addresses, no ranges.
bool is_address(std::string_view bracketed) {
    if (bracketed.size() < 4 || bracketed.find(':') == std::string_view::npos) return false;
    const std::string_view inside = bracketed.substr(1, bracketed.find_first_of("%]") - 1);
    return inside.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos &&
           inside.find(':') != inside.rfind(':');
}

}  // namespace

Glob Glob::literal(std::string_view text) {
    Glob glob;
    glob.pieces_.emplace_back(std::string(text));
    return glob;
}

Result<Glob> Glob::read(std::string_view pattern) {
    Glob glob;
    std::string plain;
    const auto end_plain = [&] {
        if (!plain.empty()) glob.pieces_.emplace_back(std::move(plain));
        plain.clear();
    };
    std::string_view rest = pattern;
    while (!rest.empty()) {
        const char c = rest.front();
        if (c == '\\' && rest.size() > 1 && std::string_view("{[}]").find(rest[1]) != std::string_view::npos) {
            plain += rest[1];
            rest.remove_prefix(2);
            continue;
        }
        if (c == '}' || c == ']') return bad(pattern, std::string("a ") + c + " without its beginning");
        if (c != '{' && c != '[') {
            plain += c;
            rest.remove_prefix(1);
            continue;
        }
        const std::size_t end = rest.find(c == '{' ? '}' : ']');
        if (end == std::string_view::npos) return bad(pattern, std::string("a ") + c + " without its end");
        const std::string_view inside = rest.substr(1, end - 1);
        if (c == '[' && (is_address(rest.substr(0, end + 1)) || inside.empty())) {
            plain += rest.substr(0, end + 1);
        } else {
            end_plain();
            auto added = c == '{' ? glob.add_set(inside) : glob.add_range(inside);
            if (!added) return std::unexpected(added.error());
            const std::uint64_t size = size_of(glob.pieces_.back());
            if (glob.count_ > std::numeric_limits<std::uint64_t>::max() / size)
                return bad(pattern, "it stands for too many URLs");
            glob.count_ *= size;
        }
        rest.remove_prefix(end + 1);
    }
    end_plain();
    return glob;
}

Result<void> Glob::add_set(std::string_view inside) {
    if (inside.find_first_of("{[") != std::string_view::npos) return bad(inside, "patterns cannot be nested");
    Set set(1);
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] == '\\' && i + 1 < inside.size())
            set.back() += inside[++i];
        else if (inside[i] == ',')
            set.emplace_back();
        else
            set.back() += inside[i];
    }
    if (inside.empty()) return bad("{}", "there is nothing in the braces");
    pieces_.emplace_back(std::move(set));
    return {};
}

Result<void> Glob::add_range(std::string_view inside) {
    const std::string shown = "[" + std::string(inside) + "]";
    std::string_view ends = inside;
    Range range;
    if (const std::size_t colon = inside.find(':'); colon != std::string_view::npos) {
        ends = inside.substr(0, colon);
        const std::string_view step = inside.substr(colon + 1);
        if (!is_digits(step) || !number(step, range.step) || range.step == 0) return bad(shown, "not a step");
    }
    const std::size_t dash = ends.find('-');
    if (dash == std::string_view::npos) return bad(shown, "a range is [1-9] or [a-z]");
    const std::string_view from = ends.substr(0, dash), to = ends.substr(dash + 1);
    std::uint64_t last = 0;
    const auto is_letter = [](std::string_view text) {
        return text.size() == 1 && ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
    };
    if (is_letter(from) && is_letter(to)) {
        range.first = static_cast<unsigned char>(from[0]);
        last = static_cast<unsigned char>(to[0]);
    } else if (is_digits(from) && is_digits(to) && number(from, range.first) && number(to, last)) {
        range.width = from.size() > 1 && from[0] == '0' ? static_cast<unsigned>(from.size()) : 1;
    } else {
        return bad(shown, "a range is [1-9] or [a-z]");
    }
    if (last < range.first) return bad(shown, "it ends before it begins");
    range.size = (last - range.first) / range.step + 1;
    if (range.size == 0) return bad(shown, "it stands for too many URLs");
    pieces_.emplace_back(range);
    return {};
}

std::uint64_t Glob::size_of(const Piece& piece) {
    if (const auto* const set = std::get_if<Set>(&piece)) return set->size();
    if (const auto* const range = std::get_if<Range>(&piece)) return range->size;
    return 1;
}

/// What each piece stands for in the URL of that number.
std::vector<std::string> Glob::values(std::uint64_t index) const {
    std::vector<std::string> texts(pieces_.size());
    for (std::size_t i = pieces_.size(); i-- > 0;) {
        const std::uint64_t size = size_of(pieces_[i]), which = index % size;
        index /= size;
        if (const auto* const set = std::get_if<Set>(&pieces_[i])) {
            texts[i] = (*set)[which];
        } else if (const auto* const range = std::get_if<Range>(&pieces_[i])) {
            const std::uint64_t value = range->first + which * range->step;
            if (range->width == 0) {
                texts[i] = static_cast<char>(value);
            } else {
                texts[i] = std::to_string(value);
                if (texts[i].size() < range->width) texts[i].insert(0, range->width - texts[i].size(), '0');
            }
        } else {
            texts[i] = std::get<std::string>(pieces_[i]);
        }
    }
    return texts;
}

std::string Glob::at(std::uint64_t index) const {
    std::string url;
    for (const std::string& text : values(index)) url += text;
    return url;
}

std::string Glob::fill(std::string_view text, std::uint64_t index) const {
    std::vector<std::string> patterns;
    const std::vector<std::string> all = values(index);
    for (std::size_t i = 0; i < pieces_.size(); ++i)
        if (!std::holds_alternative<std::string>(pieces_[i])) patterns.push_back(all[i]);
    std::string filled;
    while (!text.empty()) {
        std::size_t digits = 0;
        std::uint64_t which = 0;
        if (text.front() == '#') {
            while (digits + 1 < text.size() && text[digits + 1] >= '0' && text[digits + 1] <= '9') ++digits;
            number(text.substr(1, digits), which);
        }
        if (digits != 0 && which >= 1 && which <= patterns.size()) {
            filled += patterns[which - 1];
            text.remove_prefix(1 + digits);
        } else {
            filled += text.front();
            text.remove_prefix(1);
        }
    }
    return filled;
}

}  // namespace fid::transfer
