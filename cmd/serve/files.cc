// SPDX-License-Identifier: MIT
#include "cmd/serve/files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include "cmd/recording.h"
#include "cmd/serve/account.h"
#include "cmd/serve/settings.h"
#include "http/files.h"
#include "http/server.h"
#include "report/interrupt.h"
#include "report/text.h"

namespace fid::cmd::serve {
namespace {

using report::Field;
using report::Type;

constexpr std::uint16_t default_port = 8000;

/// As http::AccessLog writes them.
constexpr std::array request_fields{
    Field{"time", Type::time, "when it was answered"},
    Field{"peer", Type::text, "the client's address; unix where it has none"},
    Field{"user", Type::text, "who has logged in; null where nobody has to"},
    Field{"method", Type::text, "GET or another; null where it was no request"},
    Field{"target", Type::text, "what was asked for, as it was sent; at most 1024 bytes of it"},
    Field{"protocol", Type::text, "HTTP/1.1, HTTP/1.0 or HTTP/2.0"},
    Field{"status", Type::integer, "of the answer: 200, 404"},
    Field{"body_bytes", Type::integer, "of the answer without its head"},
    Field{"referer", Type::text, "the page that led there"},
    Field{"user_agent", Type::text, "what the client calls itself"},
};

std::string_view trim(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

Result<http::ResponseField> read_header(const std::string& text) {
    const std::size_t colon = text.find(':');
    const std::string_view value = colon == std::string::npos ? "" : trim(std::string_view(text).substr(colon + 1));
    const bool printable = std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
    if (colon == std::string::npos || value.empty() || !printable)
        return fail(Status::usage, "not a header:", "'" + text + "'", {}, "'Name: value' is one");
    std::string name = text.substr(0, colon);
    if (!http::may_be_added(name))
        return fail(Status::usage, "cannot set the header", "'" + name + "'", "it is the server's own, or no name");
    return http::ResponseField{std::move(name), std::string(value)};
}

Result<http::FilesSettings> read_files_settings(const Arguments& args) {
    http::FilesSettings settings;
    settings.listings = !args.has("--no-listing");
    settings.hidden = args.has("--hidden");
    settings.single_page = args.has("--spa");
    for (const std::string& text : args.values("--header")) {
        auto header = read_header(text);
        if (!header) return std::unexpected(std::move(header.error()));
        settings.headers.push_back(std::move(*header));
    }
    if (!args.has("--auth-file")) return settings;
    auto users = http::Users::read(std::string(args.value("--auth-file")));
    if (!users) return std::unexpected(std::move(users.error()));
    settings.users = std::move(*users);
    return settings;
}

/// What does not go together with files, and only there.
Result<void> check(const Context& context, const Plan& plan) {
    if (plan.model != Model::loop) return fail(Status::usage, "--model is not for files: loops serve them", {});
    if (plan.count != 0) return fail(Status::usage, "--count is not for files", {});
    const report::OutputOptions& output = context.out.options();
    if (output.format == report::Format::csv || !output.fields.empty())
        return fail(Status::usage, "requests are told as text or with --json only", {});
    if (output.format == report::Format::json && context.args.value("--log") == "common")
        return fail(Status::usage, "--log common does not go with --json", {});
    for (const Endpoint& endpoint : plan.endpoints)
        if (endpoint.scheme == "udp" || endpoint.scheme == "ws" || endpoint.scheme == "wss")
            return fail(Status::usage, "files are not served over", endpoint.scheme, {},
                        "tcp, tls and unix carry HTTP");
    return {};
}

http::LogFormat log_format(const Context& context, const Account& account) {
    if (context.out.format() == report::Format::json || account.form() == LogForm::json) return http::LogFormat::json;
    return account.form() == LogForm::common ? http::LogFormat::common : http::LogFormat::none;
}

http::ServerLimits read_server_limits(const Arguments& args, const Plan& plan) {
    http::ServerLimits limits;
    limits.connections = plan.most;
    limits.farewell = std::chrono::duration_cast<std::chrono::milliseconds>(plan.grace);
    if (args.has("--idle")) {
        // Zero is no limit: longer than any machine runs.
        limits.idle = plan.idle == std::chrono::nanoseconds::zero()
                          ? std::chrono::hours(24 * 365 * 100)
                          : std::chrono::duration_cast<std::chrono::milliseconds>(plan.idle);
    }
    return limits;
}

Status serve_plan(Context& context, const std::string& directory, Plan& plan) {
    const auto folder = http::Folder::open(directory);
    if (!folder) return context.log.error(folder.error());
    const auto settings = read_files_settings(context.args);
    if (!settings) return context.log.error(settings.error());
    if (auto ready = prepare_tls(context, plan); !ready) return context.log.error(ready.error());
    const auto account = Account::make(context, "files");
    if (!account) return context.log.error(account.error());
    report::catch_termination();
    http::ServerOptions options;
    options.endpoints = plan.endpoints;
    options.listen = plan.listen;
    options.welcome = plan.welcome;
    options.limits = read_server_limits(context.args, plan);
    options.loops = plan.loops;
    options.log = log_format(context, **account);
    options.sink = [&account](std::string_view lines) { (*account)->requests(lines); };
    options.make_handler = [&folder, &settings] { return http::make_files(*folder, *settings); };
    options.listening = [&account](const transport::Listener& listener) { (*account)->listening(listener); };
    options.end_descriptor = report::interrupt_descriptor();
    const auto served = http::run_server(std::move(options));
    if (!served) return context.log.error(served.error());
    return report::interrupted() ? Status::interrupted : Status::success;
}

}  // namespace

const report::RecordType request_record{"request", "A request for a file was answered.", request_fields};

const std::string_view files_manual =
    "With a folder (the current one where nothing is named) it is a web server for the files in it, over HTTP/1.1 and, "
    "where TLS has agreed on it, HTTP/2, on 127.0.0.1:8000 unless --listen says otherwise. Nothing outside of the "
    "folder "
    "can be reached: symbolic links that lead out are not there, and names that begin with a dot are only with "
    "--hidden. A folder is its index.html, or else a listing that can be sorted; it is JSON with ?format=json or "
    "for clients that prefer it. Ranges, conditions with strong ETags, and brotli, zstd and gzip are understood; "
    "FILE.br, FILE.zst and FILE.gz are taken where they are at least as new as FILE. A changed file is noticed within "
    "0.1 s. The log has a line for each request, in the Common Log Format or as JSON; --json puts the records on "
    "standard output. A client that has not sent the head of its request within 10 s is dropped, and one that is "
    "silent for 60 s, or --idle.";

std::vector<Option> files_options() {
    constexpr std::string_view files = "Files";
    return {{.names = "--header",
             .value = "FIELD",
             .help = "send 'Name: value' with every answer; repeat for more",
             .group = files,
             .repeatable = true},
            {.names = "--spa", .help = "answer with the root's index.html where nothing is", .group = files},
            {.names = "--hidden", .help = "serve names that begin with a dot, too", .group = files},
            {.names = "--no-listing", .help = "do not show what folders contain", .group = files},
            {.names = "--auth-file",
             .value = "FILE",
             .help = "ask for a password; lines of user:password or user:HASH as crypt(3) has them",
             .group = files,
             .complete = Complete::file}};
}

bool names_folder(std::string_view word) {
    std::error_code error;
    return word.find('/') != std::string_view::npos || std::filesystem::is_directory(word, error);
}

Status serve_files(Context& context, const std::string& directory) {
    auto plan = read_plan(context.args, default_port);
    if (!plan) return context.log.error(plan.error());
    if (auto right = check(context, *plan); !right) return context.log.error(right.error());
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    plan->welcome.recorder = recorder->get();
    const Status status = serve_plan(context, directory, *plan);
    if (*recorder)
        if (auto closed = (*recorder)->close(); !closed) return context.log.error(closed.error());
    return status;
}

}  // namespace fid::cmd::serve
