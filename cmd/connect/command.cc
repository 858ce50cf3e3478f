// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <optional>

#include "cmd/connect/connect.h"
#include "cmd/connect/inspect.h"
#include "cmd/connect/session.h"
#include "cmd/connect/settings.h"
#include "cmd/dial_options.h"
#include "transport/framed_stream.h"
#include "transport/local_stream.h"

namespace fid::cmd {
namespace {

using namespace connect;

double milliseconds(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

void note_timings(Context& context, const transport::Timings& timings) {
    Text line;
    const auto put = [&line](std::string_view name, const std::optional<std::chrono::nanoseconds>& time) {
        if (!time) return;
        if (!line.empty()) line.put(", ");
        line.put(name);
        line.put(' ');
        line.put(std::to_string(milliseconds(*time)));
        line.put(" ms");
    };
    put("lookup", timings.lookup);
    put("connect", timings.connect);
    put("tls", timings.tls);
    put("websocket", timings.websocket);
    context.log.warning(line.view());
}

void note_websocket(Context& context, const transport::WebSocketFacts& facts) {
    std::string note = "WebSocket";
    if (!facts.protocol.empty()) note += ", subprotocol " + facts.protocol;
    if (facts.deflate) note += ", compressed";
    context.log.note(note);
}

transport::Task<void> session(Context& context, Settings settings, Status& status) {
    const auto executor = co_await transport::asio::this_coro::executor;
    auto dialling = transport::dial(executor, settings.endpoint, settings.dial);
    auto connection = co_await std::move(dialling);
    if (!connection) {
        status = context.log.error(connection.error());
        co_return;
    }
    if (connection->tls) context.log.note(connection->tls->version + ", " + connection->tls->cipher);
    if (connection->websocket) note_websocket(context, *connection->websocket);
    context.log.note("connected to " + connection->peer.text() + " from " + connection->local.text());
    if (settings.timing) note_timings(context, connection->timings);
    auto local = transport::make_local_stream(executor, STDIN_FILENO, STDOUT_FILENO, "standard input or output");
    if (settings.by_lines()) local = transport::make_framed_stream(std::move(local), transport::Framing::line);
    if (settings.frame)
        connection->stream = transport::make_framed_stream(std::move(connection->stream), *settings.frame);
    auto talking = talk(executor, *local, *connection->stream, settings);
    const Outcome outcome = co_await std::move(talking);
    status = outcome.error ? context.log.error(*outcome.error) : outcome.status;
}

Status run(Context& context) {
    auto settings = read_settings(context);
    if (!settings) return context.log.error(settings.error());
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    settings->dial.recorder = recorder->get();
    if (context.args.has("--inspect")) return inspect(context, *settings);
    Status status = Status::success;
    {
        transport::asio::io_context loop(1);
        auto running = session(context, std::move(*settings), status);
        transport::asio::co_spawn(loop.get_executor(), std::move(running), transport::asio::detached);
        loop.run();
    }
    if (*recorder)
        if (auto closed = (*recorder)->close(); !closed) return context.log.error(closed.error());
    return status;
}

}  // namespace

const Command connect_command{
    .name = "connect",
    .summary = "talk to an endpoint: standard input to it, it to standard output",
    .description =
        "Opens a connection and passes bytes both ways. The end of standard input is passed on, and reading goes on "
        "until the peer ends, so that an answer that comes after it is not lost. A connection that the peer resets is "
        "an error (status 56), also after data.\n\n"
        "An ENDPOINT is HOST PORT, HOST:PORT, tcp://, udp://, tls://, ws://, wss:// or unix:PATH. All addresses of a "
        "name are tried, a quarter of a second apart, the first that answers is taken.\n\n"
        "Over a WebSocket (ws://HOST[:PORT]/PATH?QUERY, and wss:// with TLS) each line of standard input is a message, "
        "text where it is UTF-8 and binary otherwise, and each message received is written with a line feed behind it. "
        "With --ws-binary all that one read gave is a binary message, and what comes is written as it is. Pings are "
        "answered. After the end of standard input the connection is closed when nothing has been received for the "
        "time of --linger, since most servers give no answer after a Close; --recv-only listens until the server "
        "closes. A user in the URL is sent with the password in FID_PASSWORD.\n\n"
        "With --frame the peer's stream of bytes is a series of messages: each line of standard input is one, each "
        "message received is a line of output. Messages are at most 64 MiB.",
    .positionals = {{.name = "ENDPOINT",
                     .help = "where to connect",
                     .required = true,
                     .repeatable = true,
                     .complete = Complete::host}},
    .options = with_dial_options({
        {.names = "--crlf", .help = "send lines ending in CR LF"},
        {.names = "--send-only", .help = "do not read what the peer says"},
        {.names = "--recv-only", .help = "do not read standard input"},
        {.names = "--linger",
         .value = "TIME",
         .help = "how long to wait for more after one side has ended, where the other may go on for ever",
         .fallback = "2s"},
        {.names = "--idle", .value = "TIME", .help = "give up when nothing passed for so long (status 28)"},
        {.names = "--max-bytes", .value = "SIZE", .help = "end once so much was received"},
        {.names = "--inspect",
         .help = "tell all about a TLS server: certificates, verdict, versions, ciphers (status 60: not trusted)"},
        {.names = "--timing", .help = "tell how long lookup, connecting and handshakes took"},
        {.names = "--frame",
         .value = "KIND",
         .help = "how the peer separates messages: line feed, NUL, or a length before each",
         .choices = transport::framing_names()},
        {.names = "-H,--header",
         .value = "LINE",
         .help = "send 'Name: value' with the request",
         .group = "WebSocket",
         .repeatable = true},
        {.names = "--ws-protocol",
         .value = "NAME",
         .help = "offer this subprotocol; repeat for more",
         .group = "WebSocket",
         .repeatable = true},
        {.names = "--ws-binary", .help = "pass bytes as they come, in binary messages", .group = "WebSocket"},
        {.names = "--ws-deflate", .help = "offer to compress messages", .group = "WebSocket"},
    }),
    .examples = {{"fid connect --timeout 2s localhost 1", "a port where nobody listens", 7}},
    .statuses = {{Status::success, "both sides ended"},
                 {Status::host_not_found, "the name has no address"},
                 {Status::cannot_connect, "no address could be connected to"},
                 {Status::protocol_violation, "the peer broke the rules of WebSocket or of --frame"},
                 {Status::server_error, "the server answered the request for a WebSocket with 4xx or 5xx"},
                 {Status::truncated, "the connection ended within a message, or without a WebSocket's Close"},
                 {Status::timeout, "connecting took too long, or --idle passed"},
                 {Status::send_failure, "the peer did not take all that was sent"},
                 {Status::receive_failure, "the peer reset the connection, or closed a WebSocket for a fault"},
                 {Status::tls_handshake, "no TLS could be agreed on"},
                 {Status::certificate, "the peer's certificate cannot be trusted"}},
    .records = {&tls_report_type},
    .see_also = {"nc(1)", "socat(1)", "websocat(1)"},
    .run = run};

}  // namespace fid::cmd
