// SPDX-License-Identifier: MIT
#include "cmd/mail/settings.h"

#include "cmd/dial_options.h"
#include "cmd/recording.h"
#include "cmd/values.h"
#include "mail/mailbox.h"
#include "report/interrupt.h"
#include "transport/pollable.h"

namespace fid::cmd::mail {

using fid::mail::SessionSettings;
using fid::mail::TlsUse;

std::vector<Option> with_server_options(std::vector<Option> own) {
    own.push_back(
        {.names = "--tls",
         .value = "WHEN",
         .help = "auto: where it is offered, and required on port 587 and for logins; required; implicit; none",
         .group = "Server",
         .fallback = "auto",
         .choices = {"auto", "required", "implicit", "none"}});
    own.push_back({.names = "--ehlo",
                   .value = "NAME",
                   .help = "what we call ourselves (default: the host's full name, or our address)",
                   .group = "Server"});
    own.push_back({.names = "--sequential",
                   .help = "wait for each reply before the next command, whatever the server offers",
                   .group = "Server"});
    own.push_back({.names = "--idle",
                   .value = "TIME",
                   .help = "give up when no reply comes for so long, twice that behind a message; 0: never",
                   .group = "Server",
                   .fallback = "5m"});
    return with_dial_options(std::move(own));
}

Result<Endpoint> read_server(std::string_view text) {
    auto server = Endpoint::parse(text);
    if (!server) return server;
    if (server->scheme.empty()) server->scheme = "smtp";
    const std::string_view scheme = server->scheme;
    if (scheme != "smtp" && scheme != "smtps" && scheme != "lmtp" && scheme != "unix")
        return fail(Status::usage, "not a mail server:", server->text(), std::string(scheme) + " is another protocol",
                    "smtp://HOST, smtps://HOST, lmtp://HOST or unix:PATH");
    if (server->password)
        return fail(Status::usage, "a password on the command line is seen by every user:", server->text(), {},
                    "leave it out: --password-file FILE, FID_MAIL_PASSWORD, ~/.netrc, or wait to be asked");
    const bool local = scheme == "unix";
    if (!local && (server->host.empty() || server->path.size() > 1 || !server->parameters.empty()))
        return fail(Status::usage, "not a mail server:", std::string(text), "a host and perhaps a port are all it has");
    return server;
}

Result<SessionSettings> read_server_settings(const Context& context, Endpoint server) {
    const Arguments& args = context.args;
    auto dial = read_dial_options(args);
    if (!dial) return std::unexpected(std::move(dial.error()));
    if (!dial->starttls.empty())
        return fail(Status::usage, "--starttls is not for mail", {}, {}, "--tls required asks for it");
    SessionSettings settings;
    settings.server = std::move(server);
    settings.dial = std::move(*dial);
    const std::string_view tls = args.value("--tls");
    if (tls == "required") settings.tls = TlsUse::required;
    if (tls == "implicit" || settings.server.scheme == "smtps") settings.tls = TlsUse::implicit;
    if (tls == "none") settings.tls = TlsUse::none;
    if (tls == "none" && settings.server.scheme == "smtps")
        return fail(Status::usage, "--tls none does not go with", "smtps://", {}, "smtp:// is the one without");
    settings.sequential = args.has("--sequential");
    settings.name = args.value("--ehlo");
    if (!settings.name.empty() && !fid::mail::check_address(settings.name))
        return fail(Status::usage, "--ehlo wants a name, or an address in brackets, not", "'" + settings.name + "'");
    const auto idle = read_duration("--idle", args.value("--idle"));
    if (!idle) return std::unexpected(idle.error());
    settings.idle = *idle;
    return settings;
}

namespace {

Task<void> run_to_end(const Work& work, transport::Executor executor, transport::Recorder* recorder, Status& status,
                      transport::Pollable& interrupt) {
    auto working = work(executor, recorder);
    status = co_await std::move(working);
    interrupt.stop({Status::success, "done", {}, {}, {}});
}

Task<void> stop_at_interrupt(transport::asio::io_context& loop, const std::function<void()>& interrupted,
                             transport::Pollable& interrupt) {
    auto waiting = interrupt.readable();
    const auto came = co_await std::move(waiting);
    if (!came || !report::interrupted()) co_return;
    interrupted();
    loop.stop();
}

}  // namespace

Status run_work(Context& context, const Work& work, const std::function<void()>& interrupted) {
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    Status status = Status::interrupted;
    {
        transport::asio::io_context loop(1);
        auto interrupt = transport::Pollable::borrowed(loop.get_executor(), report::interrupt_descriptor());
        auto running = run_to_end(work, loop.get_executor(), recorder->get(), status, interrupt);
        auto watching = stop_at_interrupt(loop, interrupted, interrupt);
        transport::asio::co_spawn(loop.get_executor(), std::move(running), transport::asio::detached);
        transport::asio::co_spawn(loop.get_executor(), std::move(watching), transport::asio::detached);
        loop.run();
    }
    if (*recorder)
        if (auto closed = (*recorder)->close(); !closed) return context.log.error(closed.error());
    return status;
}

}  // namespace fid::cmd::mail
