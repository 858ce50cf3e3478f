// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>

#include "cmd/connect/check.h"
#include "cmd/connect/connect.h"
#include "cmd/connect/events.h"
#include "cmd/connect/inspect.h"
#include "cmd/connect/session.h"
#include "cmd/connect/settings.h"
#include "cmd/dial_options.h"
#include "report/interrupt.h"
#include "transport/local_stream.h"
#include "transport/pollable.h"

namespace fid::cmd {
namespace {

using namespace connect;

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
transport::Task<Outcome> converse(Context& context, const Settings& settings, const transport::Connection& connection,
                                  std::shared_ptr<Interruption> interruption) {
    const auto executor = co_await transport::asio::this_coro::executor;
    const bool records = !context.out.plain_text();
    transport::Descriptor sink;
    transport::StreamPtr events;
    if (records) {
        sink = transport::Descriptor(open("/dev/null", O_WRONLY | O_CLOEXEC));
        events = make_event_stream(*connection.stream, context.out);
        context.out.write(describe_connected(settings, connection));
        context.out.flush();
    }
    const auto local = transport::make_local_stream(executor, STDIN_FILENO, records ? sink.get() : STDOUT_FILENO,
                                                    "standard input or output");
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

transport::Task<void> session(Context& context, Settings settings, std::shared_ptr<Interruption> interruption,
                              Status& status) {
    const auto executor = co_await transport::asio::this_coro::executor;
    auto dialling = transport::dial(executor, settings.endpoint, settings.dial);
    auto connection = co_await std::move(dialling);
    if (!connection) {
        status = context.log.error(connection.error());
    } else {
        if (connection->tls) context.log.note(connection->tls->version + ", " + connection->tls->cipher);
        context.log.note("connected to " + connection->peer.text() + " from " + connection->local.text());
        auto talking = converse(context, settings, *connection, interruption);
        const Outcome outcome = co_await std::move(talking);
        status = outcome.error ? context.log.error(*outcome.error) : outcome.status;
        if (settings.timing) tell_timings(context, connection->timings, outcome);
    }
    interruption->event.stop(over());
}

std::vector<Option> option_list() {
    std::vector<Option> options = with_dial_options({
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
        {.names = "--timing",
         .help = "tell at the end how long lookup, connecting, handshakes and the first byte took"},
    });
    std::ranges::move(check_options(), std::back_inserter(options));
    return options;
}

Status run(Context& context) {
    if (context.args.has("--check")) return check(context);
    auto settings = read_settings(context);
    if (!settings) return context.log.error(settings.error());
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    settings->dial.recorder = recorder->get();
    if (context.args.has("--inspect")) return inspect(context, *settings);
    Status status = Status::success;
    {
        transport::asio::io_context loop(1);
        const auto interruption = std::make_shared<Interruption>(loop.get_executor());
        interruption->stop = [&loop] { loop.stop(); };
        auto running = session(context, std::move(*settings), interruption, status);
        auto watching = watch(interruption);
        transport::asio::co_spawn(loop.get_executor(), std::move(running), transport::asio::detached);
        transport::asio::co_spawn(loop.get_executor(), std::move(watching), transport::asio::detached);
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
        "With --json, --csv or --fields standard output gets records of what happens instead of the bytes: connected, "
        "sent, received, closed.\n\n"
        "An ENDPOINT is HOST PORT, HOST:PORT, tcp://, udp://, tls:// or unix:PATH. All addresses of a name are tried, "
        "a quarter of a second apart, the first that answers is taken.\n\n"
        "--check HOST... PORTS says which ports are open, all at the same time. PORTS are numbers, ranges and service "
        "names (20-25,80,https); a HOST is a name, address, prefix or range FIRST-LAST, checked over TCP, or over UDP "
        "where udp:// stands before it; with a port of its own (HOST:PORT) it needs no PORTS. The lines come in the "
        "order asked for; up to 16 ports are all shown, of more the open ones (--show). In a pipe tabs stand between "
        "host, port, protocol, state, milliseconds, service, banner and error.\n\n"
        "A TCP port is open where it takes a connection, closed where the host itself refuses, filtered where nobody "
        "answers or a firewall refuses. UDP ports are asked three times within --timeout in the language of their "
        "usual service (DNS, NTP, SNMP and others): an answer means open, the host's refusal closed, silence "
        "open|filtered, because a service may not answer what it does not understand. Hosts limit how many refusals "
        "they send, so many closed UDP ports of one host may look open|filtered; --rate helps. unreachable: there is "
        "no way to the host. --timeout is 3s here and holds for each address. The addresses of a name are tried in "
        "the system's order until the port is open there, as one who connects would do; the best of them is shown. "
        "An open TCP port may say what it is (--banner-wait); nothing is sent to it.",
    .positionals = {{.name = "ENDPOINT",
                     .help = "where to connect",
                     .required = true,
                     .repeatable = true,
                     .complete = Complete::host}},
    .options = option_list(),
    .examples = {{"fid connect --timeout 2s localhost 1", "a port where nobody listens", 7},
                 {"fid connect --check localhost 1-3,9", "which of four ports are open", 1},
                 {"fid connect --check --json 127.0.0.0/29 udp://[::1] 1", "the same port of many hosts, as records",
                  1}},
    .statuses = {{Status::success, "both sides ended; with --check, every port is open"},
                 {Status::negative, "with --check: a port is not open"},
                 {Status::host_not_found, "the name has no address"},
                 {Status::cannot_connect, "no address could be connected to"},
                 {Status::timeout, "connecting took too long, or --idle passed"},
                 {Status::send_failure, "the peer did not take all that was sent"},
                 {Status::receive_failure, "the peer reset the connection"},
                 {Status::tls_handshake, "no TLS could be agreed on"},
                 {Status::certificate, "the peer's certificate cannot be trusted"},
                 {Status::partial, "with --check: a name was not found, the others were checked"},
                 {Status::interrupted, "stopped by Ctrl-C"}},
    .records = {&connected_record, &sent_record, &received_record, &closed_record, &port_record, &check_record,
                &tls_report_type},
    .see_also = {"nc(1)", "socat(1)", "nmap(1)"},
    .run = run};

}  // namespace fid::cmd
