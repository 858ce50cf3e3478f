// SPDX-License-Identifier: MIT
#include "probe/session.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "probe/prober.h"

namespace fid::probe {
namespace {

constexpr Nanoseconds longest_sleep = 500'000'000;
constexpr Nanoseconds no_room_sleep = 1'000'000;
constexpr int sends_between_reads = 64;

class Session {
  public:
    Session(std::span<const Target> targets, const Settings& settings, const Watcher& watcher)
        : settings_(settings),
          watcher_(watcher),
          targets_(targets),
          schedule_(targets.size(), settings.plan),
          poll_(epoll_create1(EPOLL_CLOEXEC)) {
        outcomes_.tallies.resize(targets.size());
        announced_.resize(targets.size());
    }

    Result<Outcomes> run() {
        if (const auto opened = open(); !opened) return std::unexpected(opened.error());
        const Nanoseconds begin = steady_now();
        const Nanoseconds end = settings_.deadline ? begin + *settings_.deadline : Schedule::never;
        while (!schedule_.done()) {
            if (steady_now() >= end || (watcher_.stop && watcher_.stop())) break;
            send_due();
            if (!schedule_.done()) read_until(std::min(end, schedule_.wake_at()));
            give_up_expired();
        }
        outcomes_.duration = steady_now() - begin;
        for (std::uint32_t i = 0; i < targets_.size(); ++i) outcomes_.tallies[i].under_way = schedule_.waiting(i);
        return std::move(outcomes_);
    }

  private:
    Result<void> open() {
        if (!poll_.valid()) return fail_errno(Status::cannot_connect, "cannot open", "an epoll descriptor", errno);
        Prober::World world{settings_,
                            targets_,
                            poll_.get(),
                            [this](const ProbeMark& probe) { note_sent(probe); },
                            [this](const Answer& answer) { take(answer); },
                            [this](std::uint32_t target) { return schedule_.presumed(target); }};
        auto made = settings_.method == Method::icmp  ? make_icmp_prober(std::move(world))
                    : settings_.method == Method::tcp ? make_tcp_prober(std::move(world))
                                                      : make_udp_prober(std::move(world));
        if (!made) return std::unexpected(made.error());
        prober_ = std::move(*made);
        return {};
    }

    void send_due() {
        for (int i = 0; i < sends_between_reads && prober_->has_room(); ++i) {
            const auto probe = schedule_.next(steady_now());
            if (!probe) return;
            prober_->send(*probe);
        }
    }

    void note_sent(const ProbeMark& probe) {
        schedule_.sent(probe, now());
        ++outcomes_.tallies[probe.target].sent;
    }

    void read_until(Nanoseconds wake) {
        const Nanoseconds at = steady_now();
        Nanoseconds sleep = std::min(std::max(wake, at) - at, longest_sleep);
        if (!prober_->has_room()) sleep = std::max(sleep, no_room_sleep);
        if (sleep > 0 && watcher_.before_wait) watcher_.before_wait();
        const timespec timeout{sleep / 1'000'000'000, sleep % 1'000'000'000};
        const int count =
            epoll_pwait2(poll_.get(), events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
        for (int i = 0; i < count; ++i) prober_->ready(events_[static_cast<std::size_t>(i)].data.u64);
    }

    void give_up_expired() {
        while (const auto probe = schedule_.expired(steady_now())) {
            prober_->give_up(*probe);
            tell({.target = probe->target, .sequence = probe->sequence, .outcome = Outcome::lost});
        }
    }

    void take(const Answer& answer) {
        const bool positive = answer.outcome != Outcome::error;
        const Answered answered = schedule_.answer(answer.target, answer.sequence, positive);
        if (answered.arrival == Arrival::unknown) return;
        Event event{.target = answer.target, .sequence = answered.sequence, .outcome = answer.outcome};
        event.from = answer.from;
        event.hops = answer.hops;
        event.size = answer.size;
        event.damaged_at = answer.damaged_at;
        event.error = answer.error;
        event.time = round_trip(answered.sent, answer.stamp);
        Tally& tally = outcomes_.tallies[answer.target];
        if (!positive) {
            if (answered.arrival == Arrival::duplicate) return;  // a second complaint about one probe
            ++tally.errors;
            tally.last_error = answer.error;
            tally.error_from = answer.from;
        } else if (answered.arrival == Arrival::duplicate) {
            event.outcome = Outcome::duplicate;
            ++tally.duplicates;
        } else if (answered.arrival == Arrival::fresh) {
            ++tally.received;
            tally.refused = answer.outcome == Outcome::refused;
            if (answer.damaged_at) ++tally.damaged;
            tally.times.add(*event.time);
        } else {
            event.outcome = Outcome::late;
            ++tally.late;
        }
        tell(event);
    }

    void tell(const Event& event) {
        const Tally& tally = outcomes_.tallies[event.target];
        if (watcher_.on_event) watcher_.on_event(event, tally);
        if (announced_[event.target] || !schedule_.done(event.target)) return;
        announced_[event.target] = true;
        if (watcher_.on_target_done) watcher_.on_target_done(event.target, tally);
    }

    const Settings& settings_;
    const Watcher& watcher_;
    TargetTable targets_;
    Schedule schedule_;
    transport::Descriptor poll_;
    std::unique_ptr<Prober> prober_;
    Outcomes outcomes_;
    std::vector<bool> announced_;
    std::array<epoll_event, 256> events_{};
};

}  // namespace

Result<Outcomes> run_session(std::span<const Target> targets, const Settings& settings, const Watcher& watcher) {
    return Session(targets, settings, watcher).run();
}

}  // namespace fid::probe
