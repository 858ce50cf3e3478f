// SPDX-License-Identifier: MIT
#include "cmd/connect/conversation.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <random>

#include "cmd/connect/events.h"
#include "cmd/connect/frame.h"
#include "cmd/connect/interactive.h"
#include "cmd/connect/session.h"
#include "cmd/connect/telnet.h"
#include "cmd/connect/throttle.h"
#include "report/interrupt.h"
#include "transport/framed_stream.h"
#include "transport/local_stream.h"
#include "transport/pollable.h"

namespace fid::cmd::connect {
namespace {

/// One digit after the point; two significant ones where that would say nothing.
void put_milliseconds(std::string_view name, const std::optional<std::chrono::nanoseconds>& time, Text& line) {
    if (!time) return;
    const double value = milliseconds(*time);
    std::array<char, 64> number{};
    std::snprintf(number.data(), number.size(), value < 0.1 ? "%.2g" : "%.1f", value);
    if (!line.empty()) line.put(", ");
    line.put(name);
    line.put(' ');
    line.put(number.data());
    line.put(" ms");
}

void tell_timings(Context& context, const transport::Timings& timings, const Outcome& outcome) {
    Text line;
    put_milliseconds("lookup", timings.lookup, line);
    put_milliseconds("connect", timings.connect, line);
    put_milliseconds("proxy", timings.proxy, line);
    put_milliseconds("tls", timings.tls, line);
    put_milliseconds("websocket", timings.websocket, line);
    put_milliseconds("first byte", outcome.first_byte(), line);
    if (line.empty()) line.put("nothing was received");  // a Unix socket: there was nothing to wait for either
    context.log.answer(line.view());
}

const Error& over() {
    static const Error error{Status::success, "the session is over", {}, {}, {}};
    return error;
}

transport::Task<void> watch(std::shared_ptr<Interruption> interruption) {
    auto waiting = interruption->event.readable();
    const auto interrupted = co_await std::move(waiting);
    if (interrupted && report::interrupted()) interruption->stop();
}

/// The terminal, where the user sits at one and wants to talk through it.
std::shared_ptr<Interactive> make_interactive(Context& context, const Settings& settings,
                                              transport::Executor executor) {
    const bool lines = settings.edit && !settings.dial.websocket.binary;
    if (!context.out.plain_text() || settings.receive_only || settings.send_only || !is_interactive()) return nullptr;
    if (!lines && !settings.telnet) return nullptr;
    InteractiveOptions options;
    options.edit = settings.edit;
    options.history = settings.history;
    options.escape = settings.escape;
    options.prompt = "telnet> ";
    return Interactive::make(executor, options);
}

/// Whatever way the session ends, the terminal is as it was.
class Sitting {
  public:
    explicit Sitting(std::shared_ptr<Interactive> user) : user_(std::move(user)) {}
    Sitting(const Sitting&) = delete;
    Sitting& operator=(const Sitting&) = delete;
    ~Sitting() {
        if (user_) user_->close();
    }

