// SPDX-License-Identifier: MIT
#include "mail/header_reader.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "address/characters.h"
#include "mail/charset.h"
#include "mail/transfer_decoding.h"

namespace fid::mail {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
    return out;
}

bool same(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// The next line without its end.
std::string_view take_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// How long the name before the colon is; nothing where the line is no field.
std::optional<std::size_t> name_length(std::string_view line) {
    const auto end = std::ranges::find_if_not(line, [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
    const auto length = static_cast<std::size_t>(end - line.begin());
    // Blanks before the colon are not allowed any more (RFC 5322 section 4.5.8), but were.
    const std::string_view behind = trimmed(line.substr(length));
    if (length == 0 || !behind.starts_with(':')) return std::nullopt;
    return length;
}

struct EncodedWord {
    std::string charset, bytes;
    std::size_t length = 0;  ///< of all of it
};

/// "=?charset*language?Q?text?=" at the beginning of the text (RFC 2047 section 2, RFC 2231 section 5).
std::optional<EncodedWord> encoded_word(std::string_view text) {
    if (!text.starts_with("=?")) return std::nullopt;
    constexpr std::size_t longest = 100'000;
    const std::string_view area = text.substr(0, longest);
    const std::size_t charset = area.find('?', 2);
    if (charset == std::string_view::npos || charset == 2 || charset + 2 >= area.size() || area[charset + 2] != '?')
        return std::nullopt;
    const char encoding = lower(area[charset + 1]);
    const std::size_t begin = charset + 3, end = area.find("?=", begin);
    if ((encoding != 'q' && encoding != 'b') || end == std::string_view::npos) return std::nullopt;
    const std::string_view content = area.substr(begin, end - begin);
    if (content.contains('?')) return std::nullopt;
    EncodedWord word;
    word.charset = lower(area.substr(2, charset - 2));
    word.charset.resize(std::min(word.charset.find('*'), word.charset.size()));
    word.length = end + 2;
    if (encoding == 'b') {
        word.bytes = decode_base64(content);
    } else {
        std::string spaced(content);
        std::ranges::replace(spaced, '_', ' ');
        word.bytes = decode_quoted_printable(spaced);
    }
    return word;
}

/// A piece of a parameter's value (RFC 2231 section 3).
struct Piece {
    std::string text;
    bool encoded = false;
};

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : 16;
        const unsigned low = high < 16 ? hex_value(text[i + 2]) : 16;
        if (low < 16) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// Pieces by number; the first has the charset: charset'language'text.
std::string joined(const std::map<unsigned, Piece>& pieces) {
    std::string charset, out;
    unsigned expected = 0;
    for (const auto& [number, piece] : pieces) {
        if (number != expected++) break;  // a missing one ends it
        std::string_view text = piece.text;
        if (!piece.encoded) {
            out += text;
            continue;
        }
        if (number == 0) {
            const std::size_t first = text.find('\'');
            const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
            if (second != std::string_view::npos) {
                charset = text.substr(0, first);
                text.remove_prefix(second + 1);
            }
        }
        out += percent_decoded(text);
    }
    return guess_utf8(charset, out);
}

/// A value, quoted or not; takes it from the text.
std::string take_value(std::string_view& rest) {
    std::string value;
    if (!rest.starts_with('"')) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        value = trimmed(rest.substr(0, end));
        rest.remove_prefix(end);
        return value;
    }
    std::size_t i = 1;
    for (; i < rest.size() && rest[i] != '"'; ++i) {
        if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
        value += rest[i];
    }
    rest.remove_prefix(std::min(i + 1, rest.size()));
    rest.remove_prefix(std::min(rest.find(';'), rest.size()));
    return value;
}

}  // namespace

Header Header::read(std::string_view bytes, std::string_view& rest) {
    Header header;
    rest = bytes;
    bool first = true;
    while (!rest.empty()) {
        std::string_view after = rest;
        const std::string_view line = take_line(after);
        if (line.empty()) {
            rest = after;
            break;
        }
        const auto length = name_length(line);
        if (is_blank(line.front())) {
            if (!header.fields_.empty()) header.fields_.back().value += line;
        } else if (length) {
            if (header.fields_.size() >= most_fields) break;
            const std::size_t colon = line.find(':');
            header.fields_.push_back({std::string(line.substr(0, *length)), std::string(line.substr(colon + 1))});
        } else if (!first || !line.starts_with("From ")) {  // which begins a message in a mailbox file
            break;
        }
        first = false;
        rest = after;
    }
    for (HeaderField& field : header.fields_) field.value = trimmed(field.value);
    return header;
}

std::string_view Header::value(std::string_view name) const {
    for (const HeaderField& field : fields_)
        if (same(field.name, name)) return field.value;
    return {};
}

std::string Header::text(std::string_view name) const { return decode_words(value(name)); }

std::string decode_words(std::string_view value) {
    std::string out, charset, bytes, plain;
    bool after_word = false;  // only blanks have come since
    const auto end_word = [&] {
        if (!bytes.empty()) out += guess_utf8(charset, bytes);
        bytes.clear();
    };
    const auto end_plain = [&] {
        out += guess_utf8({}, plain);
        plain.clear();
    };
    for (std::size_t i = 0; i < value.size();) {
        auto word = value[i] == '=' ? encoded_word(value.substr(i)) : std::nullopt;
        if (!word) {
            if (!is_blank(value[i]) && after_word) {
                end_word();
                after_word = false;
            }
            plain += value[i++];
            continue;
        }
        if (after_word)
            plain.clear();  // blanks between two words are not part of the text
        else
            end_plain();
        if (word->charset != charset) end_word();
        charset = std::move(word->charset);
        bytes += word->bytes;
        after_word = true;
        i += word->length;
    }
    end_word();
    end_plain();
    return out;
}

std::string_view Parameterized::parameter(std::string_view name) const {
    for (const auto& [each, text] : parameters)
        if (each == name) return text;
    return {};
}

Parameterized read_parameters(std::string_view value) {
    Parameterized read;
    std::string_view rest = value;
    const std::size_t end = std::min(rest.find(';'), rest.size());
    read.value = lower(trimmed(rest.substr(0, end)));
    rest.remove_prefix(end);
    struct Forms {
        std::optional<std::string> plain;
        std::map<unsigned, Piece> pieces;
    };
    std::map<std::string, Forms> all;
    constexpr unsigned most_pieces = 1000;
    for (unsigned count = 0; rest.starts_with(';') && count < most_pieces; ++count) {
        rest.remove_prefix(1);
        const std::size_t stop = std::min(rest.find_first_of("=;"), rest.size());
        std::string name = lower(trimmed(rest.substr(0, stop)));
        rest.remove_prefix(stop);
        if (!rest.starts_with('=')) continue;
        rest.remove_prefix(1);
        while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
        Piece piece;
        piece.text = take_value(rest);
        const std::size_t star = name.find('*');
        if (star == std::string::npos) {
            all[name].plain = std::move(piece.text);
            continue;
        }
        std::string_view behind = std::string_view(name).substr(star + 1);
        unsigned number = 0;
        piece.encoded = behind.empty() || behind.ends_with('*');
        if (behind.ends_with('*')) behind.remove_suffix(1);
        if (!behind.empty()) {
            const auto [last, error] = std::from_chars(behind.data(), behind.data() + behind.size(), number);
            if (error != std::errc() || last != behind.data() + behind.size()) continue;
        }
        all[name.substr(0, star)].pieces.emplace(number, std::move(piece));
    }
    for (auto& [name, forms] : all) {
        if (name.empty()) continue;
        const bool pieces = forms.pieces.contains(0);
        if (!pieces && !forms.plain) continue;
        read.parameters.emplace_back(name, pieces ? joined(forms.pieces) : decode_words(*forms.plain));
    }
    return read;
}

}  // namespace fid::mail
