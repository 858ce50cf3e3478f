// SPDX-License-Identifier: MIT
#include "cmd/connect/conversation.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>

#include "cmd/connect/events.h"
#include "cmd/connect/session.h"
#include "report/interrupt.h"
#include "transport/deadline.h"
#include "transport/framed_stream.h"
#include "transport/local_stream.h"
#include "transport/mp_auth.h"
#include "transport/pollable.h"
#include "transport/resp_stream.h"

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

/// The connection against standard input and output, or, where records are wanted, against standard input alone.
transport::Task<Outcome> talk_to_user(Context& context, const Settings& settings,
                                      const transport::Connection& connection,
                                      const std::function<report::Value()>& message,
                                      std::shared_ptr<Interruption> interruption) {
    const auto executor = co_await transport::asio::this_coro::executor;
    const bool records = !context.out.plain_text();
    transport::Descriptor sink;
    transport::StreamPtr events;
    if (records) {
        sink = transport::Descriptor(open("/dev/null", O_WRONLY | O_CLOEXEC));
        events = make_event_stream(*connection.stream, context.out, message);
        context.out.write(describe_connected(settings, connection));
        context.out.flush();
    }
    auto local = transport::make_local_stream(executor, STDIN_FILENO, records ? sink.get() : STDOUT_FILENO,
                                              "standard input or output");
    if (settings.by_lines()) local = transport::make_framed_stream(std::move(local), transport::Framing::line);
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

void note_websocket(Context& context, const transport::WebSocketFacts& facts) {
    std::string note = "WebSocket";
    if (!facts.protocol.empty()) note += ", subprotocol " + facts.protocol;
    if (facts.deflate) note += ", compressed";
    context.log.note(note);
}

/// Makes messages of the connection's bytes, as --frame says. `message` is set where a reply is more than its text.
transport::Task<Result<void>> frame(Context& context, const Settings& settings, transport::Connection& connection,
                                    std::function<report::Value()>& message) {
    const auto executor = co_await transport::asio::this_coro::executor;
    auto& stream = connection.stream;
    if (settings.resp) {
        transport::RespOptions options;
        options.await_replies = !settings.send_only;
        if (isatty(STDIN_FILENO) == 1)
            options.refused = [&context](const Error& error) { context.log.warning(error.sentence(), error.hint); };
        auto made = transport::make_resp_stream(std::move(stream), executor, std::move(options));
        stream = std::move(made.stream);
        message = std::move(made.last_reply);
    } else if (settings.frame) {
        stream = transport::make_framed_stream(std::move(stream), *settings.frame);
    } else if (settings.websocket && !connection.websocket) {
        Endpoint endpoint;
        endpoint.scheme = "ws";
        endpoint.host = "localhost";
        const transport::StreamDeadline deadline(executor, *stream, settings.dial.timeout, [&settings] {
            return Error{Status::timeout, "no WebSocket at", settings.endpoint.text(), "timed out", {}};
        });
        auto opening = transport::connect_websocket(std::move(stream), std::move(endpoint), settings.dial.websocket);
        auto opened = co_await std::move(opening);
        if (!opened) co_return std::unexpected(std::move(opened.error()));
        stream = std::move(opened->stream);
        note_websocket(context, opened->facts);
    }
    if (settings.auth_key) {
        auto proving = transport::authenticate_mp(*stream, *settings.auth_key, settings.dial.timeout);
        auto proved = co_await std::move(proving);
        co_return proved;
    }
    co_return Result<void>();
}

transport::Task<void> session(Context& context, Settings settings, std::shared_ptr<Interruption> interruption,
                              Status& status) {
    const auto executor = co_await transport::asio::this_coro::executor;
    auto dialling = transport::dial(executor, settings.endpoint, settings.dial);
    auto connection = co_await std::move(dialling);
    if (!connection) {
        status = context.log.error(connection.error());
    } else {
        if (connection->tls) context.log.note(connection->tls->version + ", " + connection->tls->cipher);
        if (connection->websocket) note_websocket(context, *connection->websocket);
        context.log.note("connected to " + connection->peer.text() + " from " + connection->local.text());
        std::function<report::Value()> message;
        interruption->stop = [below = connection->stream.get()] { below->stop(over()); };
        auto framing = frame(context, settings, *connection, message);
        auto framed = co_await std::move(framing);
        if (framed) {
            auto talking = talk_to_user(context, settings, *connection, message, interruption);
            const Outcome outcome = co_await std::move(talking);
            status = outcome.error ? context.log.error(*outcome.error) : outcome.status;
            if (settings.timing) tell_timings(context, connection->timings, outcome);
        } else {
            status = framed.error().status == Status::success ? Status::success : context.log.error(framed.error());
        }
        interruption->stop = [] {};
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
