// SPDX-License-Identifier: MIT
// Where results go. One Output per run; it owns standard output, buffers it, and knows the format that was asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"
#include "report/record.h"
#include "report/text.h"

namespace fid::report {

enum class Format : std::uint8_t { text, json, csv };
enum class ColorChoice : std::uint8_t { automatic, always, never };

struct OutputOptions {
    Format format = Format::text;
    std::vector<std::string> fields;  ///< --fields: only these, in this order; empty = all
    ColorChoice color = ColorChoice::automatic;
    bool quiet = false;
};

/// Does a stream get colour? --color > NO_COLOR > CLICOLOR_FORCE/FORCE_COLOR > is it a terminal with TERM != dumb.
[[nodiscard]] bool wants_color(int descriptor, ColorChoice choice);

enum class Style : std::uint8_t { plain, heading, name, good, bad, dim };

class Output {
  public:
    Output(int descriptor, OutputOptions options);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    [[nodiscard]] Format format() const { return options_.format; }
    [[nodiscard]] bool terminal() const { return terminal_; }
    [[nodiscard]] bool color() const { return color_; }
    [[nodiscard]] const OutputOptions& options() const { return options_; }

    /// Writes a record as JSON or CSV, or, in text format, as "name: value" lines. A command with a text layout of its
    /// own asks format() first and writes lines to text() instead.
    void write(const Record& record);
    /// The buffer of the text format. Call line_done() after each line so that live output is flushed in time.
    Text& text() { return buffer_; }
    void line_done() {
        if (live_ || buffer_.size() >= high_water) flush();
    }
    /// Flush after each record (live sources); otherwise in large blocks.
    void live(bool on) { live_ = on; }
    /// Puts the escape sequence of `style` around what follows, where colour is on.
    void style(Style style);

    void flush();
    /// The reader has gone (EPIPE): stop producing, it is a quiet success.
    [[nodiscard]] bool closed() const { return closed_; }
    /// Set once a write failed for another reason (ENOSPC): status 23.
    [[nodiscard]] const std::string& write_error() const { return write_error_; }

    static constexpr std::size_t high_water = 256 * 1024;

  private:
    void write_csv(const Record& record);
    void write_json(const Record& record);

    int descriptor_;
    OutputOptions options_;
    Text buffer_;
    std::string write_error_;
    std::string csv_header_;  ///< name of the record type whose heading stands above
    bool terminal_ = false;
    bool color_ = false;
    bool live_ = false;
    bool closed_ = false;
};

}  // namespace fid::report
