// SPDX-License-Identifier: MIT
#include "cmd/connect/conversation.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>

#include "cmd/connect/events.h"
#include "cmd/connect/session.h"
#include "report/interrupt.h"
#include "transport/framed_stream.h"
#include "transport/local_stream.h"
#include "transport/open.h"
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

/// `first_byte` belongs to the endpoint, not to that of --to. Where there are both, a line each, with its name.
void tell_timings(Context& context, const transport::Timings& timings, std::string_view name,
                  const std::optional<std::chrono::nanoseconds>& first_byte) {
    Text line;
    put_milliseconds("lookup", timings.lookup, line);
    put_milliseconds("connect", timings.connect, line);
    put_milliseconds("proxy", timings.proxy, line);
    put_milliseconds("tls", timings.tls, line);
    put_milliseconds("websocket", timings.websocket, line);
    put_milliseconds("first byte", first_byte, line);
    // A Unix socket, a program: there was nothing to wait for.
    if (line.empty()) line.put(name.empty() ? "nothing was received" : "no waiting");
    Text answer;
    if (!name.empty()) {
        answer.escaped(name);
        answer.put(": ");
    }
    answer.put(line.view());
    context.log.answer(answer.view());
}

/// What Ctrl-C stops: the loop while dialling, the streams while they talk.
struct Interruption {
    explicit Interruption(transport::Executor executor)
        : event(transport::Pollable::borrowed(executor, report::interrupt_descriptor())) {}
    transport::Pollable event;
    std::function<void()> stop;
};

const Error& over() {
    static const Error error{Status::success, "the session is over", {}, {}, {}};
    return error;
}

transport::Task<void> watch(std::shared_ptr<Interruption> interruption) {
    auto waiting = interruption->event.readable();
    const auto interrupted = co_await std::move(waiting);
    if (interrupted && report::interrupted()) interruption->stop();
}

void note_websocket(Context& context, const transport::WebSocketFacts& facts) {
    std::string note = "WebSocket";
    if (!facts.protocol.empty()) note += ", subprotocol " + facts.protocol;
    if (facts.deflate) note += ", compressed";
    context.log.note(note);
}

void note_connection(Context& context, const transport::Connection& connection, const Endpoint& endpoint) {
    if (connection.tls) context.log.note(connection.tls->version + ", " + connection.tls->cipher);
    if (connection.websocket) note_websocket(context, *connection.websocket);
    if (!connection.terminal.empty()) {
        std::string place = "the terminal is " + connection.terminal;
        if (!endpoint.path.empty()) place += ", linked from " + endpoint.path;
        context.log.answer(place);
    }
    if (connection.peer.family() != AF_UNSPEC)
        context.log.note("connected to " + connection.peer.text() + " from " + connection.local.text());
}

/// The connection against the user's standard input and output, or against the other connection.
transport::Task<Outcome> talk_to(Context& context, const Settings& settings, const transport::Connection& connection,
                                 transport::StreamPtr local, std::shared_ptr<Interruption> interruption) {
    const auto executor = co_await transport::asio::this_coro::executor;
    transport::StreamPtr events, local_events;
    if (!context.out.plain_text()) {
        const unsigned side = settings.to ? 1 : 0;
        events = make_event_stream(*connection.stream, context.out, side);
        if (settings.to) local_events = make_event_stream(*local, context.out, 2);
    }
    transport::Stream& remote = events ? *events : *connection.stream;
    transport::Stream& here = local_events ? *local_events : *local;
    interruption->stop = [&remote, &here] {
        here.stop(over());
        remote.stop(over());
    };
    auto talking = talk(executor, here, remote, settings);
    Outcome outcome = co_await std::move(talking);
    interruption->stop = [] {};
    co_return outcome;
}

/// What a program on one side is told about the other.
transport::Environment describe_peer(const transport::Connection& other, const Endpoint& endpoint,
                                     const Settings& settings) {
    if (other.peer.family() == AF_UNSPEC) return {};
    const bool direct = settings.dial.proxies.empty() || !other.peer.is_ip();
    return {{"FID_PEER", direct ? other.peer.text() : endpoint.text()}, {"FID_LOCAL", other.local.text()}};
}

struct Sides {
    transport::Connection remote;
    std::optional<transport::Connection> other;  ///< that of --to
};

