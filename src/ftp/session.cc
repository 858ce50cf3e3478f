// SPDX-License-Identifier: MIT
// Connecting, TLS, login, commands and replies. Data connections are in session_data.cc.
#include "ftp/session.h"

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <utility>

#include "ftp/names.h"
#include "transport/tls_stream.h"
#include "transport/watchdog.h"

namespace fid::ftp {

using transport::Task;

namespace {

constexpr std::size_t control_block = std::size_t{8} * 1024;

/// "PASS ..." is not for others' eyes.
std::string_view shown(std::string_view line) { return line.starts_with("PASS ") ? "PASS ***" : line; }

/// For TlsOptions::prepare: begins with the newest session that the server gave this connection. Servers want it to
/// know that both connections are the same client's (vsftpd's require_ssl_reuse).
std::function<void(SSL&)> resume_session_of(SSL& control) {
    // A copy for each: OpenSSL takes the ticket of a connection that was cut for used up.
    const std::shared_ptr<SSL_SESSION> session(SSL_SESSION_dup(SSL_get_session(&control)), &SSL_SESSION_free);
    return [session](SSL& ssl) { SSL_set_session(&ssl, session.get()); };
}

}  // namespace

Error refusal(std::string attempt, std::string subject, const Reply& reply) {
    const Status status = reply.code == 530 || reply.code == 532 ? Status::login_refused : Status::server_error;
    Text words;
    words.escaped(reply.text());
    return {status, std::move(attempt), std::move(subject), words.take(), {}};
}

Session::Session(transport::Executor executor, SessionSettings settings, std::shared_ptr<Features> features)
    : executor_(executor),
      settings_(std::move(settings)),
      features_(std::move(features)),
      watchdog_(std::make_shared<transport::Watchdog>(executor, settings_.idle,
                                                      [server = settings_.server.text()] {
                                                          return Error{Status::timeout, "nothing comes from", server,
                                                                       "timed out", "--idle TIME waits longer"};
                                                      })),
      arrived_(control_block) {
    // A second user of a proxy's or router's table: long transfers leave the control connection without traffic.
    settings_.dial.socket.keep_alive = true;
}

Session::~Session() { watchdog_->close(); }

Task<Result<std::unique_ptr<Session>>> Session::open(transport::Executor executor, SessionSettings settings,
                                                     std::shared_ptr<Features> features) {
    std::unique_ptr<Session> session(new Session(executor, std::move(settings), std::move(features)));
    auto starting = session->start();
    auto started = co_await std::move(starting);
    if (!started) co_return std::unexpected(std::move(started.error()));
    co_return session;
}

Task<Result<void>> Session::start() {
    Endpoint place = settings_.server;
    place.port = place.port_or_default();
    if (settings_.tls == TlsUse::implicit && !settings_.server.port) place.port = default_port("ftps");
    place.scheme = "tcp";
    auto dialling = transport::dial(executor_, place, settings_.dial);
    auto connection = co_await std::move(dialling);
    if (!connection) co_return std::unexpected(std::move(connection.error()));
    control_ = std::move(*connection);
    if (settings_.tls == TlsUse::implicit) {
        auto encrypting = encrypt(control_, false);
        auto encrypted = co_await std::move(encrypting);
        if (!encrypted) co_return encrypted;
    }
    while (true) {
        auto waiting = reply();
        auto greeting = co_await std::move(waiting);
        if (!greeting) co_return std::unexpected(std::move(greeting.error()));
        if (greeting->code == 120) continue;  // "ready in nnn minutes"
        if (greeting->positive()) break;
        co_return std::unexpected(refusal("turned away by", settings_.server.text(), *greeting));
    }
    auto protecting = protect();
    auto done = co_await std::move(protecting);
    if (!done) co_return done;
    auto logging_in = log_in();
    done = co_await std::move(logging_in);
    if (!done) co_return done;
    auto learning = learn();
    co_return co_await std::move(learning);
}

/// AUTH TLS where it is wanted (RFC 4217). Who stands in the way can refuse it in the server's name: then no password
/// follows.
Task<Result<void>> Session::protect() {
    if (settings_.tls == TlsUse::none || settings_.tls == TlsUse::implicit) co_return Result<void>();
    auto asking = command("AUTH TLS");
    auto answer = co_await std::move(asking);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (answer->code != 234) {
        if (settings_.tls == TlsUse::automatic && settings_.anonymous() && !broken_) co_return Result<void>();
        Error error = refusal("no TLS with", settings_.server.text(), *answer);
        error.status = Status::tls_handshake;
        error.hint = settings_.tls == TlsUse::required
                         ? "--tls required asks for it"
                         : "--tls none sends the password so that everybody on the way can read it";
        co_return std::unexpected(std::move(error));
    }
    if (!replies_.empty())
        co_return fail(Status::protocol_violation, "words in the clear behind the agreement on TLS, by",
                       settings_.server.text());
    auto encrypting = encrypt(control_, false);
    co_return co_await std::move(encrypting);
}

Task<Result<void>> Session::encrypt(transport::Connection& connection, bool data) {
    transport::TlsOptions options = settings_.dial.tls;
    if (data) {
        options.alpn.clear();
        SSL* const control = transport::tls_session(*control_.stream);
        if (offer_session_ && control != nullptr) options.prepare = resume_session_of(*control);
    }
    watchdog_->begin(connection.stream.get());
    auto starting = transport::start_tls(connection, settings_.server.host, std::move(options));
    auto started = co_await std::move(starting);
    watchdog_->end();
    co_return started;
}

Task<Result<void>> Session::log_in() {
    for (const std::string* const word : {&settings_.user, &settings_.password})
        if (auto fit = check_argument(*word); !fit)
            co_return fail(Status::usage, "the user or password has", "a line end or NUL in it");
    auto asking = command("USER " + settings_.user);
    auto answer = co_await std::move(asking);
    if (answer && answer->code == 331) {
        auto proving = command("PASS " + settings_.password);
        answer = co_await std::move(proving);
    }
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (answer->positive()) co_return Result<void>();
    Error error = refusal("cannot log in to", settings_.server.text() + " as " + settings_.user, *answer);
    // 421: the server is full, which says nothing about the user.
    if (answer->code != 421) error.status = Status::login_refused;
    if (answer->code == 332) error.hint = "the server wants an account, which is not supported";
    co_return std::unexpected(std::move(error));
}

/// What the server can do, where we are, and how data is sent from now on.
Task<Result<void>> Session::learn() {
    if (!features_->known) {
        auto asking = command("FEAT");
        auto answer = co_await std::move(asking);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        *features_ = parse_features(*answer);
    }
    std::vector<std::string> lines{"PWD", "TYPE I"};
    if (features_->utf8) lines.emplace_back("OPTS UTF8 ON");
    if (encrypted()) {
        lines.emplace_back("PBSZ 0");
        lines.emplace_back("PROT P");
    }
    auto asking = commands(std::move(lines));
    auto answers = co_await std::move(asking);
    if (!answers) co_return std::unexpected(std::move(answers.error()));
    home_ = quoted_path((*answers)[0]).value_or("");
    if (!home_.starts_with('/') || !check_argument(home_)) home_.clear();
    if (!(*answers)[1].positive())
        co_return std::unexpected(
            refusal("cannot transfer bytes unchanged from", settings_.server.text(), (*answers)[1]));
    protected_data_ = encrypted() && answers->back().positive();
    if (encrypted() && !protected_data_) {
        Error error = refusal("data would go in the clear, with", settings_.server.text(), answers->back());
        error.status = Status::tls_handshake;
        co_return std::unexpected(std::move(error));
    }
    co_return Result<void>();
}

std::string Session::absolute(std::string_view path) const {
    if (path.starts_with('/') || home_.empty()) {
        // What begins with a dash would be an option to some servers.
        return (path.starts_with('-') ? "./" : "") + std::string(path);
    }
    return path.empty() ? home_ : joined(home_, path);
}

Error Session::lost(Error error) {
    broken_ = true;
    return error;
}

Task<Result<void>> Session::send(std::string lines) {
    if (broken_ || !control_.stream)
        co_return fail(Status::receive_failure, "the connection is over, to", settings_.server.text());
    watchdog_->begin(control_.stream.get());
    const Bytes bytes = as_bytes(lines);
    auto writing = control_.stream->write(bytes);
    auto written = co_await std::move(writing);
    watchdog_->end();
    if (!written) co_return std::unexpected(lost(std::move(written.error())));
    co_return written;
}

Task<Result<Reply>> Session::reply() {
    while (true) {
        auto next = replies_.next();
        if (!next) co_return std::unexpected(lost(std::move(next.error())));
        if (*next) {
            if (settings_.trace)
                for (const std::string& line : (*next)->lines)
                    settings_.trace('<', std::to_string((*next)->code) + " " + line);
            if ((*next)->code == 421) broken_ = true;  // the server goes (RFC 959 section 5.4)
            co_return std::move(**next);
        }
        watchdog_->begin(control_.stream.get());
        auto reading = control_.stream->read(arrived_);
        auto chunk = co_await std::move(reading);
        watchdog_->end();
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

Task<Result<Reply>> Session::final_reply() {
    while (true) {
        auto waiting = reply();
        auto answer = co_await std::move(waiting);
        if (!answer || !answer->preliminary()) co_return answer;
    }
}

Task<Result<Reply>> Session::command(std::string line) {
    std::vector<std::string> one;
    one.push_back(std::move(line));
    auto asking = commands(std::move(one));
    auto answers = co_await std::move(asking);
    if (!answers) co_return std::unexpected(std::move(answers.error()));
    co_return std::move(answers->front());
}

Task<Result<std::vector<Reply>>> Session::commands(std::vector<std::string> lines) {
    std::vector<Reply> answers;
    for (const std::string& line : lines)
        if (auto fit = check_argument(line); !fit) co_return std::unexpected(std::move(fit.error()));
    std::string together;
    std::size_t said = 0;
    while (answers.size() < lines.size()) {
        together.clear();
        const std::size_t until = settings_.sequential ? said + 1 : lines.size();
        for (; said < until; ++said) {
            if (settings_.trace) settings_.trace('>', shown(lines[said]));
            together += lines[said] + "\r\n";
        }
        auto sending = send(together);
        auto sent = co_await std::move(sending);
        if (!sent) co_return std::unexpected(std::move(sent.error()));
        while (answers.size() < said) {
            auto waiting = final_reply();
            auto answer = co_await std::move(waiting);
            if (!answer) co_return std::unexpected(std::move(answer.error()));
            const bool over = answer->code == 421;
            answers.push_back(std::move(*answer));
            // Nothing follows: it stands for the replies to all the others.
            if (over) answers.resize(lines.size(), answers.back());
        }
    }
    co_return answers;
}

Task<void> Session::quit() {
    if (broken_ || !control_.stream) co_return;
    auto sending = send("QUIT\r\n");
    const auto sent = co_await std::move(sending);
    if (sent && encrypted()) {
        auto closing = transport::close_tls(*control_.stream);
        const auto closed = co_await std::move(closing);
        broken_ = !closed;
    }
    broken_ = true;
}

}  // namespace fid::ftp