  private:
    std::shared_ptr<Interactive> user_;
};

/// The connection against standard input and output, or, where records are wanted, against standard input alone.
transport::Task<Outcome> talk_to_user(Context& context, const Settings& settings, Peer& peer,
                                      std::shared_ptr<Interruption> interruption) {
    auto& connection = peer.connection;
    const auto executor = co_await transport::asio::this_coro::executor;
    const bool records = !context.out.plain_text();
    // On a terminal the dump of --hex stands for the bytes.
    const bool silent = records || (settings.flow.hex && context.out.terminal());
    const auto user = silent ? nullptr : make_interactive(context, settings, executor);
    const Sitting sitting(user);
    if (settings.telnet)
        connection.stream = start_telnet(context, settings, executor, std::move(connection.stream), user,
                                         [interruption] { interruption->stop(); });
    transport::Descriptor sink;
    transport::StreamPtr events;
    if (silent) sink = transport::Descriptor(open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (records) {
        events = make_event_stream(*peer.connection.stream, context.out, peer.reply);
        context.out.write(describe_connected(settings, connection));
        context.out.flush();
    }
    transport::StreamPtr local;
    if (!user)
        local = transport::make_local_stream(executor, STDIN_FILENO, silent ? sink.get() : STDOUT_FILENO,
                                             "standard input or output");
    else
        local = user->stream();
    if (settings.by_lines()) local = transport::make_framed_stream(std::move(local), transport::Framing::line);
    // Each of what --delay stands between is a read of its own.
    if (settings.flow.delay != settings.flow.delay.zero() && !settings.by_lines())
        local = make_line_stream(std::move(local));
    transport::Stream& remote = records ? *events : *connection.stream;
    interruption->stop = [&remote, &here = *local] {
        here.stop(over());
        remote.stop(over());
    };
    auto talking = talk(executor, *local, remote, settings);
    const Outcome outcome = co_await std::move(talking);
    interruption->stop = [] {};
    if (records) context.out.write(describe_closed(settings, outcome));
    co_return outcome;
}

/// Dials, and once more where the peer refuses or does not answer, for as often as --retry says.
transport::Task<Result<transport::Connection>> dial_patiently(Context& context, const Settings& settings) {
    const auto executor = co_await transport::asio::this_coro::executor;
    transport::Timer timer(executor);
    std::minstd_rand random(std::random_device{}());
    for (std::uint64_t next = 2;; ++next) {
        auto dialling = transport::dial(executor, settings.endpoint, settings.dial);
        auto connection = co_await std::move(dialling);
        if (connection || next > settings.flow.retries + 1) co_return connection;
        const Status status = connection.error().status;
        if (status != Status::cannot_connect && status != Status::timeout) co_return connection;
        const auto pause = pause_before(next, settings.flow.backoff, std::generate_canonical<double, 32>(random));
        context.log.note("try " + std::to_string(next - 1) + " of " + std::to_string(settings.flow.retries + 1) + ": " +
                         connection.error().sentence() + "; the next in " +
                         std::to_string(std::chrono::round<std::chrono::milliseconds>(pause).count()) + " ms");
        timer.expires_after(std::chrono::duration_cast<transport::Clock::duration>(pause));
        co_await timer.async_wait(transport::as_task);
    }
}

/// The bytes of the connection as messages, and what else is to be done with them.
transport::Task<Result<void>> prepare(Context& context, const Settings& settings, std::vector<TeeFile> tees,
                                      Peer& peer) {
    const auto executor = co_await transport::asio::this_coro::executor;
    auto framing = frame(context, settings, peer);
    auto framed = co_await std::move(framing);
    if (!framed) co_return framed;
    auto& stream = peer.connection.stream;
    auto directed = direct_flow(executor, std::move(stream), settings.flow, std::move(tees));
    if (!directed) co_return std::unexpected(std::move(directed.error()));
    stream = std::move(*directed);
    co_return Result<void>();
}

transport::Task<void> session(Context& context, Settings settings, Talker talker, std::vector<TeeFile> tees,
                              std::shared_ptr<Interruption> interruption, Status& status) {
    auto dialling = dial_patiently(context, settings);
    auto connection = co_await std::move(dialling);
    if (!connection) {
        status = context.log.error(connection.error());
    } else {
        if (connection->tls) context.log.note(connection->tls->version + ", " + connection->tls->cipher);
        if (connection->websocket) note_websocket(context, *connection->websocket);
        context.log.note("connected to " + connection->peer.text() + " from " + connection->local.text());
        Peer peer{std::move(*connection), {}};
        interruption->stop = [below = peer.connection.stream.get()] { below->stop(over()); };
        auto preparing = prepare(context, settings, std::move(tees), peer);
        auto prepared = co_await std::move(preparing);
        if (prepared) {
            auto talking = talker(context, settings, peer, interruption);
            const Outcome outcome = co_await std::move(talking);
            status = outcome.error ? context.log.error(*outcome.error) : outcome.status;
            if (settings.timing) tell_timings(context, peer.connection.timings, outcome);
        } else {
            const bool stopped = prepared.error().status == Status::success;
            status = stopped ? Status::success : context.log.error(prepared.error());
        }
        interruption->stop = [] {};
    }
    interruption->event.stop(over());
}

}  // namespace

Interruption::Interruption(transport::Executor executor)
    : event(transport::Pollable::borrowed(executor, report::interrupt_descriptor())) {}

Status converse(Context& context, Settings settings) { return converse(context, std::move(settings), talk_to_user); }

Status converse(Context& context, Settings settings, Talker talker) {
    auto tees = open_tees(settings.flow.tees);
    if (!tees) return context.log.error(tees.error());
    Status status = Status::success;
    transport::asio::io_context loop(1);
    const auto interruption = std::make_shared<Interruption>(loop.get_executor());
    interruption->stop = [&loop] { loop.stop(); };
    auto running = session(context, std::move(settings), std::move(talker), std::move(*tees), interruption, status);
    auto watching = watch(interruption);
    transport::asio::co_spawn(loop.get_executor(), std::move(running), transport::asio::detached);
    transport::asio::co_spawn(loop.get_executor(), std::move(watching), transport::asio::detached);
    loop.run();
    return status;
}

}  // namespace fid::cmd::connect
