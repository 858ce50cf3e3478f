// SPDX-License-Identifier: MIT
// `fid mail probe`: the dialogue with a mail server up to where a message would begin, and what it can do.
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>

#include "cmd/mail/mail.h"
#include "cmd/mail/settings.h"
#include "report/block.h"
#include "report/calendar.h"
#include "transport/certificate.h"

namespace fid::cmd::mail {
namespace {

using fid::mail::Capabilities;
using fid::mail::Session;
using report::Field;
using report::Type;
using report::Value;

constexpr std::array line_fields{
    Field{"at_ms", Type::real, "since the beginning"},
    Field{"side", Type::text, "client, server, or tls for what was agreed on"},
    Field{"text", Type::text, "the line"},
};
constexpr std::array probe_fields{
    Field{"server", Type::text, "as it was asked for"},
    Field{"peer", Type::text, "the address that answered"},
    Field{"greeting", Type::text, "its first words"},
    Field{"lookup_ms", Type::real, "of the name"},
    Field{"connect_ms", Type::real, "of the connection"},
    Field{"tls", Type::text, "starttls, implicit or none"},
    Field{"tls_version", Type::text, "TLSv1.3"},
    Field{"tls_cipher", Type::text, "TLS_AES_256_GCM_SHA384"},
    Field{"trusted", Type::boolean, "the certificate can be, for that name"},
    Field{"faults", Type::list, "why not"},
    Field{"subject", Type::text, "of the certificate"},
    Field{"issuer", Type::text, "of the certificate"},
    Field{"names", Type::list, "that the certificate is for"},
    Field{"not_after", Type::time, "the last moment of the certificate"},
    Field{"fingerprint", Type::text, "of the certificate, SHA-256"},
    Field{"capabilities", Type::list, "what it can do, with TLS where there is any"},
    Field{"clear_capabilities", Type::list, "what it said before STARTTLS"},
    Field{"auth", Type::list, "ways to log in"},
    Field{"clear_auth", Type::list, "ways to log in that were offered before STARTTLS"},
    Field{"size_limit_bytes", Type::integer, "of messages; null where it tells none"},
};

const report::RecordType line_record{"line", "One line of the dialogue.", line_fields};
const report::RecordType probe_record{"probe", "What the server is and can do.", probe_fields};

Value milliseconds(const std::optional<std::chrono::nanoseconds>& time) {
    if (!time) return {};
    return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(*time).count()) / 1e3;
}

Value list_of(const std::vector<std::string>& words) {
    report::List list;
    for (const std::string& word : words) list.emplace_back(word);
    return list;
}

std::vector<std::string> lines_of(const Capabilities& capabilities) {
    std::vector<std::string> lines;
    for (const auto& [keyword, words] : capabilities.all())
        lines.push_back(words.empty() ? keyword : keyword + " " + words);
    return lines;
}

Value time_value(std::int64_t seconds) {
    if (!report::Calendar::has_rfc3339(seconds)) return {};
    report::Calendar calendar(report::Calendar::Zone::utc);
    Text text;
    calendar.date(seconds, text);
    text.put('T');
    calendar.clock(seconds, text);
    text.put('Z');
    return text.take();
}

class Probe {
  public:
    Probe(Context& context, fid::mail::SessionSettings settings)
        : context_(context), settings_(std::move(settings)), started_(transport::Clock::now()) {
        context_.out.live(true);
        settings_.curious = true;
        settings_.trace = [this](char side, std::string_view line) { write_line(side, line); };
        settings_.dial.tls.judge = false;
        settings_.dial.tls.examine = [this](SSL& ssl) {
            X509* const own = SSL_get0_peer_certificate(&ssl);
            if (own != nullptr) certificate_ = transport::describe(own);
        };
    }

    Task<Status> run(transport::Executor executor, transport::Recorder* recorder) {
        settings_.dial.recorder = recorder;
        auto opening = Session::open(executor, settings_);
        auto session = co_await std::move(opening);
        if (!session) {
            context_.out.flush();
            co_return context_.log.error(session.error());
        }
        auto leaving = (*session)->quit();
        co_await std::move(leaving);
        write(**session);
        const auto& tls = (*session)->connection().tls;
        co_return tls && !tls->faults.empty() ? Status::certificate : Status::success;
    }

  private:
    void write_line(char side, std::string_view line) {
        const auto at = std::chrono::duration<double, std::milli>(transport::Clock::now() - started_).count();
        if (context_.out.plain_text()) {
            std::array<char, 32> number{};
            std::snprintf(number.data(), number.size(), "%10.3f ms  ", at);
            Text& text = context_.out.text();
            text.put(number.data());
            text.put(side);
            text.put(' ');
            text.escaped(line);
            text.put('\n');
            context_.out.line_done();
            return;
        }
        report::Record record(line_record);
        record.set("at_ms", std::round(at * 1e3) / 1e3)
            .set("side", side == '>'   ? "client"
                         : side == '<' ? "server"
                                       : "tls")
            .set("text", line);
        context_.out.write(record);
    }

