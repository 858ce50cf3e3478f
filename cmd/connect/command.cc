// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>
#include <string>

#include "cmd/connect/check.h"
#include "cmd/connect/connect.h"
#include "cmd/connect/conversation.h"
#include "cmd/connect/events.h"
#include "cmd/connect/explain.h"
#include "cmd/connect/flow.h"
#include "cmd/connect/inspect.h"
#include "cmd/connect/manual.h"
#include "cmd/connect/measure.h"
#include "cmd/connect/modes.h"
#include "cmd/connect/script.h"
#include "cmd/connect/settings.h"
#include "cmd/connect/telnet.h"
#include "cmd/dial_options.h"
#include "cmd/recording.h"

namespace fid::cmd {
namespace {

using namespace connect;

std::vector<Option> option_list() {
    std::vector<Option> options = with_dial_options({
        {.names = "--to",
         .value = "ENDPOINT",
         .help = "join with this endpoint instead of standard input and output",
         .complete = Complete::host},
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
        {.names = "--frame",
         .value = "KIND",
         .help = "how the peer separates messages: line feed, NUL, a length before each, or its protocol",
         .choices = frame_names()},
        {.names = "--auth-key-file",
         .value = "FILE",
         .help = "with --frame mp: the authkey both ends have to know; a line feed at its end is left out",
         .complete = Complete::file},
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
    });
    std::ranges::move(explain_options(), std::back_inserter(options));
    std::ranges::move(flow_options(), std::back_inserter(options));
    std::ranges::move(script_options(), std::back_inserter(options));
    std::ranges::move(telnet_options(), std::back_inserter(options));
    std::ranges::move(check_options(), std::back_inserter(options));
    std::ranges::move(measure_options(), std::back_inserter(options));
    return options;
}

Status run(Context& context) {
    if (const auto together = check_modes(context.args); !together) return context.log.error(together.error());
    if (context.args.has("--measure")) return measure(context);
    if (context.args.has("--check")) return check(context);
    auto settings = read_settings(context);
    if (!settings) return context.log.error(settings.error());
    if (context.args.has("--explain")) return explain(context, *settings);
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    settings->dial.recorder = recorder->get();
    Status status = Status::success;
    if (context.args.has("--inspect")) {
        status = inspect(context, *settings);
    } else if (context.args.has("--script")) {
        status = run_script(context, std::move(*settings));
    } else {
        status = converse(context, std::move(*settings));
    }
    if (*recorder)
        if (auto closed = (*recorder)->close(); !closed) return context.log.error(closed.error());
    return status;
}

}  // namespace

const Command connect_command{
    .name = "connect",
    .summary = "talk to an endpoint: standard input to it, it to standard output",
    .description = manual(),
    .positionals = {{.name = "ENDPOINT",
                     .help = "where to connect",
                     .required = true,
                     .repeatable = true,
                     .complete = Complete::host}},
    .options = option_list(),
    .examples =
        {{"fid connect --timeout 2s localhost 1", "a port where nobody listens", 7},
         {"fid connect --explain --proxy socks5://127.0.0.1 tls://example.org:443", "what would be opened, and how"},
         {"echo 'expect \"220 \"' | fid connect --script - localhost 1", "a dialogue that nobody takes up", 7},
         {"fid connect exec:'seq 3' --to exec:'sort -r >&2'", "two programs, each the other's input and output"},
         {"fid connect exec:'exit 4' --to -", "a program that fails", 1},
         {"fid connect --check localhost 1-3,9", "which of four ports are open", 1},
         {"fid connect --check --json 127.0.0.0/29 udp://[::1] 1", "the same port of many hosts, as records", 1}},
    .statuses = {{Status::success, "both sides ended; with --check, every port is open"},
                 {Status::negative, "with --check: a port is not open; with exec: the program failed"},
                 {Status::bad_input, "the script is not understood; nothing was dialled"},
                 {Status::host_not_found, "the name has no address"},
                 {Status::cannot_connect, "no address could be connected to"},
                 {Status::protocol_violation,
                  "the peer broke the rules of WebSocket or of --frame, or gave back other bytes"},
                 {Status::server_error, "the server answered the request for a WebSocket with 4xx or 5xx"},
                 {Status::truncated, "the connection ended within a message, or without a WebSocket's Close"},
                 {Status::timeout, "connecting took too long, or --idle passed, or nothing was there to measure"},
                 {Status::send_failure, "the peer did not take all that was sent"},
                 {Status::receive_failure, "the peer reset the connection, or closed a WebSocket for a fault"},
                 {Status::tls_handshake, "no TLS could be agreed on"},
                 {Status::certificate, "the peer's certificate cannot be trusted"},
                 {Status::cannot_write, "standard output, or a file of --tee, takes no more"},
                 {Status::login_refused, "--auth-key-file, or a WebSocket's password, was not accepted"},
                 {Status::partial, "with --check: a name was not found, the others were checked"},
                 {Status::threshold_missed, "with --script: the peer said, or ended, otherwise than expected"},
                 {Status::interrupted, "stopped by Ctrl-C"}},
    .records = {&connected_record, &sent_record, &received_record, &closed_record, &step_record, &plan_record,
                &interval_record, &measured_record, &port_record, &check_record, &tls_report_type},
    .see_also = {"nc(1)", "socat(1)", "websocat(1)", "nmap(1)"},
    .run = run};

}  // namespace fid::cmd
