// SPDX-License-Identifier: MIT
#include "report/table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "report/style.h"
#include "report/terminal.h"

namespace fid::report {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 6;  // a column cut further says nothing

}  // namespace

Table::Table(std::vector<Column> columns, std::size_t width, bool color)
    : columns_(std::move(columns)), widths_(columns_.size()), cut_(columns_.size()), width_(width), color_(color) {
    for (std::size_t i = 0; i < columns_.size(); ++i) widths_[i] = text_columns(columns_[i].heading);
}

void Table::row(std::vector<std::string> cells, Text& out, bool live) {
    cells.resize(columns_.size());
    if (begun_) {
        put(cells, escape_sequence(Style::name), out);
        return;
    }
    held_.push_back(std::move(cells));
    if (live || held_.size() >= look_ahead) finish(out);
}

void Table::finish(Text& out) {
    if (held_.empty()) return;
    settle();
    begun_ = true;
    std::vector<std::string> headings;
    for (const Column& column : columns_) headings.emplace_back(column.heading);
    if (color_) out.put(escape_sequence(Style::heading));
    put(headings, {}, out);
    for (const auto& cells : held_) put(cells, escape_sequence(Style::name), out);
    held_.clear();
    held_.shrink_to_fit();
}

/// Widths from the rows held back; then the widest column gives way until the line fits or nothing more can.
void Table::settle() {
    for (const auto& cells : held_)
        for (std::size_t i = 0; i < cells.size(); ++i) widths_[i] = std::max(widths_[i], text_columns(cells[i]));
    const std::size_t gaps = widths_.empty() ? 0 : (widths_.size() - 1) * gap;
    while (std::accumulate(widths_.begin(), widths_.end(), gaps) > width_) {
        const auto widest = std::ranges::max_element(widths_);
        if (widest == widths_.end() || *widest <= narrowest) break;
        --*widest;
        cut_[static_cast<std::size_t>(widest - widths_.begin())] = true;
    }
}

void Table::put(const std::vector<std::string>& cells, std::string_view first_style, Text& out) const {
    std::size_t due = 0;  // blanks that are only written if something follows
    const std::size_t last = cells.size() - 1;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        // Where the terminal has room a late cell that is longer than all before it stays whole.
        const std::string cell = cut_[i] ? fitted(cells[i], widths_[i]) : cells[i];
        const std::size_t blanks = widths_[i] - std::min(widths_[i], text_columns(cell));
        if (!cell.empty()) {
            out.fill(' ', due + (columns_[i].right ? blanks : 0));
            due = 0;
            if (color_ && i == 0) out.put(first_style);
            out.put(cell);
            if (color_ && i == 0 && !first_style.empty()) out.put(escape_sequence(Style::plain));
        }
        due += (cell.empty() || !columns_[i].right ? blanks : 0) + (i == last ? 0 : gap);
    }
    if (color_ && first_style.empty()) out.put(escape_sequence(Style::plain));
    out.put('\n');
}

}  // namespace fid::report
