// SPDX-License-Identifier: MIT
// `fid mail send`: a message is made and handed to a server, once or many times.
#include <algorithm>
#include <list>
#include <optional>

#include "cmd/credentials.h"
#include "cmd/mail/draft.h"
#include "cmd/mail/mail.h"
#include "cmd/mail/records.h"
#include "cmd/mail/settings.h"
#include "cmd/values.h"
#include "mail/sasl.h"
#include "report/progress.h"

namespace fid::cmd::mail {
namespace {

using fid::mail::Delivery;
using fid::mail::Fate;
using fid::mail::Receipt;
using fid::mail::Session;

/// Not tried with more: one loop has to serve them.
constexpr std::uint64_t most_parallel = 256;

class Sending {
  public:
    Sending(Context& context, fid::mail::SessionSettings settings, Letter letter)
        : context_(context), settings_(std::move(settings)), letter_(std::move(letter)) {}

    std::uint64_t repeat = 1, parallel = 1;

    Task<Status> run(transport::Executor executor, transport::Recorder* recorder) {
        settings_.dial.recorder = recorder;
        transport::Timer ended(executor, transport::Timer::time_point::max());
        if (repeat > 1) progress_.emplace("sending", repeat, report::Results::after, context_.out.options().quiet);
        started_ = transport::Clock::now();
        workers_ = std::min(parallel, repeat);
        for (std::uint64_t i = workers_; i > 0; --i) {
            auto working = work(executor, ended);
            transport::asio::co_spawn(executor, std::move(working), transport::asio::detached);
        }
        while (workers_ != 0) co_await ended.async_wait(transport::as_task);
        sum_up();
        co_return status_;
    }

    /// Ctrl-C: nothing that is under way goes untold.
    void interrupted() {
        for (const Live& live : live_) {
            live.delivery->error =
                Error{Status::interrupted, "stopped before the end, at", settings_.server.text(), {}, {}};
            account(live.number, *live.delivery, transport::Clock::now() - live.started);
        }
        sum_up();
    }

  private:
    struct Live {
        std::uint64_t number;
        Delivery* delivery;
        transport::Clock::time_point started;
    };

    Task<void> work(transport::Executor executor, transport::Timer& ended) {
        std::unique_ptr<Session> session;
        bool proven = false;  // this connection has taken a message
        while (next_ < repeat && !stopped_) {
            if (!session) {
                proven = false;
                auto opening = Session::open(executor, settings_);
                auto opened = co_await std::move(opening);
                if (!opened) {
                    fail_all(opened.error());
                    break;
                }
                ++load_.connections;
                session = std::move(*opened);
                if (next_ >= repeat) break;
            }
            const std::uint64_t number = ++next_;
            Delivery delivery;
            const auto place = live_.insert(live_.end(), {number, &delivery, transport::Clock::now()});
            auto delivering = session->deliver(letter_.envelope, letter_.message, delivery);
            co_await std::move(delivering);
            if (session->broken() && proven && is_untouched(delivery)) {
                // Servers let go of a connection that has brought many messages; this one went nowhere.
                session.reset();
                auto opening = Session::open(executor, settings_);
                auto opened = co_await std::move(opening);
                if (opened) {
                    ++load_.connections;
                    session = std::move(*opened);
                    auto again = session->deliver(letter_.envelope, letter_.message, delivery);
                    co_await std::move(again);
                }
            }
            const auto duration = transport::Clock::now() - place->started;
            live_.erase(place);
            account(number, delivery, duration);
            proven = true;
            if (delivery.error) stopped_ = true;
            if (session && session->broken()) session.reset();
        }
        if (session) {
            auto leaving = session->quit();
            co_await std::move(leaving);
        }
        --workers_;
        ended.cancel();
    }

    static bool is_untouched(const Delivery& delivery) {
        return delivery.error &&
               std::ranges::all_of(delivery.receipts, [](const Receipt& one) { return one.fate == Fate::unsent; });
    }

    void fail_all(const Error& error) {
        stopped_ = true;
        join(context_.log.error(error));
    }

    void join(Status one) {
        if (!judged_) {
            status_ = one;
        } else if (status_ != one) {
            status_ = Status::partial;
        }
        judged_ = true;
    }

