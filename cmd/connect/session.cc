// SPDX-License-Identifier: MIT
#include "cmd/connect/session.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "cmd/connect/throttle.h"

namespace fid::cmd::connect {
namespace {

using transport::Clock;
using transport::Ending;
using transport::PumpCount;
using transport::PumpOptions;
using transport::Stream;
using transport::Task;

/// CR LF for each LF, also where the two stand in different blocks; CR LF stays as it is.
class CrlfFilter {
  public:
    Bytes operator()(Bytes bytes) {
        out_.clear();
        for (const std::uint8_t byte : bytes) {
            if (byte == '\n' && last_ != '\r') out_.push_back('\r');
            out_.push_back(byte);
            last_ = byte;
        }
        return out_;
    }

  private:
    std::vector<std::uint8_t> out_;
    std::uint8_t last_ = 0;
};

/// From one side to the other.
struct Direction {
    explicit Direction(transport::Executor executor) : quiet(executor) {}

    Stream* from = nullptr;
    Stream* to = nullptr;
    bool wanted = true;    ///< neither --send-only nor --recv-only excludes it
    bool to_user = false;  ///< standard output
    PumpCount count;
    bool running = false;
    std::optional<Error> error;
    std::optional<Error> verdict;  ///< how what stands behind `from` went: a program's exit status
    transport::Timer quiet;        ///< until the end may be said; cancelled when the other direction ends
};

/// What the two directions and the one who waits for both share.
struct Both {
    explicit Both(transport::Executor executor) : changed(executor), up(executor), down(executor) {}
    transport::Timer changed;  ///< cancelled whenever a direction ends
    Direction up, down;        ///< from the local side to the remote, and back
};

Clock::duration clock_time(std::chrono::nanoseconds time) { return std::chrono::duration_cast<Clock::duration>(time); }

/// The source has ended; to say so now would cost what is still coming from where it is said.
Task<Result<void>> finish_when_quiet(Direction& way, const Direction& back, std::chrono::nanoseconds linger) {
    const auto ended = Clock::now();
    while (back.running) {
        const auto due = std::max(ended, back.count.last) + clock_time(linger);
        if (Clock::now() >= due) break;
        way.quiet.expires_at(due);
        co_await way.quiet.async_wait(transport::as_task);
    }
    auto finished = co_await way.to->finish();
    way.count.last = Clock::now();
    co_return finished;
}

Task<void> run(std::shared_ptr<Both> both, Direction& way, Direction& back, PumpOptions options,
               std::chrono::nanoseconds linger) {
    const std::uint64_t limit = options.limit;
    if (way.wanted) {
        // Where the source is closed as a whole nothing more can come of waiting.
        const bool wait = way.to->ending() == Ending::shared && way.from->ending() != Ending::shared;
        options.finish = !wait;
        auto pumping = transport::pump(*way.from, *way.to, std::move(options), way.count);
        auto done = co_await std::move(pumping);
        if (done && wait) {
            auto finishing = finish_when_quiet(way, back, linger);
            done = co_await std::move(finishing);
        }
        if (!done) way.error = std::move(done.error());
        both->changed.cancel();
    }
    auto concluded = co_await way.from->conclude();
    // A program that was cut short is not to blame for how it ended.
    if (!concluded && !way.error && way.count.bytes < limit) way.verdict = std::move(concluded.error());
    way.running = false;
    back.quiet.cancel();
    both->changed.cancel();
}

/// How long what is still running goes on with nothing passing once one direction is over; nothing = until it ends.
std::optional<std::chrono::nanoseconds> patience(const Both& both, bool terminal, const Settings& settings) {
    if (both.up.running == both.down.running) return std::nullopt;
    const Direction& ended = both.up.running ? both.down : both.up;
    const auto linger = settings.idle ? std::min(settings.linger, *settings.idle) : settings.linger;
    constexpr auto none = std::chrono::nanoseconds::zero();
    const Ending source = ended.from->ending(), told = ended.to->ending();
    if (!ended.wanted && source != Ending::exit) return std::nullopt;
    if (told == Ending::shared || told == Ending::none) return linger;  // its answer, or more answers
    if (source == Ending::shared) return none;                          // it takes nothing more
    if (ended.to_user) return terminal ? none : linger;
    // A program that has exited, a terminal that nobody has open: what is still sent goes nowhere.
    if (source != Ending::each) return linger;
    return std::nullopt;
}

/// When the session is to be ended from here, given that nothing happens from now on.
Clock::time_point last_moment(const Both& both, const std::optional<std::chrono::nanoseconds>& most,
                              Clock::time_point started) {
    if (!most) return Clock::time_point::max();
    return std::max({both.up.count.last, both.down.count.last, started}) + clock_time(*most);
}

/// Nothing can come of going on: a source failed, or a destination did that is ours or that cannot be told. Where a
/// peer only takes no more, it may still have something to say.
bool failed(const Direction& way) {
    if (!way.error) return false;
    if (way.count.source_failed || way.to_user) return true;
    const Status status = way.error->status;
    if (status == Status::success) return false;
    return way.to->ending() == Ending::none || (status != Status::send_failure && status != Status::receive_failure);
}

Outcome conclude(Both& both, bool idle, const Settings& settings) {
    Outcome outcome;
    outcome.sent = both.up.count;
    outcome.received = both.down.count;
    if (idle) {
        outcome.error = Error{Status::timeout, "nothing was sent or received by", settings.endpoint.text(), "idle", {}};
    } else {
        for (const auto* error : {&both.down.error, &both.up.error, &both.down.verdict, &both.up.verdict})
            if (*error && (*error)->status != Status::success && !outcome.error) outcome.error = *error;
    }
    if (outcome.error) outcome.status = outcome.error->status;
    return outcome;
}

}  // namespace

Task<Outcome> talk(transport::Executor executor, Stream& local, Stream& remote, Settings settings) {
    const auto both = std::make_shared<Both>(executor);
    Direction &up = both->up, &down = both->down;
    const bool user = !settings.to, terminal = user && isatty(STDIN_FILENO) == 1;
    const auto started = Clock::now();
    up.from = down.to = &local;
    up.to = down.from = &remote;
    down.to_user = user;
    up.wanted = !settings.receive_only;
    down.wanted = !settings.send_only;
    // Both before either is begun, which may happen at once and go far.
    up.running = down.running = true;
    PumpOptions sending, receiving;
    if (settings.crlf) sending.filter = CrlfFilter();
    // What is counted as sent, and so keeps --idle and --linger from ending it all, is counted by blocks.
    if (settings.flow.rate != 0 && !remote.keeps_boundaries()) sending.block = Pace(settings.flow.rate).piece();
    receiving.limit = settings.max_bytes;
    auto running_up = run(both, up, down, std::move(sending), settings.linger);
    transport::asio::co_spawn(executor, std::move(running_up), transport::asio::detached);
    auto running_down = run(both, down, up, std::move(receiving), settings.linger);
    transport::asio::co_spawn(executor, std::move(running_down), transport::asio::detached);
    bool idle = false, stopped = false;
    const Error over{Status::success, "the session is over", {}, {}, {}};
    while (up.running || down.running) {
        const auto most = stopped ? std::nullopt : patience(*both, terminal, settings);
        const auto stop = last_moment(*both, most ? most : settings.idle, started);
        const bool broken = failed(up) || failed(down);
        const bool enough = !down.running && down.count.bytes >= settings.max_bytes;
        if (!stopped && (broken || enough || Clock::now() >= stop)) {
            idle = !broken && !enough && !most;
            stopped = true;
            local.stop(over);
            remote.stop(over);
        }
        both->changed.expires_at(stopped ? Clock::time_point::max() : stop);
        co_await both->changed.async_wait(transport::as_task);
    }
    Outcome outcome = conclude(*both, idle, settings);
    outcome.started = started;
    outcome.ended = Clock::now();
    co_return outcome;
}

}  // namespace fid::cmd::connect
