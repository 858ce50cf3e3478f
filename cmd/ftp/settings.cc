// SPDX-License-Identifier: MIT
#include "cmd/ftp/settings.h"

#include "cmd/credentials.h"
#include "cmd/dial_options.h"
#include "cmd/values.h"

namespace fid::cmd::ftp {

using fid::ftp::TlsUse;

std::vector<Option> with_ftp_options(std::vector<Option> own, bool parallel) {
    own.push_back({.names = "--tls",
                   .value = "WHEN",
                   .help = "auto: tried, and no password without it; required; implicit; none",
                   .group = "FTP",
                   .fallback = "auto",
                   .choices = {"auto", "required", "implicit", "none"}});
    own = with_login_options(std::move(own), "FTP");
    own.push_back({.names = "--active", .help = "let the server connect to us for data", .group = "FTP"});
    own.push_back({.names = "--sequential",
                   .help = "wait for each reply before the next command, for servers that lose some",
                   .group = "FTP"});
    own.push_back({.names = "--idle",
                   .value = "TIME",
                   .help = "give up when nothing comes for so long; 0: never",
                   .group = "FTP",
                   .fallback = "60s"});
    if (parallel)
        own.push_back({.names = "--parallel",
                       .value = "N",
                       .help = "connections to a server; fewer where it allows no more",
                       .group = "FTP",
                       .fallback = "4"});
    return with_dial_options(std::move(own));
}

std::vector<ExitDoc> ftp_statuses() {
    return {{Status::success, "all was done"},
            {Status::cannot_connect, "the server, or its data port, does not take connections"},
            {Status::protocol_violation, "what the server says is no FTP, or its names are no names"},
            {Status::truncated, "a transfer was cut; --resume goes on"},
            {Status::server_error, "the server refused: no such file, no permission, full"},
            {Status::cannot_write, "a file here cannot be written, or is there already"},
            {Status::cannot_read, "a file here cannot be read"},
            {Status::timeout, "connecting took too long, or nothing came for --idle"},
            {Status::tls_handshake, "no TLS, and it is needed"},
            {Status::receive_failure, "the connection was lost"},
            {Status::certificate, "the server's certificate cannot be trusted"},
            {Status::login_refused, "the login was refused"},
            {Status::partial, "some of several files failed"},
            {Status::interrupted, "stopped by Ctrl-C"}};
}

Result<Settings> read_settings(Context& context) {
    const Arguments& args = context.args;
    auto dial = read_dial_options(args);
    if (!dial) return std::unexpected(std::move(dial.error()));
    if (!dial->starttls.empty())
        return fail(Status::usage, "--starttls is not for FTP", {}, {}, "--tls required asks for AUTH TLS");
    Settings settings;
    settings.session.dial = std::move(*dial);
    const std::string_view tls = args.value("--tls");
    if (tls == "required") settings.session.tls = TlsUse::required;
    if (tls == "implicit") settings.session.tls = TlsUse::implicit;
    if (tls == "none") settings.session.tls = TlsUse::none;
    settings.session.active = args.has("--active");
    settings.session.sequential = args.has("--sequential");
    if (settings.session.active && !settings.session.dial.proxies.empty())
        return fail(Status::usage, "--active does not go with", "--proxy", "the server would connect to the proxy");
    const auto idle = read_duration("--idle", args.value("--idle"));
    if (!idle) return std::unexpected(idle.error());
    settings.session.idle = *idle;
    if (!args.value("--parallel").empty()) {
        constexpr std::uint64_t most = 64;
        const auto parallel = read_count("--parallel", args.value("--parallel"), 1, most);
        if (!parallel) return std::unexpected(parallel.error());
        settings.parallel = *parallel;
    }
    constexpr unsigned dialogue = 2;
    if (context.log.verbose() >= dialogue)
        settings.session.trace = [&log = context.log](char side, std::string_view line) {
            Text text;
            text.put(side);
            text.put(' ');
            text.escaped(line);
            log.note(text.view());
        };
    return settings;
}

Result<void> find_credentials(Context& context, const Url& url, fid::ftp::SessionSettings& session) {
    auto login = find_login(context, {.host = url.server.host,
                                      .user = url.server.user,
                                      .variable = "FID_FTP_PASSWORD",
                                      .open = {"anonymous", "ftp"}});
    if (!login) return std::unexpected(std::move(login.error()));
    if (login->user.empty()) return {};  // anonymous
    session.user = std::move(login->user);
    if (login->password) session.password = std::move(*login->password);
    return {};
}

}  // namespace fid::cmd::ftp
