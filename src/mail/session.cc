// SPDX-License-Identifier: MIT
// Connecting, TLS, login, commands and replies. Messages are handed over in delivery.cc.
#include "mail/session.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "encoding/base64.h"
#include "mail/mailbox.h"
#include "mail/sasl.h"
#include "transport/deadline.h"
#include "transport/http_head.h"
#include "transport/tls_stream.h"

namespace fid::mail {

using transport::Task;

namespace {

constexpr std::size_t block = std::size_t{16} * 1024;
constexpr std::uint16_t submission_port = 587;

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

}  // namespace

Error refusal(std::string attempt, std::string subject, const Reply& reply) {
    return {Status::server_error, std::move(attempt), std::move(subject), reply.text(), {}};
}

std::string_view name_of(Fate fate) {
    constexpr std::array<std::string_view, 4> names{"unsent", "refused", "unknown", "accepted"};
    return names[static_cast<std::size_t>(fate)];
}

Capabilities::Capabilities(const Reply& hello) {
    for (std::size_t i = 1; i < hello.lines.size(); ++i) {  // the first line is the server's name
        const std::string& line = hello.lines[i];
        const std::size_t end = std::min(line.find_first_of(" ="), line.size());
        all_.emplace_back(upper(std::string_view(line).substr(0, end)), line.substr(std::min(end + 1, line.size())));
    }
}

std::optional<std::string_view> Capabilities::find(std::string_view keyword) const {
    const auto found = std::ranges::find(all_, keyword, [](const auto& one) { return std::string_view(one.first); });
    if (found == all_.end()) return std::nullopt;
    return found->second;
}

std::vector<std::string> Capabilities::mechanisms() const {
    std::vector<std::string> names;
    for (const auto& [keyword, words] : all_) {
        if (keyword != "AUTH") continue;
        for (std::size_t at = 0; at < words.size();) {
            const std::size_t end = std::min(words.find(' ', at), words.size());
            std::string name = upper(std::string_view(words).substr(at, end - at));
            if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
            at = end + 1;
        }
    }
    return names;
}

Session::Session(transport::Executor executor, SessionSettings settings)
    : executor_(executor), settings_(std::move(settings)), arrived_(block) {}

Task<Result<std::unique_ptr<Session>>> Session::open(transport::Executor executor, SessionSettings settings) {
    std::unique_ptr<Session> session(new Session(executor, std::move(settings)));
    auto starting = session->start();
    auto started = co_await std::move(starting);
    if (!started) co_return std::unexpected(std::move(started.error()));
    co_return session;
}

Task<Result<void>> Session::start() {
    Endpoint place = settings_.server;
    if (place.scheme != "unix") {
        place.port = place.port_or_default();
        place.scheme = "tcp";
        place.path.clear();
    }
    auto dialling = transport::dial(executor_, place, settings_.dial);
    auto connection = co_await std::move(dialling);
    if (!connection) co_return std::unexpected(std::move(connection.error()));
    connection_ = std::move(*connection);
    Result<void> done;
    if (settings_.tls == TlsUse::implicit) {
        auto encrypting = encrypt();
        done = co_await std::move(encrypting);
        if (!done) co_return done;
    }
    auto greeting = greet();
    done = co_await std::move(greeting);
    if (!done) co_return done;
    auto protecting = protect();
    done = co_await std::move(protecting);
    if (!done || settings_.user.empty()) co_return done;
    auto logging_in = log_in();
    co_return co_await std::move(logging_in);
}

Task<Result<void>> Session::greet() {
    auto waiting = reply(settings_.idle);
    auto answer = co_await std::move(waiting);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    greeting_ = std::move(*answer);
    if (greeting_.code != 220) co_return std::unexpected(refusal("turned away by", settings_.server.text(), greeting_));
    auto saying = hello();
    co_return co_await std::move(saying);
}

/// Whatever was known before is forgotten: who stands in the way could have said it.
Task<Result<void>> Session::hello() {
    capabilities_ = {};
    const std::string name = own_name();
    const std::string words = (settings_.lmtp() ? "LHLO " : "EHLO ") + name;
    auto asking = ask(words, words);
    auto answer = co_await std::move(asking);
    // Servers from before 1995 know only HELO, and can do nothing else either.
    if (answer && answer->code >= 500 && !settings_.lmtp() && !broken_) {
        const std::string old = "HELO " + name;
        auto again = ask(old, old);
        answer = co_await std::move(again);
        if (answer && answer->positive()) co_return Result<void>();
    }
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (!answer->positive())
        co_return std::unexpected(refusal("our name is not welcome at", settings_.server.text(), *answer));
    capabilities_ = Capabilities(*answer);
    co_return Result<void>();
}

std::string Session::own_name() const {
    if (!settings_.name.empty()) return settings_.name;
    std::array<char, 256> host{};
    if (gethostname(host.data(), host.size() - 1) == 0) {
        const std::string_view name(host.data());
        if (name.find('.') != std::string_view::npos && check_address(name)) return std::string(name);
    }
    // A name without a domain means nothing to others (RFC 5321 section 4.1.4): our address does.
    const auto address = connection_.local.address();
    if (!address) return "localhost";
    std::string text = address->text();
    return text.find(':') == std::string::npos ? "[" + text + "]" : "[IPv6:" + text.substr(0, text.find('%')) + "]";
}

bool Session::needs_tls() const {
    if (settings_.tls == TlsUse::required) return true;
    return settings_.tls == TlsUse::automatic && !settings_.curious &&
           (!settings_.user.empty() || settings_.server.port_or_default() == submission_port);
}

/// STARTTLS (RFC 3207). Who stands in the way can take it out of what is offered: where it is needed nothing follows.
Task<Result<void>> Session::protect() {
    if (settings_.tls == TlsUse::none || settings_.tls == TlsUse::implicit) co_return Result<void>();
    const bool needed = needs_tls();
    const std::string server = settings_.server.text();
    if (!capabilities_.has("STARTTLS")) {
        if (!needed) co_return Result<void>();
        co_return fail(Status::tls_handshake, "the server does not offer TLS:", server, {},
                       "--tls none goes on in the clear, for everybody on the way to read");
    }
    clear_capabilities_ = capabilities_;
    auto asking = ask("STARTTLS", "STARTTLS");
    auto answer = co_await std::move(asking);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (answer->code != 220) {
        if (!needed && !broken_) co_return Result<void>();
        Error error = refusal("no TLS with", server, *answer);
        error.status = Status::tls_handshake;
        co_return std::unexpected(std::move(error));
    }
    // They would be taken for part of the protected conversation.
    if (!replies_.empty())
        co_return fail(Status::protocol_violation, "words in the clear behind the agreement on TLS, by", server);
    auto encrypting = encrypt();
    auto done = co_await std::move(encrypting);
    if (!done) co_return done;
    auto saying = hello();
    co_return co_await std::move(saying);
}

Task<Result<void>> Session::encrypt() {
    const std::string host = settings_.server.scheme == "unix" ? std::string("localhost") : settings_.server.host;
    Result<void> done;
    {
        const transport::StreamDeadline deadline(
            executor_, *connection_.stream, settings_.dial.timeout, [server = settings_.server.text()] {
                return Error{Status::timeout, "no TLS handshake with", server, "timed out", {}};
            });
        auto starting = transport::start_tls(connection_, host, settings_.dial.tls);
        done = co_await std::move(starting);
    }
    if (!done) broken_ = true;
    if (done && connection_.tls) note('*', connection_.tls->version + " " + connection_.tls->cipher);
    co_return done;
}

Result<std::string> Session::choose_mechanism() const {
    const auto offered = capabilities_.mechanisms();
    const std::string server = settings_.server.text();
    if (offered.empty()) return fail(Status::login_refused, "nobody can log in at", server, "it does not offer AUTH");
    const bool open = encrypted() || settings_.clear_password;
    bool readable = false;
    for (const SaslMechanism& one : sasl_mechanisms()) {
        if (!settings_.mechanism.empty() && settings_.mechanism != one.name) continue;
        if (std::ranges::find(offered, one.name) == offered.end()) continue;
        if (one.hidden || open) return std::string(one.name);
        readable = true;
    }
    if (readable)
        return fail(Status::login_refused, "the password would go in the clear to", server, {},
                    "--tls required protects it; --clear-password sends it all the same");
    std::string names;
    for (const std::string& name : offered) names += (names.empty() ? "" : " ") + name;
    return fail(Status::login_refused, "no common way to log in at", server, "it offers " + names);
}

Task<Result<void>> Session::log_in() {
    const auto mechanism = choose_mechanism();
    if (!mechanism) co_return std::unexpected(mechanism.error());
    const auto client = make_sasl(*mechanism, settings_.user, settings_.password);
    auto proving = prove(*client, *mechanism);
    co_return co_await std::move(proving);
}

Task<Result<void>> Session::prove(SaslClient& client, std::string mechanism) {
    constexpr int most_rounds = 8;
    const std::string server = settings_.server.text();
    std::string line = "AUTH " + mechanism;
    std::string shown = line;
    if (const auto first = client.initial()) {
        line += " " + encoding::base64(*first);
        shown += " ***";
    }
    for (int round = 0; round < most_rounds; ++round) {
        auto asking = ask(line, shown);
        auto answer = co_await std::move(asking);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        if (answer->positive()) {
            if (client.complete()) co_return Result<void>();
            co_return fail(Status::login_refused, "let in without proof that it knows the password, by", server);
        }
        if (answer->code != 334) {
            Error error = refusal("cannot log in to", server + " as " + settings_.user, *answer);
            // 421 and 454: the server has no time, which says nothing about the user.
            if (!answer->temporary()) error.status = Status::login_refused;
            co_return std::unexpected(std::move(error));
        }
        const auto challenge = decode_challenge(answer->lines.back());
        if (!challenge) co_return fail(Status::protocol_violation, "the server's challenge is no base64:", server);
        auto response = client.answer(*challenge);
        if (!response) co_return std::unexpected(std::move(response.error()));
        line = encoding::base64(*response);
        shown = "***";
    }
    co_return fail(Status::protocol_violation, "the login has no end at", server);
}

void Session::note(char side, std::string_view text) const {
    if (settings_.trace) settings_.trace(side, text);
}

void Session::note_reply(const Reply& reply) const {
    if (!settings_.trace) return;
    for (const std::string& line : reply.lines)
        settings_.trace('<', std::to_string(reply.code) + (&line == &reply.lines.back() ? " " : "-") + line);
}

Error Session::lost(Error error) {
    broken_ = true;
    return error;
}

Task<Result<void>> Session::write(std::string_view bytes) {
    if (broken_ || !connection_.stream)
        co_return fail(Status::receive_failure, "the connection is over, to", settings_.server.text());
    const transport::StreamDeadline deadline(
        executor_, *connection_.stream, settings_.idle, [server = settings_.server.text()] {
            return Error{Status::timeout, "nothing is taken by", server, "timed out", "--idle TIME waits longer"};
        });
    auto writing = connection_.stream->write(as_bytes(bytes));
    auto written = co_await std::move(writing);
    if (!written) co_return std::unexpected(lost(std::move(written.error())));
    co_return written;
}

Task<Result<Reply>> Session::reply(std::chrono::nanoseconds patience) {
    std::optional<transport::StreamDeadline> deadline;
    while (true) {
        auto next = replies_.next();
        if (!next) co_return std::unexpected(lost(std::move(next.error())));
        if (*next) {
            note_reply(**next);
            if ((*next)->code == 421) broken_ = true;  // the server goes (RFC 5321 section 3.8)
            co_return std::move(**next);
        }
        if (!deadline)
            deadline.emplace(executor_, *connection_.stream, patience, [server = settings_.server.text()] {
                return Error{Status::timeout, "nothing comes from", server, "timed out", "--idle TIME waits longer"};
            });
        auto reading = connection_.stream->read(arrived_);
        auto chunk = co_await std::move(reading);
        if (!chunk) co_return std::unexpected(lost(std::move(chunk.error())));
        if (chunk->end) {
            Error error{Status::receive_failure,
                        "connection closed by",
                        settings_.server.text(),
                        "before its answer was whole",
                        {}};
            co_return std::unexpected(lost(std::move(error)));
        }
        replies_.feed(as_text(Bytes(arrived_).first(chunk->size)));
    }
}

Task<Result<Reply>> Session::ask(std::string line, std::string_view shown) {
    note('>', shown);
    line += "\r\n";
    auto writing = write(line);
    auto written = co_await std::move(writing);
    if (!written) co_return std::unexpected(std::move(written.error()));
    auto waiting = reply(settings_.idle);
    co_return co_await std::move(waiting);
}

Task<void> Session::quit() {
    if (broken_ || !connection_.stream) co_return;
    auto asking = ask("QUIT", "QUIT");
    const auto answer = co_await std::move(asking);
    if (answer && encrypted()) {
        auto closing = transport::close_tls(*connection_.stream);
        const auto closed = co_await std::move(closing);
        broken_ = !closed;
    }
    broken_ = true;
}

}  // namespace fid::mail