/// Programs are started last: nothing runs where the other side cannot be reached, and they are told who it is.
transport::Task<Result<Sides>> open_sides(Settings settings) {
    const auto executor = co_await transport::asio::this_coro::executor;
    Sides sides;
    transport::OpenOptions options;
    options.dial = settings.dial;
    transport::OpenOptions other_options = options;
    other_options.dial.starttls.clear();
    const bool other_first = settings.to && settings.endpoint.scheme == "exec";
    if (other_first) {
        auto opening = transport::open_endpoint(executor, *settings.to, other_options);
        auto opened = co_await std::move(opening);
        if (!opened) co_return std::unexpected(std::move(opened.error()));
        options.environment = describe_peer(*opened, *settings.to, settings);
        sides.other = std::move(*opened);
    }
    auto opening = transport::open_endpoint(executor, settings.endpoint, std::move(options));
    auto opened = co_await std::move(opening);
    if (!opened) co_return std::unexpected(std::move(opened.error()));
    sides.remote = std::move(*opened);
    if (settings.to && !other_first) {
        other_options.environment = describe_peer(sides.remote, settings.endpoint, settings);
        auto opening_other = transport::open_endpoint(executor, *settings.to, std::move(other_options));
        auto other = co_await std::move(opening_other);
        if (!other) co_return std::unexpected(std::move(other.error()));
        sides.other = std::move(*other);
    }
    co_return sides;
}

/// The user's side. Where records are wanted standard output gets those, and what is received goes nowhere.
transport::StreamPtr user_stream(Context& context, transport::Executor executor, const Settings& settings,
                                 transport::Descriptor& sink) {
    const bool records = !context.out.plain_text();
    if (records) sink = transport::Descriptor(open("/dev/null", O_WRONLY | O_CLOEXEC));
    auto local = transport::make_local_stream(executor, STDIN_FILENO, records ? sink.get() : STDOUT_FILENO,
                                              "standard input or output");
    if (settings.by_lines()) return transport::make_framed_stream(std::move(local), transport::Framing::line);
    return local;
}

/// A stream of bytes becomes one of messages where --frame says how.
void put_frames(transport::StreamPtr& stream, const Settings& settings) {
    if (settings.frame && !stream->keeps_boundaries())
        stream = transport::make_framed_stream(std::move(stream), *settings.frame);
}

transport::Task<void> session(Context& context, Settings settings, std::shared_ptr<Interruption> interruption,
                              Status& status) {
    const auto executor = co_await transport::asio::this_coro::executor;
    auto opening = open_sides(settings);
    auto sides = co_await std::move(opening);
    if (!sides) {
        status = context.log.error(sides.error());
    } else {
        auto& [remote, other] = *sides;
        const bool records = !context.out.plain_text();
        note_connection(context, remote, settings.endpoint);
        if (records) context.out.write(describe_connected(settings.endpoint, remote, other ? 1 : 0));
        put_frames(remote.stream, settings);
        transport::Descriptor sink;
        transport::StreamPtr local;
        if (other) {
            note_connection(context, *other, *settings.to);
            if (records) context.out.write(describe_connected(*settings.to, *other, 2));
            put_frames(other->stream, settings);
            local = std::move(other->stream);
        } else {
            local = user_stream(context, executor, settings, sink);
        }
        if (records) context.out.flush();
        auto talking = talk_to(context, settings, remote, std::move(local), interruption);
        const Outcome outcome = co_await std::move(talking);
        if (records) context.out.write(describe_closed(settings, outcome));
        status = outcome.error ? context.log.error(*outcome.error) : outcome.status;
        if (settings.timing) {
            const std::string name = other ? settings.endpoint.text() : "";
            tell_timings(context, remote.timings, name, outcome.first_byte());
            if (other) tell_timings(context, other->timings, settings.to->text(), std::nullopt);
        }
    }
    interruption->event.stop(over());
}

}  // namespace

Status converse(Context& context, Settings settings) {
    Status status = Status::success;
    transport::asio::io_context loop(1);
    const auto interruption = std::make_shared<Interruption>(loop.get_executor());
    interruption->stop = [&loop] { loop.stop(); };
    auto running = session(context, std::move(settings), interruption, status);
    auto watching = watch(interruption);
    transport::asio::co_spawn(loop.get_executor(), std::move(running), transport::asio::detached);
    transport::asio::co_spawn(loop.get_executor(), std::move(watching), transport::asio::detached);
    loop.run();
    return status;
}

}  // namespace fid::cmd::connect
