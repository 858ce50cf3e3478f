// SPDX-License-Identifier: MIT
#include "cmd/connect/script_dialogue.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "cmd/connect/events.h"
#include "cmd/connect/script.h"
#include "cmd/connect/script_match.h"
#include "report/calendar.h"

namespace fid::cmd::connect {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using transport::Clock;
using transport::Stream;
using transport::Task;

/// A match that may go on is taken when nothing followed it for so long.
constexpr auto settling = milliseconds(100);
/// What comes in many small pieces is searched no more often than this.
constexpr auto between_searches = milliseconds(20);
constexpr nanoseconds first_timeout = std::chrono::seconds(10);
constexpr std::size_t block_bytes = std::size_t{64} << 10U;
/// Of what was received so much is shown in an error, and of what passes with -v.
constexpr std::size_t tail_bytes = 200, note_bytes = 1000;
/// Shorter values of the environment are no secrets, and stand in many a text by chance.
constexpr std::size_t least_secret = 4;

/// Bytes for the peer, and the same for people: values of the environment by their names.
struct Wording {
    std::string bytes, shown;
};

/// What the receiving coroutine and the script share.
struct Incoming {
    explicit Incoming(transport::Executor executor) : changed(executor), room(executor) {}
    transport::Timer changed;  ///< cancelled when something came, or nothing more will
    transport::Timer room;     ///< cancelled when the buffer has room again
    MatchBuffer buffer;
    transport::PumpCount count;
    bool ended = false;
    bool running = true;
    bool discard = false;  ///< the script is over
    std::optional<Error> error;

    [[nodiscard]] bool over() const { return ended || error; }
    void take(std::size_t size) {
        buffer.take(size);
        room.cancel();
    }
};

Task<void> receive(std::shared_ptr<Incoming> in, Stream* stream) {
    std::vector<std::uint8_t> block(block_bytes);
    while (!in->over()) {
        while (in->buffer.full() && !in->discard && !in->error) {
            in->room.expires_at(Clock::time_point::max());
            co_await in->room.async_wait(transport::as_task);
        }
        auto chunk = co_await stream->read(block);
        if (!chunk) {
            in->error = std::move(chunk.error());
        } else if (chunk->end) {
            in->ended = true;
        } else {
            if (!in->discard) in->buffer.append(Bytes(block).first(chunk->size));
            in->count.add(chunk->size);
        }
        in->changed.cancel();
    }
    in->running = false;
    in->changed.cancel();
}

std::string time_text(nanoseconds time) {
    const double seconds = std::chrono::duration<double>(time).count();
    std::array<char, 32> text{};
    if (seconds < 1)
        std::snprintf(text.data(), text.size(), "%gms", seconds * 1e3);
    else
        std::snprintf(text.data(), text.size(), "%gs", seconds);
    return text.data();
}

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string replace_all(std::string_view text, std::string_view what, std::string_view by) {
    std::string out;
    for (std::size_t at; (at = text.find(what)) != std::string_view::npos; text.remove_prefix(at + what.size()))
        out.append(text.substr(0, at)).append(by);
    return out.append(text);
}

class Dialogue {
  public:
    Dialogue(transport::Executor executor, Context& context, const Script& script, Stream& stream)
        : context_(context),
          script_(script),
          stream_(stream),
          watchdog_(executor),
          in_(std::make_shared<Incoming>(executor)) {
        for (const auto& [name, value] : script.variables) variables_[name] = {value, value};
    }

