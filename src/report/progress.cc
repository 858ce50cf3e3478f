// SPDX-License-Identifier: MIT
#include "report/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "report/text.h"

namespace fid::report {
namespace {

using namespace std::chrono_literals;

constexpr auto silence_at_first = 1s;
constexpr auto redraw_interval = 100ms;

std::size_t columns() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void emit(std::string_view text) {
    // Progress that cannot be shown is not worth an error.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

Progress::Progress(std::string label, std::uint64_t total, bool quiet)
    : label_(std::move(label)),
      total_(total),
      started_(std::chrono::steady_clock::now()),
      next_(started_ + silence_at_first),
      active_(!quiet && isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) != 1) {}

Progress::~Progress() {
    if (drawn_) emit("\r\x1b[K");
}

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
    if (line.size() >= columns()) line.truncate(columns() - 1);
    drawn_ = true;
    emit("\r" + std::string(line.view()) + "\x1b[K");
}

}  // namespace fid::report
