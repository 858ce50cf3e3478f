// SPDX-License-Identifier: MIT
// `fid mail sink`: a mail server that takes everything.
#include "mail/sink.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <thread>

#include "cmd/mail/mail.h"
#include "cmd/recording.h"
#include "cmd/tls_identity.h"
#include "cmd/values.h"
#include "mail/header_reader.h"
#include "report/calendar.h"
#include "report/interrupt.h"

namespace fid::cmd::mail {
namespace {

using fid::mail::Arrival;
using fid::mail::Letter;
using fid::mail::SinkCount;
using fid::mail::SinkOptions;
using report::Field;
using report::Record;
using report::Type;
using report::Value;

constexpr std::uint16_t usual_port = 2525;

constexpr std::array listening_fields{
    Field{"url", Type::text, "where a client connects to"},
    Field{"address", Type::text, "our address; of a Unix socket its name"},
    Field{"port", Type::integer, "our port, also where 0 was asked for"},
    Field{"time", Type::time, "since when"},
};
constexpr std::array message_fields{
    Field{"number", Type::integer, "of this run's messages, from 1"},
    Field{"time", Type::time, "when it was taken"},
    Field{"from", Type::text, "the envelope's sender; empty for <>"},
    Field{"recipients", Type::list, "the envelope's recipients"},
    Field{"subject", Type::text, "decoded; null where there is none"},
    Field{"size_bytes", Type::integer, "of the message, the dots undone that SMTP adds"},
    Field{"file", Type::text, "its file in --dir; null where it is not kept"},
    Field{"message_id", Type::text, "its Message-ID"},
    Field{"header_from", Type::text, "the From field, decoded"},
    Field{"helo", Type::text, "the client's name for itself"},
    Field{"user", Type::text, "whom the client logged in as; null where it did not"},
    Field{"protocol", Type::text, "SMTP, ESMTP, LMTP; S behind it with TLS, A with a login (RFC 3848)"},
    Field{"tls_version", Type::text, "TLSv1.3 or TLSv1.2; null without TLS"},
    Field{"listener", Type::text, "where it came in"},
    Field{"peer_address", Type::text, "whom from"},
    Field{"peer_port", Type::integer, "the port there"},
    Field{"connection", Type::integer, "the number of the connection, from 1"},
    Field{"faults", Type::list, "what is against the rules: bare LF, bare CR, NUL, long lines, undeclared 8-bit"},
};
constexpr std::array summary_fields{
    Field{"messages", Type::integer, "that were taken"},
    Field{"bytes", Type::integer, "of all of them"},
    Field{"connections", Type::integer, "that there were"},
    Field{"cut", Type::integer, "messages whose connection ended before they were whole"},
    Field{"shed", Type::integer, "connections turned away since there were too many"},
    Field{"duration_s", Type::real, "how long it ran"},
};
const report::RecordType listening_record{"listening", "A listener stands.", listening_fields};
const report::RecordType message_record{"message", "A message was taken.", message_fields};
const report::RecordType summary_record{"summary", "The account of the run.", summary_fields};

Value text_or_null(std::string_view text) { return text.empty() ? Value() : Value(text); }

report::List faults_of(const Letter& letter) {
    report::List faults;
    const std::pair<bool, std::string_view> all[]{{letter.bare_lf, "bare LF"},
                                                  {letter.bare_cr, "bare CR"},
                                                  {letter.nul, "NUL"},
                                                  {letter.long_line, "long line"},
                                                  {letter.undeclared_8bit, "undeclared 8-bit"}};
    for (const auto& [there, words] : all)
        if (there) faults.emplace_back(words);
    return faults;
}

void set_place(Record& record, const std::string& prefix, const transport::SocketAddress& place) {
    if (const auto address = place.address())
        record.set(prefix + "address", address->text()).set(prefix + "port", unsigned{place.port()});
    else if (const std::string name = place.unix_name(); !name.empty())
        record.set(prefix + "address", name);
}

Record describe(const Arrival& arrival, const std::string& directory) {
    const Letter& letter = arrival.letter;
    std::string_view rest;
    const auto header = fid::mail::Header::read(letter.head, rest);
    Record record(message_record);
    report::List recipients;
    for (const std::string& each : letter.recipients) recipients.emplace_back(each);
    record.set("number", arrival.number).set("time", report::utc_now()).set("from", letter.from);
    record.set("recipients", std::move(recipients)).set("subject", text_or_null(header.text("Subject")));
    record.set("size_bytes", letter.size);
    if (!arrival.file.empty()) record.set("file", directory + "/" + std::string(arrival.file));
    record.set("message_id", text_or_null(header.value("Message-ID")));
    record.set("header_from", text_or_null(header.text("From")));
    record.set("helo", letter.helo).set("user", text_or_null(letter.user)).set("protocol", letter.protocol);
    record.set("tls_version", text_or_null(arrival.tls)).set("listener", arrival.listener);
    set_place(record, "peer_", arrival.peer);
    return record.set("connection", arrival.connection).set("faults", faults_of(letter));
}

/// What is told of the run, by any thread.
class Account {
  public:
    Account(Context& context, std::string directory) : context_(context), directory_(std::move(directory)) {
        context.out.live(true);
    }

