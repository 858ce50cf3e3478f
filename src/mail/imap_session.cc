// SPDX-License-Identifier: MIT
#include "mail/imap_session.h"

#include <algorithm>
#include <utility>

#include "encoding/base64.h"
#include "mail/imap_name.h"
#include "transport/http_head.h"
#include "transport/watchdog.h"

namespace fid::mail {

using transport::Task;

namespace {

constexpr std::size_t block = std::size_t{64} * 1024;

/// The first line of a response, for the trace.
std::string_view first_line(std::string_view text) { return text.substr(0, text.find_first_of("\r\n")); }

/// A response in short: literals are as good as left out.
std::string in_short(const ImapResponse& response) {
    std::string line = response.tag;
    if (!response.status.empty()) line += " " + response.status;
    if (!response.code.empty()) line += " [" + response.code + "]";
    if (!response.text.empty()) line += " " + response.text;
    constexpr std::size_t most_values = 3, longest = 100;
    for (std::size_t i = 0; i < std::min(response.values.size(), most_values); ++i)
        line += response.values[i].is_list() ? " (...)" : " " + response.values[i].text.substr(0, longest);
    return line;
}

}  // namespace

Error imap_refusal(std::string attempt, std::string subject, const ImapResponse& answer) {
    Text words;
    words.escaped(answer.text.empty() ? answer.status : answer.text);
    return {Status::server_error, std::move(attempt), std::move(subject), words.take(), {}};
}

ImapSession::ImapSession(transport::Executor executor, ImapSettings settings)
    : executor_(executor),
      settings_(std::move(settings)),
      watchdog_(std::make_shared<transport::Watchdog>(executor, settings_.idle,
                                                      [server = settings_.server.text()] {
                                                          return Error{Status::timeout, "nothing comes from", server,
                                                                       "timed out", "--idle TIME waits longer"};
                                                      })),
      reader_(settings_.most_bytes),
      arrived_(block) {}

ImapSession::~ImapSession() { watchdog_->close(); }

Task<Result<std::unique_ptr<ImapSession>>> ImapSession::open(transport::Executor executor, ImapSettings settings) {
    std::unique_ptr<ImapSession> session(new ImapSession(executor, std::move(settings)));
    auto starting = session->start();
    auto started = co_await std::move(starting);
    if (!started) co_return std::unexpected(std::move(started.error()));
    co_return session;
}

bool ImapSession::can(std::string_view capability) const {
    return std::ranges::any_of(capabilities_, [&](const std::string& each) { return same_word(each, capability); });
}

void ImapSession::note_capabilities(std::string_view words) {
    capabilities_.clear();
    constexpr std::size_t most = 1000;
    while (!words.empty() && capabilities_.size() < most) {
        const std::size_t blank = std::min(words.find(' '), words.size());
        if (blank != 0) capabilities_.emplace_back(words.substr(0, blank));
        words.remove_prefix(std::min(blank + 1, words.size()));
    }
}

/// What the server can do is told in several places.
void ImapSession::notice(const ImapResponse& response) {
    constexpr std::string_view word = "CAPABILITY ";
    if (response.code.size() > word.size() && same_word(response.code.substr(0, word.size()), word))
        note_capabilities(std::string_view(response.code).substr(word.size()));
    if (response.tag != "*" || !response.named("CAPABILITY")) return;
    std::string words;
    for (std::size_t i = 1; i < response.values.size(); ++i) words += response.values[i].text + " ";
    note_capabilities(words);
}

Task<Result<void>> ImapSession::start() {
    Endpoint place = settings_.server;
    place.port = place.port_or_default();
    place.scheme = "tcp";
    auto dialling = transport::dial(executor_, place, settings_.dial);
    auto connection = co_await std::move(dialling);
    if (!connection) co_return std::unexpected(std::move(connection.error()));
    connection_ = std::move(*connection);
    if (settings_.server.scheme == "imaps") {
        auto encrypting = encrypt();
        auto encrypted = co_await std::move(encrypting);
        if (!encrypted) co_return encrypted;
    }
    auto waiting = response();
    auto greeting = co_await std::move(waiting);
    if (!greeting) co_return std::unexpected(std::move(greeting.error()));
    if (greeting->tag != "*" || greeting->status.empty())
        co_return fail(Status::protocol_violation, "no greeting of an IMAP server from", settings_.server.text());
    if (greeting->status != "OK" && greeting->status != "PREAUTH")
        co_return std::unexpected(imap_refusal("turned away by", settings_.server.text(), *greeting));
    preauthenticated_ = greeting->status == "PREAUTH";
    auto protecting = protect();
    auto done = co_await std::move(protecting);
    if (!done) co_return done;
    auto learning = learn();
    done = co_await std::move(learning);
    if (!done || preauthenticated_) co_return done;
    auto logging_in = log_in();
    co_return co_await std::move(logging_in);
}

Task<Result<void>> ImapSession::encrypt() {
    watchdog_->begin(connection_.stream.get());
    auto starting = transport::start_tls(connection_, settings_.server.host, settings_.dial.tls);
    auto started = co_await std::move(starting);
    watchdog_->end();
    if (!started) broken_ = true;
    co_return started;
}

/// STARTTLS, unless there is TLS already or the user wants none. What the server said before counts no more: who stands
/// in the way could have said it.
Task<Result<void>> ImapSession::protect() {
    if (connection_.tls || settings_.clear) co_return Result<void>();
    const auto refuse = [this](std::string why) {
        return fail(Status::tls_handshake, "no TLS with", settings_.server.text(), std::move(why),
                    "--tls none goes on so that everybody on the way can read it all");
    };
    // A server that calls us known already would have us skip it.
    if (preauthenticated_) co_return refuse("the server begins with PREAUTH, which leaves no room for STARTTLS");
    if (capabilities_.empty()) {
        auto learning = learn();
        auto learnt = co_await std::move(learning);
        if (!learnt) co_return learnt;
    }
    if (!can("STARTTLS")) co_return refuse("it does not offer STARTTLS");
    auto asking = command("STARTTLS", {});
    auto answered = co_await std::move(asking);
    if (!answered) co_return std::unexpected(std::move(answered.error()));
    if (answered->status != "OK") co_return refuse("it refuses STARTTLS");
    if (!reader_.empty())
        co_return fail(Status::protocol_violation, "words in the clear behind the agreement on TLS, by",
                       settings_.server.text());
    capabilities_.clear();
    auto encrypting = encrypt();
    co_return co_await std::move(encrypting);
}

Task<Result<void>> ImapSession::learn() {
    if (!capabilities_.empty()) co_return Result<void>();
    auto asking = command("CAPABILITY", {});
    auto answered = co_await std::move(asking);
    if (!answered) co_return std::unexpected(std::move(answered.error()));
    if (answered->status != "OK")
        co_return std::unexpected(imap_refusal("no answer to CAPABILITY from", settings_.server.text(), *answered));
    co_return Result<void>();
}

Task<Result<void>> ImapSession::log_in() {
    const std::string whom = settings_.server.text() + " as " + settings_.user;
    if ((settings_.user + settings_.password).contains('\0'))
        co_return fail(Status::usage, "the user or password has", "a NUL in it");
    std::vector<ImapPiece> pieces;
    std::string shown;
    if (can("AUTH=PLAIN")) {
        const std::string secret =
            encoding::base64(std::string(1, '\0') + settings_.user + std::string(1, '\0') + settings_.password);
        if (can("SASL-IR")) {
            pieces.push_back({"AUTHENTICATE PLAIN " + secret});
        } else {  // the answer to "+" is a line, where a literal's bytes are followed by the rest of the command
            pieces.push_back({"AUTHENTICATE PLAIN"});
            pieces.push_back({secret});
        }
        shown = "AUTHENTICATE PLAIN ***";
    } else if (!can("LOGINDISABLED")) {
        std::string line = "LOGIN";
        for (const std::string* const word : {&settings_.user, &settings_.password}) {
            line += ' ';
            if (auto quoted = imap_quoted(*word)) {
                line += *quoted;
                continue;
            }
            pieces.push_back({std::exchange(line, {})});
            pieces.push_back({*word, true});
        }
        if (!line.empty()) pieces.push_back({std::move(line)});
        shown = "LOGIN " + settings_.user + " ***";
    } else {
        co_return fail(Status::login_refused, "cannot log in to", whom,
                       "the server knows neither AUTHENTICATE PLAIN nor LOGIN");
    }
    capabilities_.clear();  // they may be others for who is known
    auto exchanging = exchange(std::move(pieces), std::move(shown), {});
    auto answered = co_await std::move(exchanging);
    if (!answered) co_return std::unexpected(std::move(answered.error()));
    if (answered->status != "OK") {
        Error error = imap_refusal("cannot log in to", whom, *answered);
        // RFC 5530: the server itself is not well, which says nothing about the user.
        if (!same_word(answered->code, "UNAVAILABLE")) error.status = Status::login_refused;
        co_return std::unexpected(std::move(error));
    }
    auto learning = learn();
    co_return co_await std::move(learning);
}

std::string ImapSession::next_tag() { return "f" + std::to_string(++tags_); }

Task<Result<void>> ImapSession::send(std::string bytes) {
    if (broken_ || !connection_.stream)
        co_return fail(Status::receive_failure, "the connection is over, to", settings_.server.text());
    watchdog_->begin(connection_.stream.get());
    auto writing = connection_.stream->write(as_bytes(bytes));
    auto written = co_await std::move(writing);
    watchdog_->end();
    if (!written) broken_ = true;
    co_return written;
}

Task<Result<ImapResponse>> ImapSession::response() {
    while (true) {
        auto next = reader_.next();
        if (!next) {
            broken_ = true;
            next.error().subject = settings_.server.text() + ", " + next.error().subject;
            co_return std::unexpected(std::move(next.error()));
        }
        if (*next) {
            if (settings_.trace) settings_.trace('<', first_line(in_short(**next)));
            notice(**next);
            co_return std::move(**next);
        }
        watchdog_->begin(connection_.stream.get());
        auto reading = connection_.stream->read(arrived_);
        auto chunk = co_await std::move(reading);
        watchdog_->end();
        if (!chunk || chunk->end) broken_ = true;
        if (!chunk) co_return std::unexpected(std::move(chunk.error()));
        if (chunk->end)
            co_return fail(Status::receive_failure, "connection closed by", settings_.server.text(),
                           "before its answer was whole");
        reader_.feed(as_text(Bytes(arrived_).first(chunk->size)));
    }
}

Task<Result<ImapResponse>> ImapSession::answer(std::string tag, Told told) {
    std::optional<ImapResponse> goodbye;
    while (true) {
        auto waiting = response();
        auto one = co_await std::move(waiting);
        if (!one && goodbye)
            co_return std::unexpected(imap_refusal("the server goes:", settings_.server.text(), *goodbye));
        if (!one) co_return one;
        if (one->tag == tag) {
            if (!one->values.empty() || one->status.empty() || one->status == "BYE" || one->status == "PREAUTH")
                co_return fail(Status::protocol_violation, "an answer that is neither OK, NO nor BAD, from",
                               settings_.server.text());
            co_return one;
        }
        if (one->tag != "*")
            co_return fail(Status::protocol_violation, "an answer to nothing that was asked, from",
                           settings_.server.text());
        if (one->status == "BYE") {
            goodbye = std::move(*one);
            continue;
        }
        if (told) told(*one);
    }
}

/// A command of pieces: before a literal, and before a line that answers "+", the server has its say.
Task<Result<ImapResponse>> ImapSession::exchange(std::vector<ImapPiece> pieces, std::string shown, Told told) {
    const std::string tag = next_tag();
    if (settings_.trace) settings_.trace('>', tag + " " + shown);
    std::string bytes = tag + " ";
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        bytes += pieces[i].text;
        if (i + 1 == pieces.size()) break;
        if (pieces[i].literal) continue;  // the command goes on behind it
        if (pieces[i + 1].literal) bytes += "{" + std::to_string(pieces[i + 1].text.size()) + "}";
        auto sending = send(std::exchange(bytes, {}) + "\r\n");
        auto sent = co_await std::move(sending);
        if (!sent) co_return std::unexpected(std::move(sent.error()));
        while (true) {
            auto waiting = response();
            auto one = co_await std::move(waiting);
            if (!one) co_return one;
            if (one->tag == "+") break;
            if (one->tag == tag) co_return one;  // refused
            if (one->tag != "*")
                co_return fail(Status::protocol_violation, "an answer to nothing that was asked, from",
                               settings_.server.text());
        }
    }
    auto sending = send(bytes + "\r\n");
    auto sent = co_await std::move(sending);
    if (!sent) co_return std::unexpected(std::move(sent.error()));
    auto answering = answer(tag, std::move(told));
    co_return co_await std::move(answering);
}

