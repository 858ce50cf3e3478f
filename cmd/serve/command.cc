// SPDX-License-Identifier: MIT
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "cmd/recording.h"
#include "cmd/serve/account.h"
#include "cmd/serve/exec.h"
#include "cmd/serve/files.h"
#include "cmd/serve/serve.h"
#include "cmd/serve/server.h"
#include "cmd/serve/services.h"
#include "cmd/serve/settings.h"
#include "report/suggest.h"

namespace fid::cmd {
namespace {

using namespace serve;

std::vector<Option> option_list() {
    std::vector<Option> options = listen_options();
    std::ranges::move(account_options(), std::back_inserter(options));
    std::ranges::move(files_options(), std::back_inserter(options));
    std::ranges::move(record_options(), std::back_inserter(options));
    return options;
}

/// The first word.
Result<const ServiceDoc*> find_service(const std::vector<std::string>& words) {
    std::vector<std::string_view> names;
    for (const ServiceDoc& each : service_docs()) {
        names.push_back(each.name);
        if (words.front() == each.name) return &each;
    }
    std::string hint = report::did_you_mean(words.front(), names);
    if (hint.empty())
        hint = "echo, discard, chargen, daytime, time, text TEXT and exec COMMAND are; './DIR' is a folder";
    return fail(Status::usage, "neither service nor folder:", "'" + words.front() + "'", {}, std::move(hint));
}

/// The word after the service: there where it takes one, and no other.
Result<std::string> read_argument(const ServiceDoc& service, const std::vector<std::string>& words) {
    const std::size_t wanted = service.has_argument ? 2 : 1;
    if (words.size() == wanted) return service.has_argument ? words[1] : std::string();
    if (words.size() > wanted)
        return fail(Status::usage, "one word too many:", "'" + words[wanted] + "'", {},
                    service.has_argument ? "quote it: fid serve " + words.front() + " '...'" : "");
    return fail(Status::usage, service.name == "exec" ? "no command given" : "no text given", {}, {},
                "fid serve " + words.front() + " '...'");
}

/// "@FILE" is what the file has, to the byte; a text gets a line feed where it has none.
Result<std::string> read_text(const std::string& argument) {
    if (!argument.starts_with('@')) return argument.ends_with('\n') ? argument : argument + "\n";
    const std::string path = argument.substr(1);
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    return text;
}

Result<Service> make_service(const ServiceDoc& doc, const std::string& argument, const Account& account) {
    if (doc.name == "echo") return echo_service();
    if (doc.name == "discard") return discard_service();
    if (doc.name == "chargen") return chargen_service();
    if (doc.name == "daytime") return daytime_service();
    if (doc.name == "time") return time_service();
    if (doc.name == "exec") return exec_service(argument, account.log_descriptor());
    auto text = read_text(argument);
    if (!text) return std::unexpected(std::move(text.error()));
    return text_service(std::move(*text));
}

bool beyond_this_machine(const Endpoint& endpoint) {
    if (endpoint.scheme == "unix") return false;
    return !endpoint.address || transport::is_exposed(transport::SocketAddress(*endpoint.address, 0));
}

void warn(Context& context, const ServiceDoc& service, const Plan& plan) {
    for (const Endpoint& endpoint : plan.endpoints) {
        if (!beyond_this_machine(endpoint) || endpoint.host == "localhost") continue;
        if (service.name == "exec")
            context.log.warning("who can reach " + endpoint.text() + " can run the command",
                                "127.0.0.1 instead of the address keeps it on this machine");
        else if (service.answers_datagrams && endpoint.scheme == "udp")
            context.log.warning("datagrams to " + endpoint.text() + " are answered to whoever they claim to be from",
                                "senders of false addresses can aim the answers at others");
    }
}

/// What no service of a few bytes speaks.
Result<void> check_schemes(const Plan& plan) {
    for (const Endpoint& endpoint : plan.endpoints)
        if (endpoint.scheme.starts_with("http"))
            return fail(Status::usage, "cannot listen on", endpoint.text(), "the services here do not speak HTTP",
                        "they do tcp, udp, tls, ws, wss and unix");
    return {};
}

Status serve_words(Context& context) {
    const auto& words = context.args.words();
    if (words.empty()) return serve_files(context, ".");
    const auto doc = find_service(words);
    if (!doc && names_folder(words.front())) {
        if (words.size() == 1) return serve_files(context, words.front());
        return context.log.error({Status::usage, "one word too many:", "'" + words[1] + "'", {}, {}});
    }
    if (!doc) return context.log.error(doc.error());
    for (const Option& option : files_options())
        if (context.args.has(option.names))
            return context.log.error({Status::usage, std::string(option.names) + " is for folders only", {}, {}, {}});
    const auto argument = read_argument(**doc, words);
    if (!argument) return context.log.error(argument.error());
    auto plan = read_plan(context.args, (*doc)->port);
    if (!plan) return context.log.error(plan.error());
    if (auto spoken = check_schemes(*plan); !spoken) return context.log.error(spoken.error());
    if (plan->model != Model::loop && !(*doc)->has_models)
        return context.log.error(
            {Status::usage, "--model is for echo, text and exec, not", std::string((*doc)->name), {}, {}});
    if (plan->model == Model::fork && context.args.has("--record"))
        return context.log.error({Status::usage, "--record does not go with --model fork", {}, {}, {}});
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    plan->welcome.recorder = recorder->get();
    if (auto ready = prepare_tls(context, *plan); !ready) return context.log.error(ready.error());
    const auto account = Account::make(context, std::string((*doc)->name));
    if (!account) return context.log.error(account.error());
    const auto service = make_service(**doc, *argument, **account);
    if (!service) return context.log.error(service.error());
    warn(context, **doc, *plan);
    const Status status = run_server(context, *plan, *service, **account);
    if (*recorder)
        if (auto closed = (*recorder)->close(); !closed) return context.log.error(closed.error());
    return status;
}

constexpr std::string_view services_manual =
    "Serves one of the small services on every listener, several listeners at once, over TCP, UDP, TLS, WebSocket "
    "and Unix sockets alike, until Ctrl-C, SIGTERM or --count. Standard output gets the URL of each listener once "
    "it stands; a port of 0 is replaced by the one that the kernel chose.\n\n"
    "echo (RFC 862) sends back what comes, discard (863) drops it, chargen (864) sends rotating lines of 72 "
    "characters for as long as they are read, daytime (867) tells the local date and time in words, time (868) "
    "the seconds since 1900 as 32 bits. text TEXT says TEXT and a line feed to everybody; @FILE is what a file "
    "has. Where datagrams come, each is answered by one; those of chargen have 444 bytes, and no more than were "
    "asked with where the listener may be reached from other machines.\n\n"
    "exec COMMAND gives the command to /bin/sh -c for each connection. The peer's end closes its standard input; "
    "its output is passed on until it ends, and it is waited for; its standard error is the log. Where the peer "
    "resets, or --idle passes, it gets SIGTERM, and SIGKILL half a second later. It finds the peer in PROTO, "
    "TCPREMOTEIP, TCPREMOTEPORT, TCPLOCALIP and TCPLOCALPORT (UDP... for datagrams, UNIXLOCALPATH, UNIXREMOTEEUID, "
    "UNIXREMOTEEGID and UNIXREMOTEPID for Unix sockets), REMOTE_ADDR and REMOTE_PORT, SOCAT_PEERADDR, "
    "SOCAT_PEERPORT, SOCAT_SOCKADDR and SOCAT_SOCKPORT, and in FID_PEER, FID_LOCAL, FID_TRANSPORT, "
    "FID_CONNECTION (a number), FID_TLS_VERSION and FID_TLS_CIPHER.\n\n"
    "A listener is [SCHEME://]ADDRESS:PORT with tcp, udp, tls, ws (a path may follow) or wss, or unix:PATH "
    "(?mode=0660 sets its mode; a socket that nobody listens on any more gives way) or unix:@NAME. A bare PORT is "
    "one of 127.0.0.1; :PORT is that of all addresses of this machine, IPv4 and IPv6. Without --listen it is "
    "127.0.0.1 and the RFC's port and 7000 (echo 7007), or 8000 for text and exec.\n\n"
    "TLS presents --tls-cert, or a certificate made for this run (ECDSA P-256, for localhost, this machine's name, "
    "127.0.0.1 and ::1), whose SHA-256 is told. WebSockets are refused to pages of other hosts than ours, which a "
    "browser would let in, unless --ws-origin names them. Each message is passed on as its bytes.\n\n"
    "Peers of a UDP listener are told apart by their address; one that is silent for a minute has ended. A "
    "connection that nothing passes on ends after --idle, handshakes have --timeout. At the end of the run no "
    "more connections are taken, and those that there are have --grace; a second Ctrl-C leaves at once.\n\n"
    "Each connection gets a line in the log at its end, on standard error or in --log-file: when, with whom, "
    "what, how much and how long. With --json, --csv or --fields standard output gets records instead: listening, "
    "closed, summary. --model says who does the work: threads on loops (the default), a thread or a process for "
    "each connection, or one connection after another; they all do the same.";

std::string_view description() {
    static const std::string text = std::string(files_manual).append("\n\n").append(services_manual);
    return text;
}

}  // namespace

const Command serve_command{
    .name = "serve",
    .summary = "serve files over HTTP; answer connections: echo, a text, a program",
    .description = description(),
    .positionals = {{.name = "DIR|SERVICE",
                     .help = "a folder (default: this one), or echo, discard, chargen, daytime, time, text or exec",
                     .complete = Complete::directory},
                    {.name = "ARGUMENT", .help = "the text, or the command"}},
    .options = option_list(),
    .examples = {{"fid serve tests --listen tcp://203.0.113.1:8000", "a folder; at an address that is not ours", 7},
                 {"fid serve text hello --listen unix:@fid-manual --count 1 & fid connect --retry 5 unix:@fid-manual",
                  "one text for one client"},
                 {"fid serve exec 'tr a-z A-Z' --listen unix:@fid-manual2 --count 1 -q & "
                  "echo quiet | fid connect --retry 5 unix:@fid-manual2",
                  "a program on a socket"},
                 {"fid serve daytime --listen udp://203.0.113.1:7013", "an address that is not ours", 7}},
    .statuses = {{Status::success, "ended by SIGTERM or --count"},
                 {Status::bad_input, "the file of users makes no sense"},
                 {Status::cannot_connect, "it cannot listen there: the port is taken, or needs root"},
                 {Status::host_not_found, "the name to listen on has no address"},
                 {Status::cannot_write, "the log or the recording cannot be written"},
                 {Status::cannot_read, "the folder, the certificate, its key or the text cannot be read"},
                 {Status::interrupted, "stopped by Ctrl-C"}},
    .records = {&listening_record, &request_record, &closed_record, &summary_record},
    .see_also = {"nc(1)", "socat(1)", "tcpserver(1)", "inetd(8)"},
    .run = serve_words};

}  // namespace fid::cmd
