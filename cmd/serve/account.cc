// SPDX-License-Identifier: MIT
#include "cmd/serve/account.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <utility>

#include "report/calendar.h"
#include "transport/descriptor.h"

namespace fid::cmd::serve {
namespace {

using report::Field;
using report::Record;
using report::Type;
using report::Value;
using transport::Clock;

constexpr std::array listening_fields{
    Field{"url", Type::text, "where a client connects to"},
    Field{"transport", Type::text, "tcp, udp, unix, tls, ws or wss"},
    Field{"address", Type::text, "our address; of a Unix socket its name"},
    Field{"port", Type::integer, "our port, also where 0 was asked for"},
    Field{"time", Type::time, "since when"},
};
constexpr std::array closed_fields{
    Field{"number", Type::integer, "of the connection, from 1"},
    Field{"service", Type::text, "what served it"},
    Field{"listener", Type::text, "where it came in"},
    Field{"transport", Type::text, "tcp, udp, unix, tls, ws or wss"},
    Field{"local_address", Type::text, "the address the peer came to"},
    Field{"local_port", Type::integer, "its port"},
    Field{"peer_address", Type::text, "whom it was with; of a Unix socket its name"},
    Field{"peer_port", Type::integer, "its port"},
    Field{"received_bytes", Type::integer, "bytes that the peer sent"},
    Field{"sent_bytes", Type::integer, "bytes sent to it"},
    Field{"duration_ms", Type::real, "from its coming to its end"},
    Field{"tls_version", Type::text, "TLSv1.3 or TLSv1.2; null without TLS"},
    Field{"exit_status", Type::integer, "of exec's program; 128 and the signal's number where one killed it"},
    Field{"status", Type::integer, "how it ended: 0 well, else a number of EXIT STATUS"},
    Field{"reason", Type::text, "why it did not end well"},
    Field{"time", Type::time, "when it ended"},
};
constexpr std::array summary_fields{
    Field{"connections", Type::integer, "that were served to their end"},
    Field{"failed", Type::integer, "of these, how many did not end well"},
    Field{"shed", Type::integer, "turned away since there were too many"},
    Field{"received_bytes", Type::integer, "bytes that all peers sent"},
    Field{"sent_bytes", Type::integer, "bytes sent to them"},
    Field{"duration_s", Type::real, "how long the server ran"},
};

std::string transport_of(const Endpoint& listener) { return listener.scheme.empty() ? "tcp" : listener.scheme; }

void set_place(Record& record, const std::string& prefix, const transport::SocketAddress& place) {
    if (const auto address = place.address()) {
        record.set(prefix + "address", address->text()).set(prefix + "port", unsigned{place.port()});
    } else if (const std::string name = place.unix_name(); !name.empty()) {
        record.set(prefix + "address", name);
    }
}

/// The last line of the log's common form: who, what, how much, how long, how it ended.
void put_common(const Session& session, const Record& record, const std::string& service, Text& line) {
    record.at("time").write_plain(line, false);
    line.put(' ');
    line.escaped(session.connection.peer.text());
    line.put(' ');
    line.put(service);
    line.put('/');
    line.put(transport_of(session.listener));
    line.put(" received ");
    line.number(session.received.bytes);
    line.put(" sent ");
    line.number(session.sent.bytes);
    std::array<char, 32> time{};
    const double seconds = std::chrono::duration<double>(Clock::now() - session.started).count();
    std::snprintf(time.data(), time.size(), " in %.3f s", seconds);
    line.put(time.data());
    if (session.exit_status) {
        line.put(", exit status ");
        line.number_signed(*session.exit_status);
    }
    if (const Value& reason = record.at("reason"); !reason.is_null()) {
        line.put(": ");
        reason.write_plain(line, true);
    }
    line.put('\n');
}

/// Writes a record, unless --fields names nothing of it.
void tell(report::Output& out, const Record& record) {
    const auto& wanted = out.options().fields;
    const auto has = [&record](const std::string& name) {
        return std::ranges::find(record.type().fields, name, &Field::name) != record.type().fields.end();
    };
    if (!wanted.empty() && std::ranges::none_of(wanted, has)) return;
    out.write(record);
    out.flush();
}

LogForm log_form(Context& context) {
    const std::string_view word = context.args.value("--log");
    if (word == "none") return LogForm::none;
    if (word == "json") return LogForm::json;
    if (word == "common" || context.args.has("--log-file")) return LogForm::common;
    // The records themselves tell it.
    const bool told = !context.out.plain_text() || context.args.has("--quiet");
    return told ? LogForm::none : LogForm::common;
}

}  // namespace

const report::RecordType listening_record{"listening", "A listener stands.", listening_fields};
const report::RecordType closed_record{"closed", "A connection is over.", closed_fields};
const report::RecordType summary_record{"summary", "The account of the run.", summary_fields};

struct Account::State {
    State(Context& run, std::string name) : context(run), service(std::move(name)) {}

