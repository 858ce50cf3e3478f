// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>

#include "cmd/connect/check.h"
#include "cmd/connect/connect.h"
#include "cmd/connect/conversation.h"
#include "cmd/connect/events.h"
#include "cmd/connect/inspect.h"
#include "cmd/connect/settings.h"
#include "cmd/dial_options.h"

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
    });
    std::ranges::move(check_options(), std::back_inserter(options));
    return options;
}

Status run(Context& context) {
    for (const std::string_view alone : {"--check", "--inspect"})
        if (context.args.has(alone) && context.args.has("--to"))
            return context.log.error({Status::usage, std::string(alone) + " and --to exclude each other", {}, {}, {}});
    if (context.args.has("--check")) return check(context);
    auto settings = read_settings(context);
    if (!settings) return context.log.error(settings.error());
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    settings->dial.recorder = recorder->get();
    if (context.args.has("--inspect")) return inspect(context, *settings);
    const Status status = converse(context, std::move(*settings));
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
        "An ENDPOINT is HOST PORT, HOST:PORT, tcp://, udp://, tls://, ws://, wss:// or unix:PATH, or something on this "
        "machine: exec:COMMAND, pty:[LINK][?keep], fd:N. All addresses of a name are tried, a quarter of a second "
        "apart, the first that answers is taken.\n\n"
        "--to joins the endpoint with another one instead of standard input and output (which are - or stdio where "
        "they are to be written out). Each side's end is passed on to the other, and the session is over when both "
        "have ended. A WebSocket is closed when nothing has come from it for the time of --linger; datagrams and "
        "terminals, which have no end, are left as long after the other side's. Messages stay messages between sides "
        "that have them; a stream's bytes go to such a side in pieces of at most 16 KiB, or one by one with --frame. "
        "The options of connections and --record are for both sides; --starttls is for the first one. --send-only, "
        "--recv-only and --max-bytes see --to's endpoint as the user. Of --json's records side tells whose they are. "
        "Bytes between plain sockets, pipes and files do not pass through this program.\n\n"
        "exec:COMMAND is given to /bin/sh -c, last of all, with FID_PEER and FID_LOCAL as the addresses of the other "
        "side's connection. The other side's end closes its standard input; its output is passed on until it ends, and "
        "it is waited for. Where it fails or is killed, that is told and the status is 1. When the session ends before "
        "it, both its ends are closed, and what is there half a second later is killed. pty: makes a pseudo terminal, "
        "raw, and tells its path on standard error; LINK becomes a symbolic link to it, removed at the end. It ends "
        "when the last program closes it, with ?keep it stays. fd:N is a descriptor that was inherited.\n\n"
        "Over a WebSocket (ws://HOST[:PORT]/PATH?QUERY, and wss:// with TLS) each line of standard input is a message, "
        "text where it is UTF-8 and binary otherwise, and each message received is written with a line feed behind it. "
        "With --ws-binary all that one read gave is a binary message, and what comes is written as it is. Pings are "
        "answered. After the end of standard input the connection is closed when nothing has been received for the "
        "time of --linger, since most servers give no answer after a Close; --recv-only listens until the server "
        "closes. A user in the URL is sent with the password in FID_PASSWORD.\n\n"
        "With --frame the peer's stream of bytes is a series of messages: each line of standard input is one, each "
        "message received is a line of output. Messages are at most 64 MiB.\n\n"
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
                 {"fid connect exec:'seq 3' --to exec:'sort -r >&2'",
                  "two programs, each the other's input and output"},
                 {"fid connect exec:'exit 4' --to -", "a program that fails", 1},
                 {"fid connect --check localhost 1-3,9", "which of four ports are open", 1},
                 {"fid connect --check --json 127.0.0.0/29 udp://[::1] 1", "the same port of many hosts, as records",
                  1}},
    .statuses = {{Status::success, "both sides ended; with --check, every port is open"},
                 {Status::negative, "with --check: a port is not open; with exec: the program failed"},
                 {Status::host_not_found, "the name has no address"},
                 {Status::cannot_connect, "no address could be connected to"},
                 {Status::protocol_violation, "the peer broke the rules of WebSocket or of --frame"},
                 {Status::server_error, "the server answered the request for a WebSocket with 4xx or 5xx"},
                 {Status::truncated, "the connection ended within a message, or without a WebSocket's Close"},
                 {Status::timeout, "connecting took too long, or --idle passed"},
                 {Status::send_failure, "the peer did not take all that was sent"},
                 {Status::receive_failure, "the peer reset the connection, or closed a WebSocket for a fault"},
                 {Status::tls_handshake, "no TLS could be agreed on"},
                 {Status::certificate, "the peer's certificate cannot be trusted"},
                 {Status::partial, "with --check: a name was not found, the others were checked"},
                 {Status::interrupted, "stopped by Ctrl-C"}},
    .records = {&connected_record, &sent_record, &received_record, &closed_record, &port_record, &check_record,
                &tls_report_type},
    .see_also = {"nc(1)", "socat(1)", "websocat(1)", "nmap(1)"},
    .run = run};

}  // namespace fid::cmd
