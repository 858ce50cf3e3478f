// SPDX-License-Identifier: MIT
// A line that is typed on a terminal: keys in, the line and how it looks out. It waits for nothing and writes nothing
// itself, because the peer's text comes in between at any time; a long line scrolls sideways in its one row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/text.h"

namespace fid::cmd::connect {

/// Columns that one code point takes on a terminal as LineEditor shows it.
[[nodiscard]] std::size_t shown_columns(char32_t code);
/// Columns of text that is safe to show.
[[nodiscard]] std::size_t shown_columns(std::string_view safe);

class LineEditor {
  public:
    enum class Done : std::uint8_t {
        nothing,  ///< all keys were taken, the line goes on
        line,     ///< Enter: take() gives the line
        end,      ///< Ctrl-D on an empty line
        escape,   ///< the escape key
        clear,    ///< Ctrl-L: the screen is to be cleared
    };
    struct Step {
        std::size_t used = 0;  ///< bytes
        Done done = Done::nothing;
    };
    /// A line longer than this takes no more.
    static constexpr std::size_t most_characters = std::size_t{64} * 1024;

    /// Takes keys until they are used up or something is done. Sequences may be cut anywhere.
    [[nodiscard]] Step feed(std::string_view keys);
    /// The line as it was typed; the next one begins empty.
    [[nodiscard]] std::string take();
    [[nodiscard]] bool empty() const { return line_.empty(); }

    void set_escape(std::optional<std::uint8_t> key) { escape_ = key; }
    /// What is typed is not shown: the peer says that it echoes, and does not (a password).
    void set_hidden(bool hidden) { hidden_ = hidden; }
    [[nodiscard]] bool hidden() const { return hidden_; }
    /// Lines for the up key, the newest last.
    void set_history(std::vector<std::string> lines);
    /// Adds one that differs from the newest.
    void remember(const std::string& line);

    /// The row of a terminal that has the cursor: `prompt` (shown as it is, so many columns wide), then as much of the
    /// line as fits with the cursor where it belongs.
    void draw(std::string_view prompt, std::size_t prompt_columns, std::size_t columns, Text& out) const;
    /// The line as it stays on the screen: whole, however many rows it takes. No line end.
    void draw_whole(std::string_view prompt, Text& out) const;

  private:
    enum class Keys : std::uint8_t { plain, escape, sequence, single, quoted };

    Done plain(unsigned char byte);
    Done control(unsigned char byte);
    void take_character(unsigned char byte);
    void sequence(char last);
    void after_escape(char key);
    void insert(char32_t code);
    void erase(std::size_t from, std::size_t to, bool keep);
    void move_to(std::size_t place);
    [[nodiscard]] std::size_t left() const;
    [[nodiscard]] std::size_t right() const;
    [[nodiscard]] std::size_t word_left() const;
    [[nodiscard]] std::size_t word_right() const;
    void transpose();
    void show_history(std::size_t place);

    Keys keys_ = Keys::plain;
    std::string parameters_;  ///< of an escape sequence under way
    std::string partial_;     ///< of a UTF-8 character under way
    std::optional<std::uint8_t> escape_;
    bool hidden_ = false;
    /// Bytes that are not UTF-8 stand as 0xdc00 + byte, which no character is.
    std::u32string line_, killed_, drafted_;
    std::size_t cursor_ = 0;
    std::vector<std::string> history_;
    std::size_t shown_ = 0;  ///< of the history; its size: the line that was being typed
};

}  // namespace fid::cmd::connect