    /// Writes what became of a message: of one, each recipient; of many, what went wrong.
    void account(std::uint64_t number, const Delivery& delivery, std::chrono::nanoseconds duration) {
        std::size_t accepted = 0, unknown = 0, refused = 0;
        const Receipt* first_refused = nullptr;
        for (const Receipt& receipt : delivery.receipts) {
            accepted += receipt.fate == Fate::accepted ? 1 : 0;
            unknown += receipt.fate == Fate::unknown ? 1 : 0;
            refused += receipt.fate == Fate::refused ? 1 : 0;
            if (receipt.fate == Fate::refused && first_refused == nullptr) first_refused = &receipt;
            if (repeat == 1 || receipt.fate != Fate::accepted) write_receipt(context_.out, receipt, number, duration);
        }
        context_.out.line_done();
        const std::size_t all = delivery.receipts.size();
        ++load_.messages;
        if (progress_) progress_->update(load_.messages);
        Status status = Status::success;
        if (unknown != 0) {
            ++load_.unknown;
            status = tell_unknown(delivery);
        } else if (delivery.error) {
            ++load_.unsent;
            status = context_.log.error(*delivery.error);
        }
        if (first_refused != nullptr) {
            const Status refusal = tell_refused(delivery);
            if (status == Status::success) status = refusal;
        }
        if (accepted == all) {
            ++load_.accepted;
            load_.bytes += letter_.message.size();
        } else if (accepted != 0) {
            ++load_.partial;
            if (unknown == 0) status = Status::partial;
        } else if (refused == all) {
            ++load_.refused;
        }
        join(status);
    }

    Status tell_unknown(const Delivery& delivery) {
        const std::string server = settings_.server.text();
        if (!delivery.error)
            return context_.log.error(
                {Status::receive_failure, "unknown whether the message was accepted by", server, {}, {}});
        Error error = *delivery.error;
        error.cause = error.sentence();
        error.attempt = "unknown whether the message was accepted by";
        error.subject = server;
        error.hint = "all of it was sent, and no answer came: sent again it may arrive twice";
        return context_.log.error(error);
    }

    /// One of many messages stands for those after it.
    Status tell_refused(const Delivery& delivery) {
        if (std::exchange(told_refused_, repeat > 1)) return Status::server_error;
        for (const Receipt& receipt : delivery.receipts) {
            if (receipt.fate != Fate::refused || !receipt.reply) continue;
            const Error error =
                fid::mail::refusal("refused for " + receipt.recipient + " by", settings_.server.text(), *receipt.reply);
            context_.out.flush();
            context_.log.error(error);
        }
        return Status::server_error;
    }

    void sum_up() {
        if (repeat == 1) return;
        load_.duration = transport::Clock::now() - started_;
        write_load(context_.out, load_);
    }

