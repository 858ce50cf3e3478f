// SPDX-License-Identifier: MIT
#include "cmd/ping/sweep.h"

#include <algorithm>
#include <optional>

#include "cmd/ping/layout.h"
#include "cmd/ping/record.h"
#include "report/interrupt.h"
#include "report/progress.h"

namespace fid::cmd::ping {
namespace {

using probe::Event;
using probe::Tally;

constexpr std::uint64_t tries = 3;  // of each of several targets

/// Whom the lines are for.
enum class Manner : std::uint8_t {
    one,    ///< every answer, then the statistics
    count,  ///< several targets, each probed -c times: their accounts at the end
    sweep,  ///< who is up? A target is done when it answered
};

class Run {
  public:
    Run(Context& context, const Options& options, const TargetList& list)
        : out_(context.out),
          log_(context.log),
          options_(options),
          settings_(options.probe),
          list_(list),
          told_(list.targets.size()) {
        const bool chosen = options.only_up || options.only_down;
        if (chosen || (list.several && !options.count)) {
            manner_ = Manner::sweep;
            settings_.plan.until_answer = true;
            settings_.plan.count = options.count.value_or(tries);
            // The next try is for the case that nothing came.
            if (!options.interval_given) settings_.plan.interval = settings_.plan.wait;
        } else {
            manner_ = list.several ? Manner::count : Manner::one;
            settings_.plan.count = options.count.value_or(0);
        }
        if (list.targets.size() > 1)
            progress_.emplace("probing", list.targets.size(), report::Results::meanwhile, out_.options().quiet);
    }

    Status run() {
        if (manner_ == Manner::one && is_text()) put_heading(out_.text(), list_.targets[0], settings_);
        out_.flush();
        probe::Watcher watcher;
        watcher.before_wait = [this] { out_.flush(); };
        watcher.on_event = [this](const Event& event, const Tally&) { tell_event(event); };
        watcher.on_target_done = [this](std::uint32_t target, const Tally& tally) { target_done(target, tally); };
        watcher.stop = [this] { return report::interrupted() || out_.closed(); };
        const auto outcomes = run_session(list_.targets, settings_, watcher);
        if (!outcomes) return log_.error(outcomes.error());
        progress_.reset();
        tell_rest(*outcomes);
        return summarise(*outcomes);
    }

  private:
    [[nodiscard]] bool is_text() const { return out_.format() == report::Format::text; }
    [[nodiscard]] bool only_some() const { return options_.only_up || options_.only_down; }

    void tell_event(const Event& event) {
        if (only_some() || out_.format() == report::Format::csv) return;
        if (!is_text()) {
            out_.write(describe_event(event, list_.targets[event.target], settings_));
            return;
        }
        if (out_.options().quiet || (manner_ != Manner::one && log_.verbose() == 0)) return;
        put_event(out_.text(), event, list_.targets[event.target], settings_);
        out_.line_done();
    }

    void target_done(std::uint32_t target, const Tally& tally) {
        if (progress_) progress_->update(++done_);
        if (manner_ == Manner::sweep) tell_target(target, tally, true);
    }

    /// The account or the verdict, where it is asked for.
    void tell_target(std::uint32_t index, const Tally& tally, bool decided) {
        told_[index] = true;
        const probe::Target& target = list_.targets[index];
        if (options_.only_up && !tally.up()) return;
        if (options_.only_down && (tally.up() || !decided)) return;
        Text& text = out_.text();
        if (!is_text()) {
            out_.write(describe_target(target, tally, settings_, decided));
            return;
        }
        if (only_some()) {
            text.escaped(target.name);
            text.put('\n');
        } else if (manner_ == Manner::count) {
            put_account(text, target, tally);
        } else if (manner_ == Manner::sweep && (decided || tally.up())) {
            put_verdict(out_, target, tally, settings_);
        }
        out_.line_done();
    }

    /// Those whose probing was cut short, and those whose account comes last.
    void tell_rest(const probe::Outcomes& outcomes) {
        for (std::uint32_t i = 0; i < list_.targets.size(); ++i) {
            if (told_[i]) continue;
            const Tally& tally = outcomes.tallies[i];
            tell_target(i, tally, tally.sent > tally.under_way);
        }
    }

    Status summarise(const probe::Outcomes& outcomes) {
        std::uint64_t up = 0, sent = 0, received = 0;
        for (const Tally& tally : outcomes.tallies) {
            if (tally.up()) ++up;
            sent += tally.sent;
            received += tally.received;
        }
        const std::uint64_t down = outcomes.tallies.size() - up;
        if (manner_ == Manner::one && is_text()) {
            put_statistics(out_.text(), list_.targets[0], outcomes.tallies[0], outcomes.duration);
        } else if (out_.format() == report::Format::json) {
            report::Record record(summary_record);
            record.set("targets", outcomes.tallies.size()).set("up", up).set("down", down);
            record.set("unknown", list_.unknown).set("sent", sent).set("received", received);
            record.set("duration_s", static_cast<double>(outcomes.duration) / 1e9);
            out_.write(record);
        } else if (is_text() && out_.terminal() && !only_some() && !out_.options().quiet) {
            Text& text = out_.text();
            text.number(up);
            text.put(" up, ");
            text.number(down);
            text.put(" down\n");
        }
        return down == 0 ? Status::success : Status::negative;
    }

    report::Output& out_;
    report::Diagnostics& log_;
    const Options& options_;
    probe::Settings settings_;
    const TargetList& list_;
    Manner manner_ = Manner::one;
    std::vector<bool> told_;
    std::optional<report::Progress> progress_;
    std::uint64_t done_ = 0;
};

}  // namespace

Status probe_targets(Context& context, const Options& options, const TargetList& list) {
    return Run(context, options, list).run();
}

}  // namespace fid::cmd::ping
