// SPDX-License-Identifier: MIT
// The lines of the text protocols (HTTP, FTP, SMTP, ...), read out of one segment.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "packet/dissector.h"

namespace fid::packet {

struct Line {
    std::string_view text;   ///< without its end
    std::size_t offset = 0;  ///< in the layer
    bool complete = false;   ///< its line feed was there
};

/// The lines in order; false at the end.
class Lines {
  public:
    explicit Lines(Bytes bytes) : text_(as_text(bytes)) {}

    bool next(Line& line) {
        if (at_ == text_.size()) return false;
        const std::size_t feed = text_.find('\n', at_);
        const std::size_t end = feed == std::string_view::npos ? text_.size() : feed;
        line = {.text = text_.substr(at_, end - at_), .offset = at_, .complete = feed != std::string_view::npos};
        if (line.text.ends_with('\r')) line.text.remove_suffix(1);
        at_ = line.complete ? end + 1 : end;
        return true;
    }
    [[nodiscard]] std::size_t offset() const { return at_; }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

/// Takes the word before the next blank off `rest`, and the blanks behind it.
inline std::string_view take_word(std::string_view& rest) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.find_first_not_of(' ', end), rest.size()));
    return word;
}

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// What text lines are made of: ASCII without control characters, and the tab.
inline bool is_printable(char c) { return (c >= 0x20 && c < 0x7f) || c == '\t'; }

/// A word of letters, as commands are.
inline bool is_alphabetic(std::string_view word) { return !word.empty() && std::ranges::all_of(word, is_letter); }

inline bool same_word(std::string_view a, std::string_view b) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(a, b, {}, low, low);
}

/// Decimal digits and nothing else; `fallback` otherwise or where there are too many.
inline std::uint64_t decimal(std::string_view digits, std::uint64_t fallback = 0) {
    if (digits.empty() || digits.size() > 18 || !std::ranges::all_of(digits, is_digit)) return fallback;
    std::uint64_t value = 0;
    for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
    return value;
}

/// The place of a part of the layer's text.
inline std::size_t place(Bytes layer, std::string_view part) {
    return static_cast<std::size_t>(as_bytes(part).data() - layer.data());
}

inline void put_part(FieldSink& sink, unsigned field, Bytes layer, std::string_view part) {
    if (!part.empty()) sink.bytes(field, as_bytes(part), place(layer, part));
}

}  // namespace fid::packet