    Context& context_;
    fid::mail::SessionSettings settings_;
    Letter letter_;
    std::list<Live> live_;
    std::uint64_t next_ = 0, workers_ = 0;
    std::optional<report::Progress> progress_;
    transport::Clock::time_point started_;
    Load load_;
    Status status_ = Status::success;
    bool judged_ = false, stopped_ = false, told_refused_ = false;
};

/// The message as it would be sent, with the line ends of files here.
Status print_message(Context& context, const fid::mail::Message& message) {
    fid::mail::MessageReader reader(message, false);
    std::string block;
    while (!reader.at_end() && !context.out.closed()) {
        block.clear();
        if (const auto more = reader.next(block); !more) return context.log.error(more.error());
        std::erase(block, '\r');  // those of line ends: there are no others
        for (std::size_t at = 0; at < block.size() && !context.out.closed();) {
            const std::size_t end = std::min(block.find('\n', at), block.size() - 1) + 1;
            const std::string_view line = std::string_view(block).substr(at, end - at);
            if (context.out.terminal()) {
                context.out.text().escaped(line.substr(0, line.find('\n')));
                if (line.ends_with('\n')) context.out.text().put('\n');
            } else {
                context.out.text().put(line);
            }
            context.out.line_done();
            at = end;
        }
    }
    return Status::success;
}

Result<fid::mail::SessionSettings> read_settings(Context& context) {
    const Arguments& args = context.args;
    if (!args.has("--via"))
        return fail(Status::usage, "there is no server to hand it to", {}, {}, "--via smtp://HOST, or --dry-run");
    auto server = read_server(args.value("--via"));
    if (!server) return std::unexpected(std::move(server.error()));
    const std::string user = server->user, host = server->scheme == "unix" ? "localhost" : server->host;
    auto settings = read_server_settings(context, std::move(*server));
    if (!settings) return settings;
    settings->mechanism = args.value("--auth");
    settings->clear_password = args.has("--clear-password");
    constexpr unsigned dialogue = 2;
    if (context.log.verbose() >= dialogue)
        settings->trace = [&log = context.log](char side, std::string_view line) {
            log.note(std::string{side, ' '}.append(line));
        };
    // Who is in ~/.netrc for other services does not log in here without being asked to.
    if (!args.has("--user") && user.empty() && !args.has("--netrc")) return settings;
    auto login = find_login(context, {.host = host, .user = user, .variable = "FID_MAIL_PASSWORD", .open = {}});
    if (!login) return std::unexpected(std::move(login.error()));
    settings->user = std::move(login->user);
    settings->password = std::move(login->password).value_or(std::string());
    for (const std::string* const word : {&settings->user, &settings->password})
        if (word->find('\0') != std::string::npos)
            return fail(Status::usage, "the user or password has", "a NUL in it");
    return settings;
}

Status run_send(Context& context) {
    const Arguments& args = context.args;
    auto letter = read_letter(args);
    if (!letter) return context.log.error(letter.error());
    constexpr std::size_t longest_allowed = 998;  // RFC 5322 section 2.1.1
    if (letter->message.longest_line() > longest_allowed)
        context.log.warning("a line of the message is longer than 998 bytes; servers may break it");
    if (args.has("--dry-run")) return print_message(context, letter->message);
    auto settings = read_settings(context);
    if (!settings) return context.log.error(settings.error());
    Sending sending(context, std::move(*settings), std::move(*letter));
    const auto repeat = read_count("--repeat", args.value("--repeat"), 1);
    if (!repeat) return context.log.error(repeat.error());
    const auto parallel = read_count("--parallel", args.value("--parallel"), 1, most_parallel);
    if (!parallel) return context.log.error(parallel.error());
    sending.repeat = *repeat;
    sending.parallel = *parallel;
    return run_work(
        context,
        [&sending](transport::Executor executor, transport::Recorder* recorder) {
            return sending.run(executor, recorder);
        },
        [&sending] { sending.interrupted(); });
}

std::vector<Option> options() {
    auto own = draft_options();
    own.push_back({.names = "--via",
                   .value = "SERVER",
                   .help = "smtp://HOST[:PORT], smtps://HOST, lmtp://HOST, or unix:PATH, which is LMTP",
                   .group = "Server"});
    own.push_back({.names = "--dry-run", .help = "print the message and send nothing", .group = "Server"});
    own = with_login_options(std::move(own), "Server");
    own.push_back({.names = "--auth",
                   .value = "MECHANISM",
                   .help = "how to log in (default: the best that is offered)",
                   .group = "Server",
                   .choices = {"SCRAM-SHA-256", "PLAIN", "LOGIN", "CRAM-MD5"}});
    own.push_back({.names = "--clear-password",
                   .help = "let the password be read by everybody on the way, where there is no TLS",
                   .group = "Server"});
    own.push_back(
        {.names = "--repeat", .value = "N", .help = "send it so many times", .group = "Load", .fallback = "1"});
    own.push_back({.names = "--parallel",
                   .value = "N",
                   .help = "over so many connections, each kept for many messages",
                   .group = "Load",
                   .fallback = "1"});
    return with_server_options(std::move(own));
}

}  // namespace

const Command send_command{
    .name = "send",
    .summary = "make a message and hand it to a server",
    .description =
        "Makes a message of the texts and files that are given, and hands it to the server of --via. Texts are UTF-8; "
        "headers, file names and texts outside ASCII are encoded so that every server passes them on; attachments may "
        "be of any size, and are not held in memory. --eml sends a message that is ready: only its line ends become "
        "those of mail (CR LF).\n\n"
        "Each recipient is one line: accepted, refused, unsent, or unknown, with the server's reply. Unknown is what "
        "there is to say when all of the message has gone out and the connection ended before the answer: the server "
        "may have taken it. Nothing is sent a second time by itself.\n\n"
        "TLS: smtps:// and --tls implicit speak it from the first byte on. Otherwise STARTTLS is used where it is "
        "offered, and where somebody logs in or the port is 587 nothing goes on without it, because who stands in the "
        "way could have taken it out of the offer. A certificate that cannot be trusted ends the conversation, and so "
        "do words that come in the clear behind the agreement on TLS.\n\n"
        "With --repeat it is a generator of load: the same message over connections that are kept, several at the same "
        "time with --parallel. Then only what went wrong is written, and an account at the end.",
    .options = options(),
    .examples = {{"fid mail send --from a@example.org --to b@example.org --subject Hello --text README.md --dry-run",
                  "the message as it would be sent", 0},
                 {"fid mail send --from a@example.org --to b@example.org --via smtp://localhost:1",
                  "a server that is not there", 7}},
    .statuses = {{Status::success, "accepted for all recipients"},
                 {Status::cannot_connect, "the server does not take connections"},
                 {Status::protocol_violation, "what the server says is no SMTP"},
                 {Status::server_error, "the server refused the message, for now or for good"},
                 {Status::cannot_read, "a file cannot be read"},
                 {Status::timeout, "connecting took too long, or no reply came for --idle"},
                 {Status::tls_handshake, "no TLS, and it is needed"},
                 {Status::send_failure, "the connection was lost"},
                 {Status::receive_failure, "the connection was lost; where recipients are unknown, behind the message"},
                 {Status::certificate, "the server's certificate cannot be trusted"},
                 {Status::login_refused, "the login was refused"},
                 {Status::partial, "accepted for some recipients only, or some of several messages"},
                 {Status::interrupted, "stopped by Ctrl-C"}},
    .records = {&mail_record, &load_record},
    .see_also = {"swaks(1)", "msmtp(1)", "smtp-source(1)"},
    .run = run_send};

}  // namespace fid::cmd::mail