    void listening(const transport::Listener& listener, const std::string& url) {
        report::Output& out = context_.out;
        if (out.plain_text()) {
            context_.log.answer("listening on " + url);
            return;
        }
        Record record(listening_record);
        record.set("url", url);
        set_place(record, "", listener.local());
        tell(record.set("time", report::utc_now()));
    }
    void arrived(const Arrival& arrival) {
        if (context_.args.has("--quiet") && context_.out.plain_text()) return;
        const Record record = describe(arrival, directory_);
        const std::lock_guard lock(mutex_);
        report::Output& out = context_.out;
        if (!out.plain_text()) return tell(record);
        static constexpr std::array<std::string_view, 5> columns{"from", "recipients", "size_bytes", "subject", "file"};
        static constexpr auto shown = std::span(columns);
        out.write_row(record, directory_.empty() ? shown.first(columns.size() - 1) : shown);
        out.flush();
    }
    void trouble(const Error& error) {
        const std::lock_guard lock(mutex_);
        // A full disk is told once; the clients are told each time.
        if (std::exchange(in_trouble_, true)) return;
        context_.log.warning(error.sentence(), "clients are told to try again later");
    }
    void summary(const SinkCount& count) {
        if (!context_.out.plain_text()) {
            const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
            Record record(summary_record);
            record.set("messages", count.messages).set("bytes", count.bytes).set("connections", count.connections);
            record.set("cut", count.cut).set("shed", count.shed).set("duration_s", seconds);
            return tell(record);
        }
        Text line;
        const auto put = [&line](std::uint64_t number, std::string_view one, std::string_view many) {
            line.number(number);
            line.put(number == 1 ? one : many);
        };
        put(count.messages, " message, ", " messages, ");
        put(count.bytes, " byte, ", " bytes, ");
        put(count.connections, " connection", " connections");
        if (count.cut != 0) put(count.cut, " (messages cut: 1)", " messages cut short");
        if (count.shed != 0) {
            line.put(", turned away ");
            line.number(count.shed);
        }
        context_.log.answer(line.view());
    }

  private:
    /// Writes a record, unless --fields names nothing of it.
    void tell(const Record& record) {
        report::Output& out = context_.out;
        const auto& wanted = out.options().fields;
        const auto has = [&record](const std::string& name) {
            return std::ranges::find(record.type().fields, name, &Field::name) != record.type().fields.end();
        };
        if (!wanted.empty() && std::ranges::none_of(wanted, has)) return;
        out.write(record);
        out.flush();
    }

