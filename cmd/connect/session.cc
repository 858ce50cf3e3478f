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

struct Direction {
    PumpCount count;
    bool running = false;
    std::optional<Error> error;
};

/// What the two directions and the one who waits for both share.
struct Both {
    explicit Both(transport::Executor executor) : changed(executor), quiet(executor) {}
    transport::Timer changed;  ///< cancelled whenever a direction ends
    transport::Timer quiet;    ///< until the end may be said; cancelled when the direction down ends
    Direction up, down;
};

Clock::duration clock_time(std::chrono::nanoseconds time) { return std::chrono::duration_cast<Clock::duration>(time); }

/// Standard input has ended; to say so now would cost the answers that are under way.
Task<Result<void>> finish_when_quiet(std::shared_ptr<Both> both, Stream* to, std::chrono::nanoseconds linger) {
    const auto ended = Clock::now();
    while (both->down.running) {
        const auto due = std::max(ended, both->down.count.last) + clock_time(linger);
        if (Clock::now() >= due) break;
        both->quiet.expires_at(due);
        co_await both->quiet.async_wait(transport::as_task);
    }
    auto finished = co_await to->finish();
    both->up.count.last = Clock::now();
    co_return finished;
}

Task<void> run_up(std::shared_ptr<Both> both, Stream* from, Stream* to, PumpOptions options,
                  std::chrono::nanoseconds linger) {
    const bool shared = to->ending() == Ending::shared;
    options.finish = !shared;
    auto pumping = transport::pump(*from, *to, std::move(options), both->up.count);
    auto done = co_await std::move(pumping);
    if (done && shared) {
        auto finishing = finish_when_quiet(both, to, linger);
        done = co_await std::move(finishing);
    }
    if (!done) both->up.error = std::move(done.error());
    both->up.running = false;
    both->changed.cancel();
}

Task<void> run_down(std::shared_ptr<Both> both, Stream* from, Stream* to, PumpOptions options) {
    auto pumping = transport::pump(*from, *to, std::move(options), both->down.count);
    auto done = co_await std::move(pumping);
    if (!done) both->down.error = std::move(done.error());
    both->down.running = false;
    both->quiet.cancel();
    both->changed.cancel();
}

/// When the session is to be ended from here, given that nothing else happens; nothing = wait on.
std::optional<Clock::time_point> stopping_time(const Both& both, const Settings& settings, Ending ending, bool terminal,
                                               Clock::time_point started) {
    const auto last = std::max({both.up.count.last, both.down.count.last, started});
    const auto after = [last](std::chrono::nanoseconds time) { return last + clock_time(time); };
    std::optional<Clock::time_point> stop;
    if (settings.idle) stop = after(*settings.idle);
    const bool only_sending = both.up.running && !both.down.running && !settings.send_only;
    const bool only_receiving =
        both.down.running && !both.up.running && ending != Ending::each && !settings.receive_only;
    if (only_sending || only_receiving) {
        const auto linger = only_sending && (terminal || ending == Ending::shared) ? last : after(settings.linger);
        stop = stop ? std::min(*stop, linger) : linger;
    }
    return stop;
}

/// Nothing can come of going on: the peer's side failed, or ours did where the peer cannot be told, or not without
/// ending its own, that nothing follows. Where a peer of a stream only takes no more, it may still have something to
/// say.
bool failed(const Both& both, Ending ending) {
    if (both.down.error) return true;
    if (!both.up.error || both.up.error->status == Status::success) return false;
    const Status status = both.up.error->status;
    return ending == Ending::none || (status != Status::send_failure && status != Status::receive_failure);
}

Outcome conclude(Both& both, bool idle, const Settings& settings) {
    Outcome outcome;
    outcome.sent = both.up.count;
    outcome.received = both.down.count;
    if (idle) {
        outcome.error = Error{Status::timeout, "nothing was sent or received by", settings.endpoint.text(), "idle", {}};
    } else if (both.down.error && both.down.error->status != Status::success) {
        outcome.error = both.down.error;
    } else if (both.up.error && both.up.error->status != Status::success) {
        outcome.error = both.up.error;
    }
    if (outcome.error) outcome.status = outcome.error->status;
    return outcome;
}

}  // namespace

Task<Outcome> talk(transport::Executor executor, Stream& local, Stream& remote, Settings settings) {
    const auto both = std::make_shared<Both>(executor);
    const bool terminal = isatty(STDIN_FILENO) == 1;
    const Ending ending = remote.ending();
    const auto started = Clock::now();
    // Both before either is begun, which may happen at once and go far.
    both->up.running = !settings.receive_only;
    both->down.running = !settings.send_only;
    if (!settings.receive_only) {
        PumpOptions up;
        if (settings.crlf) up.filter = CrlfFilter();
        // What is counted as sent, and so keeps --idle and --linger from ending it all, is counted by blocks.
        if (settings.flow.rate != 0 && !remote.keeps_boundaries()) up.block = Pace(settings.flow.rate).piece();
        auto running = run_up(both, &local, &remote, std::move(up), settings.linger);
        transport::asio::co_spawn(executor, std::move(running), transport::asio::detached);
    }
    if (!settings.send_only) {
        PumpOptions down;
        down.limit = settings.max_bytes;
        auto running = run_down(both, &remote, &local, std::move(down));
        transport::asio::co_spawn(executor, std::move(running), transport::asio::detached);
    }
    bool idle = false;
    const Error over{Status::success, "the session is over", {}, {}, {}};
    while (both->up.running || both->down.running) {
        const bool broken = failed(*both, ending);
        const bool enough = !both->down.running && both->down.count.bytes >= settings.max_bytes;
        const auto stop = stopping_time(*both, settings, ending, terminal, started);
        if (broken || enough || (stop && Clock::now() >= *stop)) {
            idle = !broken && !enough && both->up.running && both->down.running;
            local.stop(over);
            remote.stop(over);
            both->changed.expires_at(Clock::time_point::max());
        } else {
            both->changed.expires_at(stop.value_or(Clock::time_point::max()));
        }
        co_await both->changed.async_wait(transport::as_task);
    }
    Outcome outcome = conclude(*both, idle, settings);
    outcome.started = started;
    outcome.ended = Clock::now();
    co_return outcome;
}

}  // namespace fid::cmd::connect
