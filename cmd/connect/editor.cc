// SPDX-License-Identifier: MIT
#include "cmd/connect/editor.h"

#include <algorithm>
#include <clocale>
#include <cwchar>
#include <utility>

namespace fid::cmd::connect {
namespace {

constexpr char32_t byte_base = 0xdc00;  ///< low surrogates: what such a unit stands for is no character
constexpr std::size_t most_parameters = 32;

constexpr unsigned char control_key(char letter) { return static_cast<unsigned char>(letter & 0x1f); }

bool is_byte(char32_t code) { return code >= byte_base && code <= byte_base + 0xff; }

void put_utf8(char32_t code, std::string& out) {
    const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (is_byte(code)) {
        put(code - byte_base);
    } else if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0U | (code >> 6U));
        put(0x80U | (code & 0x3fU));
    } else if (code < 0x10000) {
        put(0xe0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3fU));
        put(0x80U | (code & 0x3fU));
    } else {
        put(0xf0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3fU));
        put(0x80U | ((code >> 6U) & 0x3fU));
        put(0x80U | (code & 0x3fU));
    }
}

std::string as_utf8(std::u32string_view line) {
    std::string text;
    for (const char32_t code : line) put_utf8(code, text);
    return text;
}

/// How many bytes a character that begins so has; 1 where none does.
std::size_t utf8_length(unsigned char first) {
    if (first >= 0xf0 && first < 0xf8) return 4;
    if (first >= 0xe0) return first < 0xf0 ? 3 : 1;
    return first >= 0xc0 ? 2 : 1;
}

char32_t decode(std::string_view character) {
    if (character.size() == 1) return static_cast<unsigned char>(character[0]);
    char32_t code = static_cast<unsigned char>(character[0]) & (0x7fU >> character.size());
    for (const char c : character.substr(1)) code = (code << 6U) | (static_cast<unsigned char>(c) & 0x3fU);
    return code;
}

/// As the line shows it: ^X for a control character, the house's escapes for what else must not reach a terminal.
void put_shown(char32_t code, Text& out) {
    if (code < 0x20 || code == 0x7f) {
        out.put('^');
        out.put(static_cast<char>(code ^ 0x40U));
        return;
    }
    std::string text;
    put_utf8(code, text);
    code == '\\' ? out.put('\\') : out.escaped(text);
}

bool is_word(char32_t code) {
    return code >= 0x80 || (code >= '0' && code <= '9') || ((code | 0x20U) >= 'a' && (code | 0x20U) <= 'z');
}

/// What the C library knows of widths, whatever the locale of the process is.
int library_columns(char32_t code) {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (utf8 == nullptr) return 1;
    const locale_t former = uselocale(utf8);
    const int columns = wcwidth(static_cast<wchar_t>(code));
    uselocale(former);
    return columns;
}

}  // namespace

std::size_t shown_columns(char32_t code) {
    if (code >= 0x20 && code < 0x7f) return 1;
    Text text;
    put_shown(code, text);
    if (text.view().starts_with('\\') || text.view().starts_with('^')) return text.size();
    const int columns = library_columns(code);
    return columns < 0 ? 1 : static_cast<std::size_t>(columns);
}

std::size_t shown_columns(std::string_view safe) {
    std::size_t columns = 0;
    while (!safe.empty()) {
        const std::size_t length = std::min(utf8_length(static_cast<unsigned char>(safe[0])), safe.size());
        columns += shown_columns(decode(safe.substr(0, length)));
        safe.remove_prefix(length);
    }
    return columns;
}

LineEditor::Step LineEditor::feed(std::string_view keys) {
    Step step;
    while (step.used < keys.size() && step.done == Done::nothing) {
        const char key = keys[step.used++];
        const auto byte = static_cast<unsigned char>(key);
        switch (keys_) {
            case Keys::plain:
                step.done = plain(byte);
                break;
            case Keys::quoted:
                keys_ = Keys::plain;
                take_character(byte);
                break;
            case Keys::escape:
                after_escape(key);
                break;
            case Keys::single:  // ESC O A: cursor keys in application mode
                keys_ = Keys::plain;
                sequence(key);
                break;
            case Keys::sequence:
                if (byte >= 0x40 && byte <= 0x7e) {
                    keys_ = Keys::plain;
                    sequence(key);
                } else if (parameters_.size() < most_parameters) {
                    parameters_ += key;
                }
                break;
        }
    }
    return step;
}