    Context& context_;
    std::string directory_;
    std::mutex mutex_;
    bool in_trouble_ = false;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

/// Also a bare port, which is one of this machine.
Result<Endpoint> read_listener(std::string_view text) {
    const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    auto endpoint = number ? Endpoint::parse("127.0.0.1", text) : Endpoint::parse(text);
    if (!endpoint) return endpoint;
    constexpr std::array<std::string_view, 6> known{"", "smtp", "smtps", "tcp", "tls", "unix"};
    if (std::ranges::find(known, endpoint->scheme) == known.end())
        return fail(Status::usage, "mail does not come over", endpoint->scheme + "://", {},
                    "smtp://ADDRESS:PORT, smtps://ADDRESS:PORT or unix:PATH");
    if (endpoint->scheme != "unix" && !endpoint->port) endpoint->port = usual_port;
    return endpoint;
}

struct Limit {
    std::string_view option;
    std::chrono::nanoseconds& into;
};

Result<void> read_limits(const Arguments& args, SinkOptions& options) {
    constexpr std::uint64_t most_connections = 1'000'000, most_loops = 256;
    const auto most = read_count("--max-connections", args.value("--max-connections"), 1, most_connections);
    if (!most) return std::unexpected(most.error());
    options.most_connections = static_cast<std::size_t>(*most);
    const auto size = read_size("--max-size", args.value("--max-size"));
    if (!size) return std::unexpected(size.error());
    if (*size == 0) return fail(Status::usage, "--max-size is 1 at least", {});
    options.smtp.most_bytes = *size;
    if (args.has("--max")) {
        const auto messages = read_count("--max", args.value("--max"), 1);
        if (!messages) return std::unexpected(messages.error());
        options.most_messages = *messages;
    }
    for (const auto& [name, into] : {Limit{"--timeout", options.welcome.timeout}, Limit{"--idle", options.idle},
                                     Limit{"--grace", options.grace}}) {
        const auto time = read_duration(name, args.value(name));
        if (!time) return std::unexpected(time.error());
        into = *time;
    }
    options.loops = std::max(1U, std::thread::hardware_concurrency());
    if (args.has("--loops")) {
        const auto loops = read_count("--loops", args.value("--loops"), 1, most_loops);
        if (!loops) return std::unexpected(loops.error());
        options.loops = static_cast<unsigned>(*loops);
    }
    return {};
}

Result<SinkOptions> read_sink_options(const Arguments& args) {
    SinkOptions options;
    if (args.has("-4") && args.has("-6")) return fail(Status::usage, "-4 and -6 exclude each other", {});
    if (args.has("-4")) options.listen.family = transport::FamilyChoice::v4;
    if (args.has("-6")) options.listen.family = transport::FamilyChoice::v6;
    std::vector<std::string> listeners = args.values("--listen");
    if (listeners.empty()) listeners.push_back("127.0.0.1:" + std::to_string(usual_port));
    for (const std::string& text : listeners) {
        auto endpoint = read_listener(text);
        if (!endpoint) return std::unexpected(std::move(endpoint.error()));
        options.endpoints.push_back(std::move(*endpoint));
    }
    options.smtp.tls = !args.has("--no-starttls");
    if (!args.value("--name").empty()) options.smtp.name = args.value("--name");
    const bool plain_name = std::ranges::all_of(options.smtp.name, [](char c) { return c > ' ' && c < '\x7f'; });
    if (!plain_name) return fail(Status::usage, "--name is a host name, not", "'" + options.smtp.name + "'");
    if (auto read = read_limits(args, options); !read) return std::unexpected(std::move(read.error()));
    return options;
}

Status run_sink(Context& context) {
    auto options = read_sink_options(context.args);
    if (!options) return context.log.error(options.error());
    std::string directory(context.args.value("--dir"));
    while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
    std::optional<fid::mail::EmlFolder> folder;
    if (!directory.empty()) {
        auto opened = fid::mail::EmlFolder::open(directory);
        if (!opened) return context.log.error(opened.error());
        folder = std::move(*opened);
        options->folder = &*folder;
    }
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    options->welcome.recorder = recorder->get();
    const bool tls = options->smtp.tls || std::ranges::any_of(options->endpoints, [](const Endpoint& each) {
                         return each.scheme == "tls" || each.scheme == "smtps";
                     });
    if (tls) {
        auto server = make_tls_server(context, *recorder != nullptr);
        if (!server) return context.log.error(server.error());
        options->welcome.tls = std::move(*server);
    }
    Account account(context, directory);
    options->arrived = [&account](const Arrival& arrival) { account.arrived(arrival); };
    options->trouble = [&account](const Error& error) { account.trouble(error); };
    options->listening = [&account](const transport::Listener& listener, const std::string& url) {
        account.listening(listener, url);
    };
    report::catch_termination();
    options->end_descriptor = report::interrupt_descriptor();
    const auto count = run_sink(std::move(*options));
    Status status = Status::success;
    if (count)
        account.summary(*count);
    else
        status = context.log.error(count.error());
    if (*recorder)
        if (auto closed = (*recorder)->close(); !closed) return context.log.error(closed.error());
    return status;
}

std::vector<Option> option_list() {
    constexpr std::string_view limits = "Limits", tls = "TLS", network = "Network";
    std::vector<Option> options{
        {.names = "-l,--listen",
         .value = "ENDPOINT",
         .help =
             "where to listen: [smtp://|smtps://]ADDRESS:PORT or unix:PATH (default: 127.0.0.1:2525); repeat for more",
         .repeatable = true},
        {.names = "-d,--dir",
         .value = "DIR",
         .help = "keep each message there as a file; it is made where it is missing",
         .complete = Complete::directory},
        {.names = "--max", .value = "N", .help = "end after so many messages"},
        {.names = "--name", .value = "HOST", .help = "what the sink calls itself", .fallback = "localhost"},
        {.names = "-4", .help = "IPv4 only", .group = network},
        {.names = "-6", .help = "IPv6 only", .group = network},
    };
    std::ranges::move(tls_identity_options(), std::back_inserter(options));
    options.push_back({.names = "--no-starttls", .help = "do not offer STARTTLS", .group = tls});
    options.push_back({.names = "--max-size",
                       .value = "SIZE",
                       .help = "of a message; a larger one is refused",
                       .group = limits,
                       .fallback = "64M"});
    options.push_back({.names = "--max-connections",
                       .value = "N",
                       .help = "at the same time; more are closed at once",
                       .group = limits,
                       .fallback = "1000"});
    options.push_back({.names = "--timeout",
                       .value = "TIME",
                       .help = "for the handshake of smtps",
                       .group = limits,
                       .fallback = "10s"});
    options.push_back({.names = "--idle",
                       .value = "TIME",
                       .help = "end a connection on which nothing came for so long; 0 = never",
                       .group = limits,
                       .fallback = "5m"});
    options.push_back({.names = "--grace",
                       .value = "TIME",
                       .help = "for messages under way after Ctrl-C or SIGTERM",
                       .group = limits,
                       .fallback = "5s"});
    options.push_back({.names = "--loops", .value = "N", .help = "threads (default: one a processor)"});
    std::ranges::move(record_options(), std::back_inserter(options));
    return options;
}

}  // namespace

const Command sink_command{
    .name = "sink",
    .summary = "a mail server that takes everything and passes nothing on",
    .description =
        "Takes every message from whoever connects, and tells of each: a line with sender, recipients, size and "
        "subject, or a record with all of it (--json). Nothing leaves the machine.\n\n"
        "With --dir each message is a file of its own, its bytes as they were sent, but for the dots that SMTP adds. "
        "A file has its name (20260501T102030.123456Z-12.eml) once it is whole, and the client is told that the "
        "message "
        "is taken only then; when the disk is full it is told to try again.\n\n"
        "PIPELINING, 8BITMIME, SMTPUTF8, SIZE, STARTTLS and AUTH (PLAIN, LOGIN, CRAM-MD5) are offered. Any user is let "
        "in with any password; the record names the user, and the password is forgotten. LHLO instead of EHLO makes it "
        "LMTP: an answer for each recipient. A certificate is made for the run unless --tls-cert names one.\n\n"
        "Lines end with CR LF, and a message with CR LF . CR LF, nothing else: what other servers might take for an "
        "end "
        "(SMTP smuggling) is part of the message, and the record tells of bare LF and CR, NUL bytes, lines of more "
        "than "
        "998 bytes, and 8-bit text that was not declared. Commands behind STARTTLS in the clear end the connection.",
    .options = option_list(),
    .examples =
        {{"fid mail sink --listen unix:@fid-manual-sink --max 1 & "
          "printf 'EHLO me\\r\\nMAIL FROM:<a@example.org>\\r\\nRCPT TO:<b@example.org>\\r\\nDATA\\r\\n"
          "Subject: hello\\r\\n\\r\\nworld\\r\\n.\\r\\nQUIT\\r\\n' | fid connect --retry 5 unix:@fid-manual-sink",
          "one message, by hand"}},
    .statuses = {{Status::success, "ended by SIGTERM or --max"},
                 {Status::cannot_connect, "it cannot listen there: the port is taken, or needs root"},
                 {Status::host_not_found, "the name to listen on has no address"},
                 {Status::cannot_write, "the folder or the recording cannot be written"},
                 {Status::cannot_read, "the certificate or its key cannot be read"},
                 {Status::interrupted, "stopped by Ctrl-C"}},
    .records = {&listening_record, &message_record, &summary_record},
    .see_also = {"smtp-sink(1)"},
    .run = run_sink};

}  // namespace fid::cmd::mail
