// SPDX-License-Identifier: MIT
#include "report/block.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

#include "report/terminal.h"

namespace fid::report {
namespace {

void put_real(double value, unsigned digits, Text& out) {
    std::array<char, 64> buffer{};
    const int size = std::snprintf(buffer.data(), buffer.size(), "%.*f", static_cast<int>(digits), value);
    out.put(std::string_view(buffer.data(), std::min(buffer.size() - 1, static_cast<std::size_t>(size))));
}

}  // namespace

Block::Block(Output& out, std::size_t column, std::size_t indent)
    : out_(out), column_(column), indent_(indent), room_(std::numeric_limits<std::size_t>::max()) {
    constexpr std::size_t least = 20;  // breaking at less is worse than what the terminal does by itself
    const std::size_t width = out.terminal() ? out.columns() : 0;
    if (width >= column + least) room_ = width - column;
}

void Block::put_label(std::string_view label) {
    Text& text = out_.text();
    text.fill(' ', indent_);
    if (!label.empty()) {
        out_.style(Style::name);
        text.put(label);
        out_.style(Style::plain);
    }
    const std::size_t at = indent_ + label.size();
    text.fill(' ', at < column_ ? column_ - at : 1);
}

void Block::line(std::string_view label, std::string_view value) {
    if (value.empty()) return;
    Text safe;
    safe.escaped(value);
    std::string_view rest = safe.view();
    put_label(label);
    while (text_columns(rest) > room_) {
        const std::size_t blank = rest.rfind(' ', room_);
        if (blank == std::string_view::npos || blank == 0) break;
        out_.text().put(rest.substr(0, blank));
        out_.text().put('\n');
        out_.text().fill(' ', column_);
        rest.remove_prefix(blank + 1);
    }
    out_.text().put(rest);
    out_.text().put('\n');
    out_.line_done();
}

void Block::count(std::string_view label, std::uint64_t value, std::string_view unit) {
    line(label, std::to_string(value) + std::string(unit));
}

void Block::size(std::string_view label, std::uint64_t bytes) {
    static constexpr std::array<std::string_view, 5> units{" KiB", " MiB", " GiB", " TiB", " PiB"};
    Text text;
    text.number(bytes);
    text.put(" bytes");
    double shown = static_cast<double>(bytes) / 1024;
    if (shown >= 10) {
        std::size_t unit = 0;
        for (; shown >= 1024 && unit + 1 < units.size(); ++unit) shown /= 1024;
        text.put(" (");
        put_real(shown, 1, text);
        text.put(units[unit]);
        text.put(')');
    }
    line(label, text.view());
}

void Block::real(std::string_view label, double value, unsigned digits, std::string_view unit) {
    Text text;
    put_real(value, digits, text);
    text.put(unit);
    line(label, text.view());
}

}  // namespace fid::report