    Task<Outcome> run(nanoseconds linger) {
        const auto executor = co_await transport::asio::this_coro::executor;
        Outcome outcome;
        outcome.started = Clock::now();
        auto receiving = receive(in_, &stream_);
        transport::asio::co_spawn(executor, std::move(receiving), transport::asio::detached);
        for (const ScriptStep& step : script_.steps) {
            auto taking = take(step);
            auto done = co_await std::move(taking);
            if (!done) outcome.error = std::move(done.error());
            if (!done) break;
        }
        if (!outcome.error) {
            auto parting = part(linger);
            co_await std::move(parting);
        }
        const Error over{Status::success, "the script is over", {}, {}, {}};
        stream_.stop(over);
        in_->discard = true;
        in_->room.cancel();
        while (in_->running) {
            in_->changed.expires_at(Clock::time_point::max());
            co_await in_->changed.async_wait(transport::as_task);
        }
        outcome.ended = Clock::now();
        outcome.sent = sent_;
        outcome.received = in_->count;
        if (outcome.error && outcome.error->status == Status::success) outcome.error.reset();  // Ctrl-C
        if (outcome.error) outcome.status = outcome.error->status;
        co_return outcome;
    }

  private:
    Task<Result<void>> take(const ScriptStep& step) {
        started_ = Clock::now();
        captured_.clear();
        skipped_ = 0;
        Wording wording = word(step.text);
        if (step.command == ScriptCommand::sendline) {
            wording.bytes += "\r\n";
            wording.shown += "\r\n";
        }
        Result<void> done;
        switch (step.command) {
            case ScriptCommand::send:
            case ScriptCommand::sendline: {
                auto sending = send(wording);
                done = co_await std::move(sending);
                break;
            }
            case ScriptCommand::expect:
            case ScriptCommand::capture: {
                auto expecting = expect(step, wording);
                done = co_await std::move(expecting);
                break;
            }
            case ScriptCommand::expect_eof: {
                auto expecting = expect_end(step);
                done = co_await std::move(expecting);
                break;
            }
            case ScriptCommand::close: {
                auto closing = finish(timeout_);
                done = co_await std::move(closing);
                break;
            }
            case ScriptCommand::sleep: {
                auto sleeping = sleep(step.time);
                done = co_await std::move(sleeping);
                break;
            }
            case ScriptCommand::timeout:
                timeout_ = step.time;
                break;
            case ScriptCommand::set:
                variables_[step.name] = wording;
                break;
            case ScriptCommand::print:
                done = print(wording);
                break;
        }
        if (done) tell(step, wording);
        co_return done;
    }

    /// The text with its variables' values.
    [[nodiscard]] Wording word(const TextParts& parts) const {
        Wording all;
        for (const TextPart& part : parts) {
            if (part.kind == TextPart::Kind::bytes) {
                all.bytes += part.text;
                all.shown += part.text;
            } else if (part.kind == TextPart::Kind::environment) {
                all.bytes += script_.environment.at(part.text);
                all.shown += "$ENV{" + part.text + "}";
            } else if (const auto found = variables_.find(part.text); found != variables_.end()) {
                // A group that took no part in its match has set nothing: its variable is empty.
                all.bytes += found->second.bytes;
                all.shown += found->second.shown;
            }
        }
        return all;
    }

    /// What came from the peer, for people: it may say our secrets back to us.
    [[nodiscard]] std::string hide(std::string_view received) const {
        std::string text(received);
        for (const auto& [name, value] : script_.environment)
            if (value.size() >= least_secret) text = replace_all(text, value, "$ENV{" + name + "}");
        return text;
    }

    /// A dialogue for -v: a note for each line.
    void note(std::string_view mark, std::string_view text) {
        if (context_.log.verbose() == 0) return;
        const bool cut = text.size() > note_bytes;
        if (cut) text = text.substr(0, note_bytes);
        while (!text.empty()) {
            const std::size_t feed = text.find('\n');
            const std::size_t size = feed == std::string_view::npos ? text.size() : feed + 1;
            context_.log.note(std::string(mark) + std::string(text.substr(0, size)));
            text.remove_prefix(size);
        }
        if (cut) context_.log.note(std::string(mark) + "...");
    }

    void note_received(std::string_view text) {
        if (context_.log.verbose() != 0) note("< ", hide(text));
    }

    [[nodiscard]] Clock::time_point deadline(nanoseconds time) const {
        if (time == nanoseconds::zero()) return Clock::time_point::max();
        return Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
    }

