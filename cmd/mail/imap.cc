// SPDX-License-Identifier: MIT
#include "cmd/mail/imap.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "cmd/credentials.h"
#include "cmd/dial_options.h"
#include "cmd/recording.h"
#include "cmd/values.h"
#include "report/calendar.h"
#include "report/interrupt.h"
#include "transport/pollable.h"

namespace fid::cmd::mail {

using fid::mail::ImapResponse;
using fid::mail::ImapSession;
using fid::mail::ImapSettings;
using fid::mail::ImapUrl;
using fid::mail::ImapValue;
using transport::Task;

std::vector<Option> with_imap_options(std::vector<Option> own) {
    constexpr std::string_view group = "IMAP";
    own.push_back({.names = "--tls",
                   .value = "WHEN",
                   .help = "required: imap:// begins with STARTTLS; none: not even that",
                   .group = group,
                   .fallback = "required",
                   .choices = {"required", "none"}});
    own.push_back({.names = "--idle",
                   .value = "TIME",
                   .help = "give up when nothing comes for so long; 0: never",
                   .group = group,
                   .fallback = "60s"});
    own.push_back({.names = "--max-size",
                   .value = "SIZE",
                   .help = "of what the server says at once; a larger message is not read",
                   .group = group,
                   .fallback = "64M"});
    return with_dial_options(with_login_options(std::move(own), group));
}

std::vector<ExitDoc> imap_statuses() {
    return {{Status::success, "all was shown"},
            {Status::cannot_connect, "the server does not take connections"},
            {Status::protocol_violation, "what the server says is no IMAP"},
            {Status::server_error, "the server refused, or there is no such mailbox or message"},
            {Status::timeout, "connecting took too long, or nothing came for --idle"},
            {Status::tls_handshake, "no TLS, and --tls none was not given"},
            {Status::receive_failure, "the connection was lost"},
            {Status::certificate, "the server's certificate cannot be trusted"},
            {Status::login_refused, "the login was refused"},
            {Status::interrupted, "stopped by Ctrl-C"}};
}

namespace {

Result<ImapSettings> read_settings(Context& context, const ImapUrl& url) {
    const Arguments& args = context.args;
    ImapSettings settings;
    auto dial = read_dial_options(args);
    if (!dial) return std::unexpected(std::move(dial.error()));
    if (!dial->starttls.empty())
        return fail(Status::usage, "--starttls is not for mail", {}, {}, "imap:// begins with STARTTLS by itself");
    settings.dial = std::move(*dial);
    settings.server = url.server;
    settings.clear = args.value("--tls") == "none";
    if (settings.clear && url.server.scheme == "imaps")
        return fail(Status::usage, "--tls none does not go with", url.server.text(), {}, "imap:// is without TLS");
    const auto idle = read_duration("--idle", args.value("--idle"));
    if (!idle) return std::unexpected(idle.error());
    settings.idle = *idle;
    const auto size = read_size("--max-size", args.value("--max-size"));
    if (!size) return std::unexpected(size.error());
    settings.most_bytes = *size;
    auto login =
        find_login(context, {.host = url.server.host, .user = url.server.user, .variable = "FID_MAIL_PASSWORD"});
    if (!login) return std::unexpected(std::move(login.error()));
    if (login->user.empty())
        return fail(Status::usage, "nobody logs in at", url.server.text(), {},
                    "imaps://USER@HOST, --user NAME or ~/.netrc says who");
    settings.user = std::move(login->user);
    settings.password = login->password.value_or("");
    constexpr unsigned dialogue = 2;
    if (context.log.verbose() >= dialogue)
        settings.trace = [&log = context.log](char side, std::string_view line) {
            Text text;
            text.put(side);
            text.put(' ');
            text.escaped(line);
            log.note(text.view());
        };
    return settings;
}

Task<Result<void>> talk(Context& context, ImapSettings settings, const ImapUrl& url, ImapWork work) {
    const auto executor = co_await transport::asio::this_coro::executor;
    auto opening = ImapSession::open(executor, std::move(settings));
    auto session = co_await std::move(opening);
    if (!session) co_return std::unexpected(std::move(session.error()));
    auto working = work(context, **session, url);
    auto done = co_await std::move(working);
    auto leaving = (*session)->logout();
    co_await std::move(leaving);
    co_return done;
}

Task<void> run_to_end(Context& context, ImapSettings settings, const ImapUrl& url, ImapWork work,
                      std::optional<Result<void>>& outcome, transport::Pollable& interrupt) {
    auto talking = talk(context, std::move(settings), url, work);
    outcome = co_await std::move(talking);
    interrupt.stop({Status::success, "done", {}, {}, {}});
}

Task<void> stop_at_interrupt(transport::asio::io_context& loop, transport::Pollable& interrupt) {
    auto waiting = interrupt.readable();
    const auto interrupted = co_await std::move(waiting);
    if (interrupted && report::interrupted()) loop.stop();
}

}  // namespace

Status run_imap(Context& context, ImapWork work) {
    const auto url = ImapUrl::parse(context.args.words().front());
    if (!url) return context.log.error(url.error());
    auto settings = read_settings(context, *url);
    if (!settings) return context.log.error(settings.error());
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    settings->dial.recorder = recorder->get();
    std::optional<Result<void>> outcome;
    {
        transport::asio::io_context loop(1);
        auto interrupt = transport::Pollable::borrowed(loop.get_executor(), report::interrupt_descriptor());
        auto running = run_to_end(context, std::move(*settings), *url, work, outcome, interrupt);
        auto watching = stop_at_interrupt(loop, interrupt);
        transport::asio::co_spawn(loop.get_executor(), std::move(running), transport::asio::detached);
        transport::asio::co_spawn(loop.get_executor(), std::move(watching), transport::asio::detached);
        loop.run();
    }
    context.out.flush();
    Status status = outcome ? Status::success : Status::interrupted;
    if (outcome && !*outcome) status = context.log.error(outcome->error());
    if (*recorder)
        if (auto closed = (*recorder)->close(); !closed) return context.log.error(closed.error());
    return status;
}

Task<Result<std::uint64_t>> open_mailbox(ImapSession& session, std::string mailbox, bool change) {
    std::uint64_t exists = 0;
    const auto name = fid::mail::imap_quoted(fid::mail::encode_mailbox(mailbox));
    const std::string line = (change ? "SELECT " : "EXAMINE ") + name.value_or("\"\"");
    const ImapSession::Told told = [&exists](const ImapResponse& one) {
        if (const auto number = one.numbered("EXISTS")) exists = *number;
    };
    auto asking = session.command(line, told);
    auto answer = co_await std::move(asking);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (answer->status != "OK")
        co_return std::unexpected(fid::mail::imap_refusal("cannot open the mailbox", mailbox, *answer));
    co_return exists;
}

report::Value internal_date(const ImapValue* value) {
    if (value == nullptr) return {};
    std::string_view text = value->text;
    while (text.starts_with(' ')) text.remove_prefix(1);
    const auto take = [&text](char end) {
        const std::size_t stop = std::min(text.find(end), text.size());
        const std::string_view part = text.substr(0, stop);
        text.remove_prefix(std::min(stop + 1, text.size()));
        return part;
    };
    const auto number = [](std::string_view digits) -> std::optional<int> {
        int sum = 0;
        const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), sum);
        if (digits.empty() || error != std::errc() || last != digits.data() + digits.size()) return std::nullopt;
        return sum;
    };
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = number(take('-'));
    const auto month = std::ranges::find(months, take('-'));
    const auto year = number(take(' ')), hour = number(take(':')), minute = number(take(':')),
               second = number(take(' '));
    const bool signs = text.size() == 5 && (text.front() == '+' || text.front() == '-');
    const auto zone = number(signs ? text.substr(1) : std::string_view());
    if (!day || month == months.end() || !year || !hour || !minute || !second || !zone) return {};
    using namespace std::chrono;
    const year_month_day date(std::chrono::year(*year),
                              std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
                              std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return {};
    const auto offset = hours(*zone / 100) + minutes(*zone % 100);
    const auto local = sys_days(date).time_since_epoch() + hours(*hour) + minutes(*minute) + seconds(*second);
    const std::int64_t moment = duration_cast<seconds>(text.front() == '-' ? local + offset : local - offset).count();
    if (!report::Calendar::has_rfc3339(moment)) return {};
    report::Calendar calendar(report::Calendar::Zone::utc);
    Text out;
    calendar.date(moment, out);
    out.put('T');
    calendar.clock(moment, out);
    out.put('Z');
    return out.take();
}

report::List flag_list(const ImapValue* value) {
    report::List list;
    if (value != nullptr)
        for (const ImapValue& flag : value->list)
            list.emplace_back(flag.text.starts_with('\\') ? flag.text.substr(1) : flag.text);
    return list;
}

report::Value number_or_null(const ImapValue* value) {
    return value == nullptr ? report::Value() : report::Value(value->number());
}

report::Value text_or_null(std::string text) { return text.empty() ? report::Value() : report::Value(std::move(text)); }

}  // namespace fid::cmd::mail
