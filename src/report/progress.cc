// SPDX-License-Identifier: MIT
#include "report/progress.h"

#include <unistd.h>

#include <algorithm>

#include "report/terminal.h"
#include "report/text.h"

namespace fid::report {
namespace {

using namespace std::chrono_literals;

constexpr auto silence_at_first = 1s;
constexpr auto redraw_interval = 100ms;

void emit(std::string_view text) {
    // Progress that cannot be shown is not worth an error.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

bool line_drawn = false;  // there is one standard error, so there is one line

}  // namespace

void clear_progress() {
    if (line_drawn) emit("\r\x1b[K");
    line_drawn = false;
}

Progress::Progress(std::string label, std::uint64_t total, Results results, bool quiet)
    : label_(std::move(label)),
      total_(total),
      started_(std::chrono::steady_clock::now()),
      next_(started_ + silence_at_first),
      active_(!quiet && isatty(STDERR_FILENO) == 1 && (results == Results::after || isatty(STDOUT_FILENO) != 1)) {}

Progress::~Progress() { clear_progress(); }

void Progress::update(std::uint64_t done) {
    if (!active_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + redraw_interval;
    draw(done, now - started_);
}

void Progress::draw(std::uint64_t done, std::chrono::steady_clock::duration elapsed) {
    Text line;
    line.escaped(label_);
    const double seconds = std::chrono::duration<double>(elapsed).count();
    if (total_ != 0) {
        const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
        constexpr std::size_t bar_width = 30;
        const auto filled = static_cast<std::size_t>(share * static_cast<double>(bar_width));
        line.put(" [");
        line.fill('#', filled);
        line.fill('.', bar_width - filled);
        line.put("] ");
        line.number(static_cast<std::uint64_t>(share * 100));
        line.put("% ");
        if (share > 0) {
            line.number(static_cast<std::uint64_t>(seconds / share * (1 - share)));
            line.put(" s left");
        }
    } else {
        line.put(' ');
        line.number(done);
        line.put(" in ");
        line.number(static_cast<std::uint64_t>(seconds));
        line.put(" s");
    }
    const std::size_t room = terminal_columns(STDERR_FILENO).value_or(80) - 1;
    line_drawn = true;
    emit("\r" + fitted(line.view(), room) + "\x1b[K");
}

}  // namespace fid::report