    /// After so long the stream is stopped, and with it what waits for it.
    void watch(nanoseconds time) {
        const Error late{
            Status::timeout, "cannot send to", std::string(stream_.name()), "timed out after " + time_text(time), {}};
        watchdog_.expires_at(deadline(time));
        watchdog_.async_wait([stream = &stream_, late](const boost::system::error_code& error) {
            if (!error) stream->stop(late);
        });
    }

    Task<Result<void>> send(const Wording& wording) {
        note("> ", wording.shown);
        watch(timeout_);
        const Bytes bytes = as_bytes(wording.bytes);
        auto written = co_await stream_.write(bytes);
        watchdog_.cancel();
        if (written) sent_.add(bytes.size());
        co_return written;
    }

    Task<Result<void>> finish(nanoseconds time) {
        if (finished_) co_return Result<void>();
        finished_ = true;
        watch(time);
        auto done = co_await stream_.finish();
        watchdog_.cancel();
        co_return done;
    }

    /// The script is over: the end is said, and the peer's awaited, lest what it still sends costs it our last words.
    Task<void> part(nanoseconds linger) {
        in_->discard = true;
        in_->take(in_->buffer.untaken().size());
        if (linger == nanoseconds::zero()) linger = nanoseconds(1);
        const auto until = deadline(linger);
        if (!in_->error) {
            auto finishing = finish(linger);
            (void)co_await std::move(finishing);  // all that was expected has come: the peer may have gone
        }
        while (stream_.ending() != transport::Ending::none && !in_->over() && Clock::now() < until) {
            in_->changed.expires_at(until);
            co_await in_->changed.async_wait(transport::as_task);
        }
    }

    Task<Result<void>> expect(const ScriptStep& step, const Wording& wording) {
        const auto until = deadline(timeout_);
        auto next_search = Clock::now();
        std::optional<ScriptMatch> match;
        in_->buffer.begin_search();
        while (true) {
            auto wake = until;
            const auto now = Clock::now();
            const bool over = in_->over();
            if (over || now >= until || now >= next_search || in_->buffer.worth_searching()) {
                match = step.pattern ? in_->buffer.find_pattern(*step.pattern) : in_->buffer.find_text(wording.bytes);
                next_search = now + between_searches;
                const auto settles = in_->count.last + settling;
                if (match && (match->settled || over || now >= until || now >= settles)) break;
                if (match) {
                    wake = std::min(wake, settles);
                } else {
                    in_->buffer.forget_old();
                    in_->room.cancel();
                }
            } else {
                wake = std::min(wake, next_search);
            }
            if (over || now >= until) {
                const std::string what = step.pattern ? step.source : quoted(wording.shown);
                co_return missed(step, what);
            }
            in_->changed.expires_at(wake);
            co_await in_->changed.async_wait(transport::as_task);
        }
        keep(step, *match);
        co_return Result<void>();
    }

    Task<Result<void>> expect_end(const ScriptStep& step) {
        const auto until = deadline(timeout_);
        while (true) {
            const std::string_view passed = in_->buffer.untaken();
            if (in_->ended || in_->error || Clock::now() >= until) break;
            note_received(passed);
            skipped_ += passed.size();
            in_->take(passed.size());
            in_->changed.expires_at(until);
            co_await in_->changed.async_wait(transport::as_task);
        }
        if (!in_->ended) co_return missed(step, "the end");
        const std::string_view passed = in_->buffer.untaken();
        note_received(passed);
        skipped_ += passed.size();
        in_->take(passed.size());
        co_return Result<void>();
    }

    Task<Result<void>> sleep(nanoseconds time) {
        const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
        while (Clock::now() < until) {
            if (in_->error && in_->error->status == Status::success) co_return std::unexpected(*in_->error);
            in_->changed.expires_at(until);
            co_await in_->changed.async_wait(transport::as_task);
        }
        co_return Result<void>();
    }

