// SPDX-License-Identifier: MIT
// Where results go. One Output per run; it owns standard output, buffers it, and knows the format that was asked for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"
#include "report/record.h"
#include "report/style.h"
#include "report/table.h"
#include "report/text.h"

namespace fid::report {

enum class Format : std::uint8_t { text, json, csv };

struct OutputOptions {
    Format format = Format::text;
    std::vector<std::string> fields;  ///< --fields: only these, in this order; empty = all
    ColorChoice color = ColorChoice::automatic;
    bool quiet = false;
};

class Output {
  public:
    Output(int descriptor, OutputOptions options);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    [[nodiscard]] Format format() const { return options_.format; }
    [[nodiscard]] bool terminal() const { return terminal_; }
    [[nodiscard]] bool color() const { return color_; }
    /// How many columns a line may take: the terminal's, 80 where there is none.
    [[nodiscard]] std::size_t columns() const;
    [[nodiscard]] const OutputOptions& options() const { return options_; }

    /// Writes a record as JSON or CSV; in text format as a row where fields were chosen (--fields), else as lines of
    /// name and value. A command with a text layout of its own asks plain_text() first and writes to text() instead.
    void write(const Record& record);
    /// A row for people of the named fields: on a terminal below a heading and aligned, elsewhere the values with tabs
    /// between them. The heading stands again where the fields are others than before.
    void write_row(const Record& record, std::span<const std::string_view> fields);
    /// Text, and no fields were chosen: the layout is the command's.
    [[nodiscard]] bool plain_text() const { return options_.format == Format::text && options_.fields.empty(); }
    /// The buffer of the text format. Call line_done() after each line so that live output is flushed in time.
    Text& text() { return buffer_; }
    void line_done() {
        if (live_ || buffer_.size() >= high_water) flush();
    }
    /// Flush after each record (live sources); otherwise in large blocks.
    void live(bool on) { live_ = on; }
    /// Puts the escape sequence of `style` around what follows, where colour is on.
    void style(Style style);

    /// Writes out all there is.
    void flush();
    /// Writes out all there is and then these bytes as they are, without a copy: for contents that pass through.
    void pass(std::string_view bytes);
    /// Nothing more can be written: stop producing. The reader has gone (EPIPE), which is a quiet success, unless
    /// write_error() says otherwise.
    [[nodiscard]] bool closed() const { return closed_; }
    /// Set once a write failed for another reason (ENOSPC): status 23.
    [[nodiscard]] const std::string& write_error() const { return write_error_; }

    static constexpr std::size_t high_water = 256 * 1024;

  private:
    void write_csv(const Record& record);
    void write_json(const Record& record);
    void write_lines(const Record& record);
    /// Lets the rows out that the table has held back; other text may follow.
    void end_table();
    void write_out(std::string_view bytes);

    int descriptor_;
    OutputOptions options_;
    Text buffer_;
    std::string write_error_;
    std::optional<Table> table_;
    std::vector<std::string> table_fields_;  ///< that the table's columns show
    std::string csv_header_;                 ///< name of the record type whose heading stands above
    bool terminal_ = false;
    bool color_ = false;
    bool live_ = false;
    bool closed_ = false;
};

}  // namespace fid::report
