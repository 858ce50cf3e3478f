// SPDX-License-Identifier: MIT
#include "cmd/resolve/watch.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

#include "cmd/resolve/layout.h"
#include "cmd/resolve/record.h"
#include "cmd/values.h"
#include "dns/comparison.h"
#include "report/calendar.h"
#include "report/interrupt.h"

namespace fid::cmd::resolve {
namespace {

using report::Field;
using report::Type;
using Clock = std::chrono::steady_clock;

constexpr std::array watch_fields{
    Field{"time", Type::time, "when the answer came"},
    Field{"name", Type::text, "the name that was asked for"},
    Field{"qtype", Type::text, "the type that was asked for"},
    Field{"server", Type::text, "who answered, or was asked last"},
    Field{"status", Type::text, "the answer's code, or why there is none"},
    Field{"changed", Type::text, "first, same or changed"},
    Field{"data", Type::text, "of the records, in their order"},
};

/// One question to one server, and what it came to the last time.
struct Watched {
    bool seen = false;
    std::string status;
    std::vector<std::string> records;
    unsigned changes = 0;
};

/// The time of day here.
std::string clock_now() {
    report::Calendar calendar(report::Calendar::Zone::local);
    Text text;
    calendar.clock(std::time(nullptr), text);
    return text.take();
}

class Watching {
  public:
    Watching(Context& context, const Settings& settings, std::chrono::nanoseconds interval, std::uint64_t count)
        : out_(context.out), settings_(settings), interval_(interval), count_(count) {
        out_.live(true);
    }

    Status run() {
        auto next = Clock::now();
        for (rounds_ = 1;; ++rounds_) {
            std::size_t index = 0;
            last_.clear();
            ask_all(settings_, [&](const Outcome& outcome) {
                if (index == watched_.size()) watched_.emplace_back();
                take(outcome, watched_[index++]);
                return !out_.closed();
            });
            if (rounds_ == count_ || out_.closed() || report::interrupted()) break;
            next = std::max(next + interval_, Clock::now());
            if (!wait_until(next)) break;
        }
        if (out_.terminal() && out_.plain_text()) put_line("\n");
        return status();
    }