    Result<void> print(const Wording& wording) {
        report::Output& out = context_.out;
        if (!out.plain_text()) return {};
        if (out.terminal())
            out.text().escaped(wording.bytes);
        else
            out.text().put(wording.bytes);
        out.text().put('\n');
        out.flush();
        if (out.closed()) return fail(Status::success, "nobody reads", "standard output");
        return {};
    }

    /// What was matched is taken, and its groups are variables from now on.
    void keep(const ScriptStep& step, const ScriptMatch& match) {
        const std::string_view taken = in_->buffer.untaken().substr(0, match.end);
        note_received(taken);
        matched_ = taken.substr(match.begin);
        skipped_ = match.begin;
        if (step.pattern) {
            for (const auto& [name, number] : step.groups) set_captured(name, match.groups[number].value_or(""));
            if (step.command == ScriptCommand::capture)
                set_captured(step.name, match.groups[match.groups.size() > 1 ? 1 : 0].value_or(""));
        }
        in_->take(match.end);
    }

    void set_captured(const std::string& name, const std::string& value) {
        variables_[name] = {value, hide(value)};
        captured_.emplace_back(name, hide(value));
    }

    /// Why nothing was found, in the order of what explains most.
    [[nodiscard]] std::unexpected<Error> missed(const ScriptStep& step, const std::string& what) const {
        if (in_->error) return std::unexpected(*in_->error);
        const std::string_view rest = in_->buffer.untaken();
        std::string cause = in_->ended ? "the peer ended" : "timed out after " + time_text(timeout_);
        const std::string tail = hide(rest.substr(rest.size() - std::min(rest.size(), tail_bytes)));
        cause += rest.empty() ? ", nothing more was received" : ", last received: " + quoted(tail);
        return fail(Status::threshold_missed, script_.file + ":" + std::to_string(step.line) + ": expected", what,
                    std::move(cause));
    }

    void tell(const ScriptStep& step, const Wording& wording) {
        if (context_.out.plain_text()) return;
        report::Record record(step_record);
        record.set("line", std::uint64_t{step.line}).set("command", name_of(step.command));
        const bool matched = step.command == ScriptCommand::expect || step.command == ScriptCommand::capture;
        if (matched || !step.text.empty()) record.set("text", matched ? hide(matched_) : wording.shown);
        if (!captured_.empty()) record.set("captures", std::move(captured_));
        if (matched || step.command == ScriptCommand::expect_eof) record.set("skipped_bytes", skipped_);
        const std::chrono::duration<double, std::milli> taken = Clock::now() - started_;
        record.set("duration_ms", taken.count()).set("time", report::utc_now());
        context_.out.write(record);
        context_.out.flush();
    }

    Context& context_;
    const Script& script_;
    Stream& stream_;
    transport::Timer watchdog_;
    std::shared_ptr<Incoming> in_;
    std::map<std::string, Wording, std::less<>> variables_;
    nanoseconds timeout_ = first_timeout;
    transport::PumpCount sent_;
    bool finished_ = false;
    // Of the step that is being taken:
    Clock::time_point started_;
    report::Object captured_;
    std::string matched_;
    std::size_t skipped_ = 0;
};

}  // namespace

Task<Outcome> hold_dialogue(Context& context, const Settings& settings, const transport::Connection& connection,
                            std::shared_ptr<Interruption> interruption, const Script& script) {
    const auto executor = co_await transport::asio::this_coro::executor;
    Stream& stream = *connection.stream;
    const Error over{Status::success, "interrupted", {}, {}, {}};
    interruption->stop = [&stream, over] { stream.stop(over); };
    if (!context.out.plain_text()) {
        context.out.write(describe_connected(settings.endpoint, connection, 0));
        context.out.flush();
    }
    Dialogue dialogue(executor, context, script, stream);
    auto running = dialogue.run(settings.linger);
    const Outcome outcome = co_await std::move(running);
    interruption->stop = [] {};
    if (!context.out.plain_text()) context.out.write(describe_closed(settings, outcome));
    co_return outcome;
}

}  // namespace fid::cmd::connect