Task<Result<ImapResponse>> ImapSession::command(std::string line, Told told) {
    std::vector<std::string> one;
    one.push_back(std::move(line));
    auto asking = commands(std::move(one), std::move(told));
    auto answers = co_await std::move(asking);
    if (!answers) co_return std::unexpected(std::move(answers.error()));
    co_return std::move(answers->front());
}

Task<Result<std::vector<ImapResponse>>> ImapSession::commands(std::vector<std::string> lines, Told told) {
    std::string together;
    std::vector<std::string> tags;
    for (const std::string& line : lines) {
        tags.push_back(next_tag());
        if (settings_.trace) settings_.trace('>', tags.back() + " " + line);
        together += tags.back() + " " + line + "\r\n";
    }
    auto sending = send(std::move(together));
    auto sent = co_await std::move(sending);
    if (!sent) co_return std::unexpected(std::move(sent.error()));
    std::vector<ImapResponse> answers;
    for (const std::string& tag : tags) {
        auto answering = answer(tag, told);
        auto one = co_await std::move(answering);
        if (!one) co_return std::unexpected(std::move(one.error()));
        answers.push_back(std::move(*one));
    }
    co_return answers;
}

Task<void> ImapSession::logout() {
    if (broken_ || !connection_.stream) co_return;
    auto asking = command("LOGOUT", {});
    const auto answered = co_await std::move(asking);
    broken_ = true;
    if (!answered) co_return;
}

}  // namespace fid::mail
