// SPDX-License-Identifier: MIT
#include "cmd/fetch/bars.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "report/terminal.h"
#include "report/text.h"

namespace fid::cmd::fetch {
namespace {

using namespace std::chrono_literals;

constexpr auto silence_at_first = 1s;
constexpr auto redraw_interval = 100ms;
constexpr std::size_t most_lines = 16;

void emit(std::string_view text) {
    // Progress that cannot be shown is not worth an error.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

/// "12.3 MiB"
void put_size(Text& line, std::uint64_t bytes) {
    static constexpr std::array<std::string_view, 5> units{" B", " KiB", " MiB", " GiB", " TiB"};
    std::size_t unit = 0;
    std::uint64_t tenths = bytes * 10;
    while (tenths >= 10'240 && unit + 1 < units.size()) {
        tenths /= 1024;
        ++unit;
    }
    line.number(tenths / 10);
    if (unit != 0) {
        line.put('.');
        line.number(tenths % 10);
    }
    line.put(units[unit]);
}

void put_state(Text& line, std::uint64_t done, std::uint64_t whole, double seconds) {
    if (whole != 0) {
        constexpr std::size_t width = 20;
        const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(whole));
        const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
        line.put(" [");
        line.fill('#', filled);
        line.fill('.', width - filled);
        line.put("] ");
        line.number(static_cast<std::uint64_t>(share * 100));
        line.put('%');
    }
    line.put("  ");
    put_size(line, done);
    if (seconds <= 0) return;
    const double rate = static_cast<double>(done) / seconds;
    line.put("  ");
    put_size(line, static_cast<std::uint64_t>(rate));
    line.put("/s");
    if (whole > done && rate > 0) {
        line.put("  ");
        line.number(static_cast<std::uint64_t>(static_cast<double>(whole - done) / rate));
        line.put(" s left");
    }
}

}  // namespace

Bars::Bars(bool enabled, std::uint64_t all)
    : enabled_(enabled && isatty(STDERR_FILENO) == 1),
      all_(all),
      begun_(Clock::now()),
      next_(begun_ + silence_at_first) {}

void Bars::begin(std::uint64_t number, std::string label) {
    if (enabled_) bars_[number] = {std::move(label), 0, 0, Clock::now()};
}

void Bars::update(std::uint64_t number, std::uint64_t done, std::uint64_t whole) {
    if (const auto found = bars_.find(number); found != bars_.end()) {
        found->second.done = done;
        found->second.whole = whole;
    }
}

void Bars::end(std::uint64_t number) {
    const auto found = bars_.find(number);
    if (found == bars_.end()) return;
    ++ended_;
    ended_bytes_ += found->second.done;
    bars_.erase(found);
}

void Bars::clear() {
    if (drawn_ == 0) return;
    emit("\r\x1b[K");
    for (std::size_t i = 1; i < drawn_; ++i) emit("\x1b[A\x1b[K");
    drawn_ = 0;
}

void Bars::draw() {
    if (!enabled_ || bars_.empty()) return;
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + redraw_interval;
    clear();
    const std::size_t room = report::terminal_columns(STDERR_FILENO).value_or(80) - 1;
    std::string lines;
    std::uint64_t done = ended_bytes_;
    for (const auto& [number, bar] : bars_) {
        done += bar.done;
        if (drawn_ == most_lines) continue;
        Text line;
        line.escaped(bar.label);
        put_state(line, bar.done, bar.whole, std::chrono::duration<double>(now - bar.begun).count());
        if (drawn_++ != 0) lines += '\n';
        lines += report::fitted(line.view(), room);
    }
    if (all_ > 1) {
        Text line;
        line.put("total: ");
        line.number(ended_);
        line.put(" of ");
        line.number(all_);
        put_state(line, done, 0, std::chrono::duration<double>(now - begun_).count());
        lines += '\n' + report::fitted(line.view(), room);
        ++drawn_;
    }
    emit(lines);
}

}  // namespace fid::cmd::fetch