LineEditor::Done LineEditor::plain(unsigned char byte) {
    // A character that was cut short is so many bytes.
    if (!partial_.empty() && (byte & 0xc0U) != 0x80)
        for (const char left : std::exchange(partial_, {})) insert(byte_base + static_cast<unsigned char>(left));
    if (escape_ && byte == *escape_) return Done::escape;
    if (byte < 0x20 || byte == 0x7f) return control(byte);
    take_character(byte);
    return Done::nothing;
}

void LineEditor::take_character(unsigned char byte) {
    partial_ += static_cast<char>(byte);
    if (partial_.size() < utf8_length(static_cast<unsigned char>(partial_[0]))) return;
    const std::string character = std::exchange(partial_, {});
    if (is_utf8(as_bytes(character)))
        insert(decode(character));
    else
        for (const char c : character) insert(byte_base + static_cast<unsigned char>(c));
}

LineEditor::Done LineEditor::control(unsigned char byte) {
    switch (byte) {
        case '\r':
        case '\n':
            return Done::line;
        case control_key('D'):
            if (line_.empty()) return Done::end;
            erase(cursor_, right(), false);
            break;
        case control_key('L'):
            return Done::clear;
        case control_key('A'):
            move_to(0);
            break;
        case control_key('E'):
            move_to(line_.size());
            break;
        case control_key('B'):
            move_to(left());
            break;
        case control_key('F'):
            move_to(right());
            break;
        case control_key('H'):
        case 0x7f:
            erase(left(), cursor_, false);
            break;
        case control_key('U'):
            erase(0, cursor_, true);
            break;
        case control_key('K'):
            erase(cursor_, line_.size(), true);
            break;
        case control_key('W'): {
            std::size_t from = cursor_;
            while (from > 0 && line_[from - 1] == ' ') --from;
            while (from > 0 && line_[from - 1] != ' ') --from;
            erase(from, cursor_, true);
            break;
        }
        case control_key('Y'):
            for (const char32_t code : std::u32string(killed_)) insert(code);
            break;
        case control_key('T'):
            transpose();
            break;
        case control_key('P'):
            if (shown_ > 0) show_history(shown_ - 1);
            break;
        case control_key('N'):
            if (shown_ < history_.size()) show_history(shown_ + 1);
            break;
        case control_key('V'):
            keys_ = Keys::quoted;
            break;
        case 0x1b:
            keys_ = Keys::escape;
            break;
        case '\t':
            insert('\t');
            break;
        default:
            break;  // the others mean nothing here; Ctrl-V takes them literally
    }
    return Done::nothing;
}

void LineEditor::after_escape(char key) {
    keys_ = Keys::plain;
    switch (key) {
        case '[':
            keys_ = Keys::sequence;
            parameters_.clear();
            break;
        case 'O':
            keys_ = Keys::single;
            break;
        case 'b':
            move_to(word_left());
            break;
        case 'f':
            move_to(word_right());
            break;
        case 'd':
            erase(cursor_, word_right(), true);
            break;
        case '\x7f':
        case '\b':
            erase(word_left(), cursor_, true);
            break;
        default:
            break;
    }
}

/// The keys of xterm and its relatives; a modifier (1;5) on left and right moves by words.
void LineEditor::sequence(char last) {
    const std::string parameters = std::exchange(parameters_, {});
    const bool modified = parameters.find(';') != std::string::npos;
    switch (last) {
        case 'A':
            control(control_key('P'));
            break;
        case 'B':
            control(control_key('N'));
            break;
        case 'C':
            move_to(modified ? word_right() : right());
            break;
        case 'D':
            move_to(modified ? word_left() : left());
            break;
        case 'H':
            move_to(0);
            break;
        case 'F':
            move_to(line_.size());
            break;
        case '~':
            if (parameters == "1" || parameters == "7") move_to(0);
            if (parameters == "4" || parameters == "8") move_to(line_.size());
            if (parameters == "3") erase(cursor_, right(), false);
            break;
        default:
            break;
    }
}

