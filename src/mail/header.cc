// SPDX-License-Identifier: MIT
#include "mail/header.h"

#include <algorithm>
#include <cstdint>

#include "address/characters.h"
#include "encoding/base64.h"
#include "report/text.h"
#include "transport/http_head.h"

namespace fid::mail {
namespace {

/// RFC 5322 section 2.1.1: lines should have at most 78 characters, RFC 2047 section 2: with encoded words 76.
constexpr std::size_t line_length = 76;
/// A word that cannot be folded may be longer; what is beyond this is cut into encoded words.
constexpr std::size_t most_word = 400;
constexpr std::string_view hex_digits = "0123456789ABCDEF";

bool is_plain(char c) { return c >= ' ' && c <= '~'; }

/// What stands for itself in the Q encoding wherever encoded words may stand (RFC 2047 section 5, rule 3).
bool is_q_safe(char c) { return is_digit(c) || is_letter(c) || c == '!' || c == '*' || c == '+' || c == '-'; }

/// RFC 5322 section 3.2.3.
bool is_atom(char c) {
    return is_digit(c) || is_letter(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// How long the character is that begins here: 1 to 4 bytes of valid UTF-8.
std::size_t character_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return std::min(length, text.size());
}

std::string q_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ' ') {
            out += '_';
        } else if (is_q_safe(c)) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '=';
            out += hex_digits[byte >> 4U];
            out += hex_digits[byte & 15U];
        }
    }
    return out;
}

/// The text as encoded words, each a line's worth of whole characters (RFC 2047 section 2). `used` is how much of the
/// first line is taken.
std::string encoded_words(std::string_view text, std::size_t used) {
    constexpr std::size_t frame = std::string_view("=?utf-8?B?").size() + 2;  // and its end
    const auto unsafe = static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_q_safe(c); }));
    const bool quoted = unsafe * 3 <= text.size();
    std::string out;
    while (!text.empty()) {
        // Less than a line in any case, or the rest of the first one.
        const std::size_t room = used + frame + 12 < line_length ? line_length - used - frame : line_length - 1 - frame;
        std::size_t taken = 0, size = 0;
        while (taken < text.size()) {
            const std::size_t length = character_length(text.substr(taken));
            const std::size_t more = quoted ? q_encoded(text.substr(taken, length)).size() : length;
            if (quoted ? size + more > room : (size + more + 2) / 3 * 4 > room) break;
            taken += length;
            size += more;
        }
        const std::string_view part = text.substr(0, taken);
        if (!out.empty() || used + frame + 12 >= line_length) out += "\r\n ";
        out += quoted ? "=?utf-8?Q?" + q_encoded(part) + "?=" : "=?utf-8?B?" + encoding::base64(part) + "?=";
        text.remove_prefix(taken);
        used = 1;
    }
    return out;
}

/// Can it stand as it is? Not where readers would take something in it for an encoded word.
bool is_plain_text(std::string_view text) {
    return std::ranges::all_of(text, is_plain) && text.find("=?") == std::string_view::npos;
}

std::size_t last_line(std::string_view text) {
    const std::size_t end = text.rfind('\n');
    return end == std::string_view::npos ? text.size() : text.size() - end - 1;
}

/// Appends words with line ends before the blanks that lie too far right.
void put_folded(std::string& out, std::string_view text) {
    while (!text.empty()) {
        // A blank and the word behind it; blanks in a row go with the word.
        const std::size_t word = std::min(text.find_first_not_of(' '), text.size());
        const std::size_t end = std::min(text.find(' ', word), text.size());
        // Not right behind the name: readers differ on what an empty first line means.
        if (word != 0 && !out.ends_with(':') && last_line(out) + end > line_length) out += "\r\n";
        out += text.substr(0, end);
        text.remove_prefix(end);
    }
}

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t")));
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

bool has_long_word(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        if (end - at > most_word) return true;
        at = end + 1;
    }
    return false;
}

