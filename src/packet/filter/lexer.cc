// SPDX-License-Identifier: MIT
#include "packet/filter/lexer.h"

#include <algorithm>
#include <array>

namespace fid::packet::filter {
namespace {

/// Longest first: "==" must not be read as two signs.
constexpr std::array<std::string_view, 21> signs{"&&", "||", "==", "!=", "!~", "<=", ">=", "~*", "..", "(", ")",
                                                 "{",  "}",  ",",  "!",  "<",  ">",  "~",  "=",  "&",  "|"};

bool is_word_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte >= 0x80 || std::string_view("._-:/%@*+\\$#?").find(c) != std::string_view::npos;
}

/// Fills `token` from the quoted text at `at`; false where the closing quote is missing.
bool read_quoted(std::string_view filter, std::size_t& at, Token& token) {
    const char quote = filter[at++];
    token.kind = Kind::quoted;
    for (; at < filter.size(); ++at) {
        const char c = filter[at];
        if (c == quote) {
            ++at;
            return true;
        }
        // Only the quote is escaped here: every other backslash belongs to the regular expression.
        if (c == '\\' && at + 1 < filter.size() && filter[at + 1] == quote) ++at;
        token.text.push_back(filter[at]);
    }
    return false;
}

bool read_sign(std::string_view filter, std::size_t& at, Token& token) {
    const auto* found =
        std::ranges::find_if(signs, [&](std::string_view sign) { return filter.substr(at).starts_with(sign); });
    if (found == signs.end()) return false;
    token.kind = Kind::sign;
    token.text = *found;
    at += found->size();
    return true;
}

/// A word; a range "80..90" ends it at the dots, and everything in brackets belongs to it: tcp[13], [::1].
void read_word(std::string_view filter, std::size_t& at, Token& token) {
    token.kind = Kind::word;
    bool bracket = false;
    for (; at < filter.size(); ++at) {
        const char c = filter[at];
        if (c == '[') bracket = true;
        if (!bracket && c == '.' && filter.substr(at).starts_with("..")) break;
        if (!bracket && !is_word_character(c)) break;
        if (c == ']') {
            if (!bracket) break;
            bracket = false;
        }
        token.text.push_back(c);
    }
}

}  // namespace

std::unexpected<Error> fail_at(std::string_view filter, std::size_t column, std::string cause, std::string hint) {
    std::string shown(filter);
    std::ranges::replace_if(shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    // Continuation bytes take no column of their own on a terminal.
    const auto before = std::string_view(shown).substr(0, column);
    const auto width =
        std::ranges::count_if(before, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
    cause += "\n    " + shown + "\n    " + std::string(static_cast<std::size_t>(width), ' ') + '^';
    return fail(Status::usage, "bad filter at", "column " + std::to_string(width + 1), std::move(cause),
                std::move(hint));
}

Result<std::vector<Token>> tokenize(std::string_view filter) {
    std::vector<Token> tokens;
    std::size_t at = 0;
    for (;;) {
        while (at < filter.size() && std::string_view(" \t\r\n").find(filter[at]) != std::string_view::npos) ++at;
        Token token{.kind = Kind::end, .text = {}, .column = at, .end = at};
        if (at == filter.size()) {
            tokens.push_back(std::move(token));
            return tokens;
        }
        if (filter[at] == '"' || filter[at] == '\'') {
            if (!read_quoted(filter, at, token)) return fail_at(filter, token.column, "this quote is never closed");
        } else if (is_word_character(filter[at]) || filter[at] == '[') {
            read_word(filter, at, token);
        }
        if (token.kind == Kind::end || (token.kind == Kind::word && token.text.empty())) {
            if (!read_sign(filter, at, token))
                return fail_at(filter, token.column, "this character means nothing in a filter");
        }
        token.end = at;
        tokens.push_back(std::move(token));
    }
}

}  // namespace fid::packet::filter
