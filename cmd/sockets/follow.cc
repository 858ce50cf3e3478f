// SPDX-License-Identifier: MIT
#include "cmd/sockets/follow.h"

#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <ctime>
#include <string>
#include <string_view>

#include "cmd/sockets/changes.h"
#include "cmd/sockets/show.h"
#include "report/calendar.h"
#include "report/interrupt.h"

namespace fid::cmd::sockets {
namespace {

using Clock = std::chrono::steady_clock;

/// Ctrl-C ends it early.
void sleep_for(std::chrono::nanoseconds time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    const timespec span{.tv_sec = seconds.count(), .tv_nsec = (time - seconds).count()};
    if (!report::interrupted()) (void)nanosleep(&span, nullptr);
}

std::size_t terminal_lines() {
    winsize size{};
    constexpr std::size_t usual = 24;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row != 0 ? size.ws_row : usual;
}

/// Draws over what stood there before: from the top, each line cleared to its end, then all below.
void draw(report::Output& out, const core::Snapshot& snapshot, Names& names, const Settings& settings) {
    const Layout layout = layout_of(settings);
    const std::size_t lines = terminal_lines();
    write_sockets(out, snapshot, names, layout, lines);
    const std::string table = out.text().take();
    Text& text = out.text();
    text.clear();
    text.put("\x1b[H");
    report::Calendar calendar(report::Calendar::Zone::local);
    calendar.clock(static_cast<std::int64_t>(std::time(nullptr)), text);
    text.put("  ");
    text.number(snapshot.sockets.size());
    text.put(snapshot.sockets.size() == 1 ? " socket" : " sockets");
    if (!settings.filter_text.empty()) {
        text.put(": ");
        text.escaped(settings.filter_text);
    }
    text.put("\x1b[K\n");
    constexpr std::size_t around = 2;  // our heading, and the line the cursor waits in
    std::size_t room = lines > around ? lines - around : 1;
    for (std::string_view rest = table; !rest.empty() && room != 0; --room) {
        const std::size_t end = rest.find('\n');
        text.put(rest.substr(0, end));
        text.put("\x1b[K\n");
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    text.put("\x1b[J");
    out.flush();
}

}  // namespace

Status watch(Context& context, const Settings& settings) {
    const core::Query query = settings.make_query();
    const bool drawing = context.out.terminal() && context.out.plain_text();
    context.out.live(true);
    Names names;
    std::vector<report::Record> before;
    bool first = true;
    while (!report::interrupted() && !context.out.closed()) {
        const auto snapshot = core::take_snapshot(query);
        if (!snapshot) return context.log.error(snapshot.error());
        if (first && !drawing) warn_about(context, *snapshot);
        if (drawing) {
            if (settings.resolve) names.find_hosts(*snapshot);
            if (first) context.out.text().put("\x1b[2J");
            draw(context.out, *snapshot, names, settings);
        } else {
            auto now = records_of(*snapshot, names, settings);
            if (!first)
                for (const report::Record& change : compare(before, now)) write_change(context.out, change);
            before = std::move(now);
        }
        first = false;
        sleep_for(settings.interval);
    }
    return Status::success;
}

Status wait(Context& context, const Settings& settings) {
    // Cheap enough to be asked twenty times a second: the kernel only looks at listeners.
    constexpr std::chrono::milliseconds pause(50);
    core::Query query = settings.make_query();
    query.holders = false;
    const auto started = Clock::now();
    for (;;) {
        auto snapshot = core::take_snapshot(query);
        if (!snapshot) return context.log.error(snapshot.error());
        if (!snapshot->sockets.empty()) break;
        if (report::interrupted()) return Status::interrupted;
        if (settings.timeout && Clock::now() - started >= *settings.timeout)
            return context.log.error({Status::timeout,
                                      "nothing listens that fits",
                                      settings.filter_text,
                                      "waited " + std::string(context.args.value("--timeout")),
                                      {}});
        sleep_for(settings.timeout ? std::min<std::chrono::nanoseconds>(pause, *settings.timeout) : pause);
    }
    // Once more, now with the processes.
    query.holders = settings.query.holders;
    const auto snapshot = core::take_snapshot(query);
    if (!snapshot) return context.log.error(snapshot.error());
    warn_about(context, *snapshot);
    Names names;
    show(context, *snapshot, names, settings);
    return Status::success;
}

}  // namespace fid::cmd::sockets
