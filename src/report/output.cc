// SPDX-License-Identifier: MIT
#include "report/output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace fid::report {
namespace {

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

std::string_view sequence(Style style) {
    switch (style) {
        case Style::plain:
            return "\x1b[0m";
        case Style::heading:
            return "\x1b[1m";
        case Style::name:
            return "\x1b[36m";
        case Style::good:
            return "\x1b[32m";
        case Style::bad:
            return "\x1b[31m";
        case Style::dim:
            return "\x1b[2m";
    }
    return {};
}

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

}  // namespace

bool wants_color(int descriptor, ColorChoice choice) {
    if (choice != ColorChoice::automatic) return choice == ColorChoice::always;
    if (is_set("NO_COLOR")) return false;
    if (is_set("CLICOLOR_FORCE") || is_set("FORCE_COLOR")) return true;
    const char* terminal = std::getenv("TERM");
    return isatty(descriptor) == 1 && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

Output::Output(int descriptor, OutputOptions options)
    : descriptor_(descriptor),
      options_(std::move(options)),
      terminal_(isatty(descriptor) == 1),
      color_(options_.format == Format::text && wants_color(descriptor, options_.color)) {}

Output::~Output() { flush(); }

void Output::style(Style style) {
    if (color_) buffer_.put(sequence(style));
}

void Output::write(const Record& record) {
    switch (options_.format) {
        case Format::json:
            write_json(record);
            break;
        case Format::csv:
            write_csv(record);
            break;
        case Format::text: {
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
            break;
        }
    }
    line_done();
}

void Output::write_json(const Record& record) {
    const auto& wanted = options_.fields;
    const RecordType& type = record.type();
    buffer_.put("{\"type\":");
    buffer_.json(type.name);
    auto put_field = [&](std::size_t i) {
        buffer_.put(',');
        buffer_.json(type.fields[i].name);
        buffer_.put(':');
        record[i].write_json(buffer_);
    };
    if (wanted.empty()) {
        for (std::size_t i = 0; i < record.size(); ++i) put_field(i);
    } else {
        for (const std::string& name : wanted)
            for (std::size_t i = 0; i < record.size(); ++i)
                if (type.fields[i].name == name) put_field(i);
    }
    buffer_.put("}\n");
}

void Output::write_csv(const Record& record) {
    const RecordType& type = record.type();
    std::vector<std::size_t> columns;
    if (options_.fields.empty()) {
        for (std::size_t i = 0; i < record.size(); ++i) columns.push_back(i);
    } else {
        for (const std::string& name : options_.fields)
            for (std::size_t i = 0; i < record.size(); ++i)
                if (type.fields[i].name == name) columns.push_back(i);
    }
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
    std::string_view rest = buffer_.view();
    while (!rest.empty() && !closed_ && write_error_.empty()) {
        const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            closed_ = true;
        } else if (errno != EINTR) {
            write_error_ = std::strerror(errno);
        }
    }
    buffer_.clear();
}

}  // namespace fid::report