  private:
    /// False at Ctrl-C.
    static bool wait_until(Clock::time_point when) {
        while (!report::interrupted()) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - Clock::now()).count();
            if (left <= 0) return true;
            constexpr std::int64_t longest = 60'000;
            pollfd waiting{report::interrupt_descriptor(), POLLIN, 0};
            poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, longest)));
        }
        return false;
    }

    void take(const Outcome& outcome, Watched& watched) {
        Watched current;
        current.seen = true;
        current.changes = watched.changes;
        if (outcome.answer) {
            dns::Saying saying;
            dns::add_answer(saying, outcome.answer->message(), false);
            current.status = dns::rcode_text(outcome.rcode());
            current.records = std::move(saying.records);
        } else {
            current.status = dns_failure(outcome);
        }
        const bool changed = watched.seen && (watched.status != current.status || watched.records != current.records);
        if (changed) ++current.changes;
        tell(outcome, watched, current, changed);
        watched = std::move(current);
        last_.push_back({outcome.group, outcome.status()});
    }
    static std::string dns_failure(const Outcome& outcome) {
        return std::string(describe(outcome.answer.error().status).name);
    }

    void tell(const Outcome& outcome, const Watched& before, const Watched& current, bool changed) {
        if (out_.plain_text() && out_.terminal()) return draw(outcome, before, current, changed);
        if (out_.format() != report::Format::text) {
            report::Record record = resolve::describe(outcome, settings_);
            record.set("time", report::utc_now()).set("changed", changed);
            return out_.write(record);
        }
        report::Record line(watch_record);
        line.set("time", report::utc_now());
        line.set("name", report::Value::notation(shown_name(outcome.question.name, settings_, out_)));
        line.set("qtype", dns::type_text(outcome.question.type)).set("server", outcome.server.text());
        line.set("status", current.status).set("changed", changed ? "changed" : before.seen ? "same" : "first");
        std::string data;
        for (const std::string& record : current.records) data += (data.empty() ? "" : "; ") + record;
        line.set("data", report::Value::notation(std::move(data)));
        static constexpr std::array<std::string_view, 7> columns{"time",   "name",    "qtype", "server",
                                                                 "status", "changed", "data"};
        out_.plain_text() ? out_.write_row(line, columns) : out_.write(line);
    }

    void put_line(std::string_view text) {
        out_.text().put(text);
        out_.line_done();
    }

    /// What is new stands above the line that is kept up to date.
    void draw(const Outcome& outcome, const Watched& before, const Watched& current, bool changed) {
        Text& text = out_.text();
        text.put("\r\x1b[K");
        const std::string what = shown_name(outcome.question.name, settings_, out_) + " " +
                                 dns::type_text(outcome.question.type) + " by " + outcome.server.text();
        if (changed || !before.seen) {
            text.put(clock_now() + "  " + what + ": " + current.status + "\n");
            put_records("  - ", before.records, current.records);
            put_records(before.seen ? "  + " : "    ", current.records, before.records);
        }
        text.put("asked " + std::to_string(rounds_) + (rounds_ == 1 ? " time" : " times") + ", last at " + clock_now() +
                 ", " + std::to_string(changes(changed)) + (changes(changed) == 1 ? " change" : " changes"));
        if (outcome.answer) {
            text.put(", ");
            report::Value(rounded_ms(outcome.answer->rtt)).write_plain(text, false);
            text.put(" ms");
        }
        out_.line_done();
    }

    void put_records(std::string_view sign, const std::vector<std::string>& these,
                     const std::vector<std::string>& without) {
        std::vector<std::string> left;
        std::ranges::set_difference(these, without, std::back_inserter(left));
        for (const std::string& record : left) {
            out_.text().put(sign);
            out_.text().put(record);
            out_.text().put('\n');
        }
    }

    [[nodiscard]] unsigned changes(bool one_more) const {
        unsigned sum = one_more ? 1 : 0;
        for (const Watched& each : watched_) sum += each.changes;
        return sum;
    }

    /// A and AAAA that were not asked for by name are one question.
    [[nodiscard]] Status status() const {
        std::optional<Status> all;
        for (std::size_t group = 0; group < settings_.groups.size(); ++group) {
            std::optional<Status> one;
            for (const auto& [of, status] : last_) {
                if (of != group) continue;
                const bool better = status == Status::success && settings_.groups[group].any_will_do;
                if (!one || better)
                    one = status;
                else if (*one != status && !(settings_.groups[group].any_will_do && *one == Status::success))
                    one = Status::partial;
            }
            if (one) all = !all || *all == *one ? *one : Status::partial;
        }
        return all.value_or(Status::interrupted);
    }

    report::Output& out_;
    const Settings& settings_;
    std::chrono::nanoseconds interval_;
    std::uint64_t count_;
    std::uint64_t rounds_ = 0;
    std::vector<Watched> watched_;
    std::vector<std::pair<std::size_t, Status>> last_;  ///< of this round: group and status
};

}  // namespace

constinit const report::RecordType watch_record{"watched", "--watch: one answer.", watch_fields};

std::vector<Option> watch_options() {
    return {{.names = "--watch",
             .value = "TIME",
             .help = "ask again every TIME, and tell what changes",
             .group = "Many servers"},
            {.names = "--count", .value = "N", .help = "--watch: so many times", .group = "Many servers"}};
}

Status watch(Context& context, const Settings& settings) {
    const auto interval = read_duration("--watch", context.args.value("--watch"));
    if (!interval) return context.log.error(interval.error());
    std::uint64_t count = 0;
    if (context.args.has("--count")) {
        const auto read = read_count("--count", context.args.value("--count"), 1);
        if (!read) return context.log.error(read.error());
        count = *read;
    }
    if (interval->count() <= 0)
        return context.log.error({Status::usage, "--watch wants a time to wait between two questions", {}, {}, {}});
    return Watching(context, settings, *interval, count).run();
}

}  // namespace fid::cmd::resolve