void LineEditor::insert(char32_t code) {
    if (line_.size() >= most_characters) return;
    line_.insert(cursor_, 1, code);
    ++cursor_;
}

void LineEditor::erase(std::size_t from, std::size_t to, bool keep) {
    if (from >= to) return;
    if (keep) killed_ = line_.substr(from, to - from);
    line_.erase(from, to - from);
    cursor_ = from;
}

void LineEditor::move_to(std::size_t place) { cursor_ = place; }

/// One character to the left: with the marks that stand on it.
std::size_t LineEditor::left() const {
    std::size_t place = cursor_;
    while (place > 0 && shown_columns(line_[place - 1]) == 0) --place;
    return place > 0 ? place - 1 : 0;
}

std::size_t LineEditor::right() const {
    std::size_t place = cursor_;
    if (place < line_.size()) ++place;
    while (place < line_.size() && shown_columns(line_[place]) == 0) ++place;
    return place;
}

std::size_t LineEditor::word_left() const {
    std::size_t place = cursor_;
    while (place > 0 && !is_word(line_[place - 1])) --place;
    while (place > 0 && is_word(line_[place - 1])) --place;
    return place;
}

std::size_t LineEditor::word_right() const {
    std::size_t place = cursor_;
    while (place < line_.size() && !is_word(line_[place])) ++place;
    while (place < line_.size() && is_word(line_[place])) ++place;
    return place;
}

void LineEditor::transpose() {
    if (line_.size() < 2 || cursor_ == 0) return;
    if (cursor_ == line_.size()) --cursor_;
    std::swap(line_[cursor_ - 1], line_[cursor_]);
    ++cursor_;
}

void LineEditor::set_history(std::vector<std::string> lines) {
    history_ = std::move(lines);
    shown_ = history_.size();
}

void LineEditor::remember(const std::string& line) {
    if (!line.empty() && (history_.empty() || history_.back() != line)) history_.push_back(line);
    shown_ = history_.size();
}

void LineEditor::show_history(std::size_t place) {
    if (shown_ == history_.size()) drafted_ = line_;
    shown_ = place;
    line_.clear();
    cursor_ = 0;
    if (place == history_.size()) {
        line_ = drafted_;
        cursor_ = line_.size();
        return;
    }
    for (const char byte : history_[place]) {
        if (!partial_.empty() && (static_cast<unsigned char>(byte) & 0xc0U) != 0x80) partial_.clear();
        take_character(static_cast<unsigned char>(byte));
    }
    partial_.clear();
}

std::string LineEditor::take() {
    std::string line = as_utf8(line_);
    line_.clear();
    drafted_.clear();
    cursor_ = 0;
    shown_ = history_.size();
    return line;
}

void LineEditor::draw(std::string_view prompt, std::size_t prompt_columns, std::size_t columns, Text& out) const {
    out.put('\r');
    out.put(prompt);
    // The last column stays free: a terminal that has filled it is of two minds about where the cursor is.
    const std::size_t room = columns > prompt_columns + 2 ? columns - prompt_columns - 1 : 1;
    std::size_t before = 0;  // columns left of the cursor
    std::size_t first = cursor_;
    if (!hidden_) {
        // From the cursor to the left as far as three quarters of the row, or all that there is.
        std::size_t at = 0;
        for (; first > 0; --first) {
            const std::size_t wide = shown_columns(line_[first - 1]);
            if (at + wide > room) break;
            at += wide;
        }
        if (first > 0)
            for (; first < cursor_ && at > room * 3 / 4; ++first) at -= shown_columns(line_[first]);
        before = at;
        std::size_t used = 0;
        for (std::size_t i = first; i < line_.size(); ++i) {
            used += shown_columns(line_[i]);
            if (used > room) break;
            put_shown(line_[i], out);
        }
    }
    out.put("\x1b[K\r");
    if (prompt_columns + before == 0) return;
    out.put("\x1b[");
    out.number(prompt_columns + before);
    out.put('C');
}

void LineEditor::draw_whole(std::string_view prompt, Text& out) const {
    out.put('\r');
    out.put(prompt);
    if (!hidden_)
        for (const char32_t code : line_) put_shown(code, out);
    out.put("\x1b[K");
}

}  // namespace fid::cmd::connect
