// SPDX-License-Identifier: MIT
#include "mail/mailbox.h"

#include <algorithm>

#include "report/text.h"

namespace fid::mail {
namespace {

/// RFC 5321 section 4.5.3.1.3: a path of 256 with its brackets.
constexpr std::size_t most_address_bytes = 254;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string shown(std::string_view text) { return std::string(text.substr(0, 100)); }

/// They would begin another command, or another header field.
bool ends_line(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}
constexpr std::string_view ends_line_words = "a line end or NUL would begin another command";

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t")));
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// The text without the quotes of quoted strings and their backslashes.
std::string unquoted(std::string_view text) {
    std::string out;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') {
            quoted = !quoted;
        } else {
            if (quoted && text[i] == '\\' && i + 1 < text.size()) ++i;
            out += text[i];
        }
    }
    return out;
}

/// The place of the first of `wanted` outside quoted strings, from `at` on.
std::size_t find_outside_quotes(std::string_view text, std::string_view wanted, std::size_t at) {
    bool quoted = false;
    for (; at < text.size(); ++at) {
        if (quoted && text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            quoted = !quoted;
        } else if (!quoted && wanted.find(text[at]) != std::string_view::npos) {
            return at;
        }
    }
    return quoted ? std::string_view::npos : text.size();
}

Result<Mailbox> parse_one(std::string_view text) {
    Mailbox mailbox;
    const std::size_t open = find_outside_quotes(text, "<", 0);
    if (open >= text.size()) {
        mailbox.address = text;
    } else {
        if (!text.ends_with('>')) return fail(Status::usage, "not a mail address:", shown(text), "its < has no >");
        mailbox.name = unquoted(trimmed(text.substr(0, open)));
        mailbox.address = text.substr(open + 1, text.size() - open - 2);
    }
    if (!is_utf8(as_bytes(mailbox.name)) || std::ranges::any_of(mailbox.name, is_control))
        return fail(Status::usage, "not a mail address:", shown(text), "the name has control characters or no UTF-8");
    if (mailbox.address.empty()) return fail(Status::usage, "not a mail address:", "'" + shown(text) + "'", "empty");
    if (auto fit = check_address(mailbox.address); !fit) return std::unexpected(std::move(fit.error()));
    return mailbox;
}

}  // namespace

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Result<void> check_address(std::string_view address) {
    const auto refuse = [&](std::string cause) {
        return fail(Status::usage, "not a mail address:", shown(address), std::move(cause));
    };
    if (ends_line(address)) return refuse(std::string(ends_line_words));
    if (std::ranges::any_of(address, is_control)) return refuse("it has control characters");
    if (!is_utf8(as_bytes(address))) return refuse("it is not UTF-8");
    if (address.size() > most_address_bytes) return refuse("longer than 254 bytes");
    if (address.starts_with('@') || address.ends_with('@')) return refuse("it lacks the part before or behind the @");
    if (address.starts_with('-')) return refuse("it begins like an option");
    if (find_outside_quotes(address, " <>,;()", 0) != address.size())
        return refuse("blanks, brackets and commas have to be within quotes, and quotes to end");
    return {};
}

Result<std::vector<Mailbox>> parse_mailboxes(std::string_view text) {
    std::vector<Mailbox> all;
    if (ends_line(text)) return fail(Status::usage, "not a mail address:", shown(text), std::string(ends_line_words));
    for (std::size_t at = 0; at <= text.size();) {
        std::size_t end = find_outside_quotes(text, ",", at);
        if (end == std::string_view::npos)
            return fail(Status::usage, "not a mail address:", shown(text), "a quote does not end");
        auto one = parse_one(trimmed(text.substr(at, end - at)));
        if (!one) return std::unexpected(std::move(one.error()));
        all.push_back(std::move(*one));
        at = end + 1;
    }
    return all;
}

}  // namespace fid::mail