/// A display name (RFC 5322 section 3.2.5): words, a quoted string, or encoded words.
std::string phrase(std::string_view name, std::size_t used) {
    if (!is_plain_text(name) || name.size() > most_word) return encoded_words(name, used);
    const bool atoms = std::ranges::all_of(name, [](char c) { return c == ' ' || is_atom(c); });
    if (atoms && name.find("  ") == std::string_view::npos) return std::string(name);
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out += '"';
}

}  // namespace

Result<void> check_field(std::string_view name, std::string_view value) {
    const auto refuse = [&](std::string cause) {
        return fail(Status::usage, "not a header field:", std::string(name.substr(0, 60)), std::move(cause));
    };
    if (name.empty() || name.size() > most_word / 2) return refuse("the name is empty, or too long");
    if (!std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~' && c != ':'; }))
        return refuse("the name has characters that no name has");
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
        return refuse("a line end or NUL would begin another field");
    if (!is_utf8(as_bytes(value))) return refuse("the value is not UTF-8");
    return {};
}

std::string text_field(std::string_view name, std::string_view value) {
    std::string out = std::string(name) + ":";
    value = trimmed(value);
    if (is_plain_text(value) && !has_long_word(value)) {
        if (!value.empty()) put_folded(out, " " + std::string(value));
    } else {
        out += ' ';
        out += encoded_words(value, out.size());
    }
    return out += "\r\n";
}

std::string address_field(std::string_view name, std::span<const Mailbox> mailboxes) {
    std::string out = std::string(name) + ":";
    for (const Mailbox& mailbox : mailboxes) {
        if (&mailbox != mailboxes.data()) out += ',';
        const std::size_t size = mailbox.name.size() + mailbox.address.size() + (mailbox.name.empty() ? 1 : 4);
        if (&mailbox != mailboxes.data() && last_line(out) + size > line_length) out += "\r\n";
        out += ' ';
        if (mailbox.name.empty()) {
            out += mailbox.address;
            continue;
        }
        out += phrase(mailbox.name, last_line(out));
        const std::string address = "<" + mailbox.address + ">";
        out += last_line(out) + address.size() + 2 > line_length ? "\r\n " : " ";
        out += address;
    }
    return out += "\r\n";
}

std::string parameter(std::string_view name, std::string_view value) {
    constexpr std::size_t short_enough = 60;
    std::string out = ";\r\n " + std::string(name);
    if (is_plain_text(value) && value.size() <= short_enough) {
        out += "=\"";
        for (const char c : value) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        return out += '"';
    }
    // RFC 2231 sections 3 and 4: name*0*=utf-8''...; name*1*=...
    std::string_view charset = is_utf8(as_bytes(value)) ? "utf-8''" : "iso-8859-1''";
    std::string part;
    unsigned number = 0;
    const auto put_part = [&](bool only) {
        if (number != 0) out += ";\r\n " + std::string(name);
        out += only ? "*=" : "*" + std::to_string(number) + "*=";
        out += charset;
        out += part;
        charset = {};
        part.clear();
        ++number;
    };
    const bool utf8 = charset.starts_with("utf-8");
    for (std::size_t at = 0; at < value.size();) {
        // Whole characters in each part: there are readers that decode one part after another.
        const std::string_view character = value.substr(at, utf8 ? character_length(value.substr(at)) : 1);
        for (const char c : character) {
            // attribute-char: none of the specials, nor * ' %
            if (is_digit(c) || is_letter(c) || c == '.' || c == '-' || c == '_') {
                part += c;
            } else {
                const auto byte = static_cast<unsigned char>(c);
                part += '%';
                part += hex_digits[byte >> 4U];
                part += hex_digits[byte & 15U];
            }
        }
        at += character.size();
        if (part.size() > short_enough - 12 && at < value.size()) put_part(false);
    }
    put_part(number == 0);
    return out;
}

}  // namespace fid::mail