    std::mutex mutex;  ///< over all of this
    Context& context;
    std::string service;
    LogForm form = LogForm::none;
    transport::Descriptor file;
    std::unique_ptr<report::Output> log;
    std::uint64_t connections = 0, failed = 0, shed = 0, received = 0, sent = 0;
    Clock::time_point started = Clock::now();
};

Result<std::unique_ptr<Account>> Account::make(Context& context, std::string service) {
    auto state = std::make_unique<State>(context, std::move(service));
    state->form = log_form(context);
    if (context.args.has("--log-file")) {
        const std::string path(context.args.value("--log-file"));
        state->file = transport::Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
        if (!state->file.valid()) return fail_errno(Status::cannot_write, "cannot write the log", path, errno);
    }
    if (state->form != LogForm::none) {
        report::OutputOptions options;
        if (state->form == LogForm::json) options.format = report::Format::json;
        options.color = report::ColorChoice::never;
        state->log = std::make_unique<report::Output>(state->file.valid() ? state->file.get() : STDERR_FILENO, options);
        state->log->live(true);
    }
    context.out.live(true);
    return std::unique_ptr<Account>(new Account(std::move(state)));
}

Account::Account(std::unique_ptr<State> state) : state_(std::move(state)) {}
Account::~Account() = default;

void Account::listening(const transport::Listener& listener) {
    report::Output& out = state_->context.out;
    const std::lock_guard lock(state_->mutex);
    if (out.plain_text()) {
        out.text().escaped(transport::listening_url(listener));
        out.text().put('\n');
        out.line_done();
    } else {
        Record record(listening_record);
        record.set("url", transport::listening_url(listener)).set("transport", transport_of(listener.endpoint()));
        set_place(record, "", listener.local());
        record.set("time", report::utc_now());
        tell(out, record);
    }
    out.flush();
}

void Account::closed(const Session& session, const Result<void>& how) {
    const bool well = how || how.error().status == Status::success;
    Record record(closed_record);
    record.set("number", session.number).set("service", state_->service);
    record.set("listener", session.url).set("transport", transport_of(session.listener));
    set_place(record, "local_", session.connection.local);
    set_place(record, "peer_", session.connection.peer);
    record.set("received_bytes", session.received.bytes).set("sent_bytes", session.sent.bytes);
    record.set("duration_ms", std::chrono::duration<double, std::milli>(Clock::now() - session.started).count());
    if (session.connection.tls) record.set("tls_version", session.connection.tls->version);
    record.set("exit_status", session.exit_status);
    record.set("status", well ? 0 : static_cast<int>(how.error().status));
    if (!well) record.set("reason", how.error().sentence());
    record.set("time", report::utc_now());
    const std::lock_guard lock(state_->mutex);
    ++state_->connections;
    if (!well) ++state_->failed;
    state_->received += session.received.bytes;
    state_->sent += session.sent.bytes;
    report::Output& out = state_->context.out;
    if (!out.plain_text()) tell(out, record);
    if (!state_->log) return;
    if (state_->form == LogForm::json)
        state_->log->write(record);
    else
        put_common(session, record, state_->service, state_->log->text());
    state_->log->flush();
}

void Account::shed() {
    bool first = false;
    {
        const std::lock_guard lock(state_->mutex);
        first = state_->shed++ == 0;
    }
    if (first)
        state_->context.log.warning("there are too many connections: from now on more are closed at once",
                                    "--max-connections N allows more; --idle TIME ends the silent ones");
}

void Account::summary() {
    const std::lock_guard lock(state_->mutex);
    const double seconds = std::chrono::duration<double>(Clock::now() - state_->started).count();
    report::Output& out = state_->context.out;
    if (!out.plain_text()) {
        Record record(summary_record);
        record.set("connections", state_->connections).set("failed", state_->failed).set("shed", state_->shed);
        record.set("received_bytes", state_->received).set("sent_bytes", state_->sent).set("duration_s", seconds);
        tell(out, record);
        return;
    }
    if (state_->form == LogForm::none) return;
    Text line;
    line.number(state_->connections);
    line.put(state_->connections == 1 ? " connection, " : " connections, ");
    line.put("received ");
    line.number(state_->received);
    line.put(" bytes, sent ");
    line.number(state_->sent);
    if (state_->shed != 0) {
        line.put(", turned away ");
        line.number(state_->shed);
    }
    state_->context.log.answer(line.view());
}

void Account::requests(std::string_view lines) {
    const std::lock_guard lock(state_->mutex);
    report::Output& out = state_->context.out;
    for (report::Output* const each : {out.plain_text() ? nullptr : &out, state_->log.get()}) {
        if (each == nullptr) continue;
        each->text().put(lines);
        each->flush();
    }
}

LogForm Account::form() const { return state_->form; }

int Account::log_descriptor() const { return state_->file.valid() ? state_->file.get() : -1; }

std::vector<Option> account_options() {
    return {{.names = "--log",
             .value = "FORM",
             .help = "a line for each connection at its end: common, json, or none (default: common, unless --json)",
             .group = "Output",
             .choices = {"common", "json", "none"}},
            {.names = "--log-file",
             .value = "FILE",
             .help = "append it to FILE instead of standard error",
             .group = "Output",
             .complete = Complete::file}};
}

}  // namespace fid::cmd::serve