    report::Record describe(const Session& session) const {
        const transport::Connection& connection = session.connection();
        report::Record record(probe_record);
        record.set("server", settings_.server.text()).set("peer", connection.peer.text());
        record.set("greeting", session.greeting().words());
        record.set("lookup_ms", milliseconds(connection.timings.lookup));
        record.set("connect_ms", milliseconds(connection.timings.connect));
        const bool implicit = settings_.tls == fid::mail::TlsUse::implicit;
        record.set("tls", !session.encrypted() ? "none" : implicit ? "implicit" : "starttls");
        if (connection.tls) {
            record.set("tls_version", connection.tls->version).set("tls_cipher", connection.tls->cipher);
            record.set("trusted", connection.tls->faults.empty()).set("faults", list_of(connection.tls->faults));
        }
        if (certificate_) {
            record.set("subject", certificate_->subject).set("issuer", certificate_->issuer);
            record.set("names", list_of(certificate_->names)).set("not_after", time_value(certificate_->not_after));
            record.set("fingerprint", certificate_->fingerprint);
        }
        const Capabilities& clear = session.clear_capabilities();
        record.set("capabilities", list_of(lines_of(session.capabilities())));
        record.set("auth", list_of(session.capabilities().mechanisms()));
        if (session.encrypted() && !implicit) {
            record.set("clear_capabilities", list_of(lines_of(clear))).set("clear_auth", list_of(clear.mechanisms()));
        }
        if (const auto limit = session.capabilities().find("SIZE"); limit && !limit->empty())
            if (const auto bytes = read_count_of(*limit); bytes && *bytes != 0) record.set("size_limit_bytes", *bytes);
        return record;
    }

    static std::optional<std::uint64_t> read_count_of(std::string_view digits) {
        std::uint64_t number = 0;
        for (const char c : digits) {
            if (c < '0' || c > '9' || number > UINT64_MAX / 10 - 1) return std::nullopt;
            number = number * 10 + static_cast<std::uint64_t>(c - '0');
        }
        return number;
    }

    void write(const Session& session) {
        const report::Record record = describe(session);
        if (!context_.out.plain_text()) return context_.out.write(record);
        constexpr std::size_t column = 14;
        report::Block block(context_.out, column);
        const auto line = [&](std::string_view label, std::string_view field, std::string_view joiner) {
            Text text;
            record.at(field).write_plain(text, true, joiner);
            block.line(label, text.view());
        };
        context_.out.text().put('\n');
        line("server", "peer", " ");
        line("says", "greeting", " ");
        line("TLS", "tls", " ");
        if (session.encrypted()) {
            line("version", "tls_version", " ");
            line("cipher", "tls_cipher", " ");
            line("certificate", "subject", " ");
            line("for", "names", ", ");
            line("issued by", "issuer", " ");
            line("until", "not_after", " ");
            Text faults;
            record.at("faults").write_plain(faults, true, "; ");
            block.line("trusted", faults.empty() ? "yes" : "no: " + std::string(faults.view()));
        }
        line("can", "capabilities", ", ");
        line("logins", "auth", " ");
        line("in the clear", "clear_auth", " ");
    }

    Context& context_;
    fid::mail::SessionSettings settings_;
    transport::Clock::time_point started_;
    std::optional<transport::Certificate> certificate_;
};

Status run_probe(Context& context) {
    auto server = read_server(context.args.words().front());
    if (!server) return context.log.error(server.error());
    auto settings = read_server_settings(context, std::move(*server));
    if (!settings) return context.log.error(settings.error());
    Probe probe(context, std::move(*settings));
    return run_work(
        context,
        [&probe](transport::Executor executor, transport::Recorder* recorder) { return probe.run(executor, recorder); },
        [&context] { context.out.flush(); });
}

}  // namespace

const Command probe_command{
    .name = "probe",
    .summary = "talk to a mail server, and tell what it is and can do",
    .description =
        "Greets the server, agrees on TLS where it is offered (with any certificate: whether it can be trusted is part "
        "of the account), and leaves; no message is begun. Each line of the dialogue has the time since the beginning; "
        "an account of the server follows.",
    .positionals = {{.name = "SERVER",
                     .help = "HOST[:PORT], smtp://, smtps://, lmtp://, unix:PATH",
                     .required = true,
                     .complete = Complete::host}},
    .options = with_server_options({}),
    .examples = {{"fid mail probe localhost:1", "a server that is not there", 7}},
    .statuses = {{Status::success, "it answered as a mail server does"},
                 {Status::cannot_connect, "the server does not take connections"},
                 {Status::protocol_violation, "what the server says is no SMTP"},
                 {Status::server_error, "the server turned us away"},
                 {Status::timeout, "connecting took too long, or no reply came for --idle"},
                 {Status::tls_handshake, "no TLS, with --tls required or implicit"},
                 {Status::receive_failure, "the connection was lost"},
                 {Status::certificate, "its certificate cannot be trusted"},
                 {Status::interrupted, "stopped by Ctrl-C"}},
    .records = {&line_record, &probe_record},
    .see_also = {"swaks(1)", "openssl-s_client(1)"},
    .run = run_probe};

}  // namespace fid::cmd::mail
