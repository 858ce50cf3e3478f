// SPDX-License-Identifier: MIT
#include "report/output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "report/terminal.h"
#include "report/write_all.h"

namespace fid::report {
namespace {

/// RFC 4180 quoting: a cell with a comma, quote, line end or leading/trailing blank is quoted.
void put_cell(Text& out, std::string_view cell) {
    const bool plain = cell.find_first_of(",\"\r\n") == std::string_view::npos &&
                       (cell.empty() || (cell.front() != ' ' && cell.back() != ' '));
    if (plain) {
        out.put(cell);
        return;
    }
    out.put('"');
    for (const char c : cell) {
        if (c == '"') out.put('"');
        out.put(c);
    }
    out.put('"');
}

/// Where the named fields stand in the type, in the order of the names; all fields where there are no names.
template <class Names>
std::vector<std::size_t> columns_of(const RecordType& type, const Names& names) {
    std::vector<std::size_t> columns;
    for (const auto& name : names)
        for (std::size_t i = 0; i < type.fields.size(); ++i)
            if (type.fields[i].name == name) columns.push_back(i);
    if (names.empty())
        for (std::size_t i = 0; i < type.fields.size(); ++i) columns.push_back(i);
    return columns;
}

}  // namespace

Output::Output(int descriptor, OutputOptions options)
    : descriptor_(descriptor),
      options_(std::move(options)),
      terminal_(isatty(descriptor) == 1),
      color_(options_.format == Format::text && wants_color(descriptor, options_.color)) {}

Output::~Output() { flush(); }

std::size_t Output::columns() const {
    constexpr std::size_t usual = 80;
    return terminal_columns(descriptor_).value_or(usual);
}

void Output::style(Style style) {
    if (color_) buffer_.put(escape_sequence(style));
}

void Output::write(const Record& record) {
    switch (options_.format) {
        case Format::json:
            write_json(record);
            break;
        case Format::csv:
            write_csv(record);
            break;
        case Format::text:
            if (options_.fields.empty()) {
                write_lines(record);
                break;
            }
            write_row(record, std::vector<std::string_view>(options_.fields.begin(), options_.fields.end()));
            return;
    }
    line_done();
}

void Output::write_lines(const Record& record) {
    std::size_t widest = 0;
    for (const Field& field : record.type().fields) widest = std::max(widest, field.name.size());
    for (std::size_t i = 0; i < record.size(); ++i) {
        if (record[i].is_null()) continue;
        const std::string_view name = record.type().fields[i].name;
        style(Style::name);
        buffer_.put(name);
        style(Style::plain);
        buffer_.fill(' ', widest + 2 - name.size());
        record[i].write_plain(buffer_, true, ", ");
        buffer_.put('\n');
    }
}

void Output::write_row(const Record& record, std::span<const std::string_view> fields) {
    const RecordType& type = record.type();
    const std::vector<std::size_t> chosen = columns_of(type, fields);
    if (!terminal_) {
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            if (i != 0) buffer_.put('\t');
            record[chosen[i]].write_plain(buffer_, true, ", ");
        }
        buffer_.put('\n');
        line_done();
        return;
    }
    if (!std::ranges::equal(fields, table_fields_)) {
        end_table();
        table_fields_.assign(fields.begin(), fields.end());
        std::vector<Table::Column> headings;
        for (const std::size_t column : chosen) {
            const Type kind = type.fields[column].type;
            headings.push_back({std::string(type.fields[column].name), kind == Type::integer || kind == Type::real});
        }
        table_.emplace(std::move(headings), columns(), color_);
    }
    std::vector<std::string> cells;
    Text cell;
    for (const std::size_t column : chosen) {
        record[column].write_plain(cell, true, ", ");
        cells.push_back(cell.take());
    }
    if (table_) table_->row(std::move(cells), buffer_, live_);
    line_done();
}

void Output::end_table() {
    if (table_) table_->finish(buffer_);
}

void Output::write_json(const Record& record) {
    const RecordType& type = record.type();
    buffer_.put("{\"type\":");
    buffer_.json(type.name);
    for (const std::size_t column : columns_of(type, options_.fields)) {
        buffer_.put(',');
        buffer_.json(type.fields[column].name);
        buffer_.put(':');
        record[column].write_json(buffer_);
    }
    buffer_.put("}\n");
}

void Output::write_csv(const Record& record) {
    const RecordType& type = record.type();
    const std::vector<std::size_t> columns = columns_of(type, options_.fields);
    if (csv_header_ != type.name) {
        csv_header_ = type.name;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (i != 0) buffer_.put(',');
            buffer_.put(type.fields[columns[i]].name);
        }
        buffer_.put('\n');
    }
    Text cell;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i != 0) buffer_.put(',');
        cell.clear();
        record[columns[i]].write_plain(cell, false, " ");
        put_cell(buffer_, cell.view());
    }
    buffer_.put('\n');
}

void Output::flush() {
    end_table();
    write_out(buffer_.view());
    buffer_.clear();
}

void Output::pass(std::string_view bytes) {
    flush();
    write_out(bytes);
}

void Output::write_out(std::string_view bytes) {
    if (closed_ || bytes.empty()) return;
    const int error = write_all(descriptor_, bytes);
    closed_ = error != 0;
    if (error != 0 && error != EPIPE) write_error_ = std::strerror(error);
}

}  // namespace fid::report
