// SPDX-License-Identifier: MIT
// Data connections of a session.
#include <sys/socket.h>

#include <utility>

#include "ftp/data_connection.h"
#include "ftp/names.h"
#include "ftp/session.h"
#include "transport/tls_stream.h"
#include "transport/watchdog.h"

namespace fid::ftp {

using transport::Task;

Task<Result<DataOpened>> Session::open_data(DataRequest request) {
    for (const std::string& line : request.before)
        if (auto fit = check_argument(line); !fit) co_return std::unexpected(std::move(fit.error()));
    if (auto fit = check_argument(request.command); !fit) co_return std::unexpected(std::move(fit.error()));
    while (true) {
        const bool extended = extended_, offered = offer_session_ && protected_data_;
        auto trying = try_data(request);
        auto opened = co_await std::move(trying);
        if (opened || broken_) co_return opened;
        // Once more where something turned out that the server does not take: EPSV, a resumed TLS session.
        const bool tls =
            opened.error().status == Status::tls_handshake || opened.error().status == Status::receive_failure;
        const bool without_session = offered && tls && std::exchange(offer_session_, false);
        if (extended == extended_ && !without_session) co_return opened;
    }
}

Task<Result<DataOpened>> Session::try_data(const DataRequest& request) {
    data_.reset();
    DataOpened opened;
    if (settings_.active) {
        auto trying = try_active(request);
        auto answers = co_await std::move(trying);
        if (!answers) co_return std::unexpected(std::move(answers.error()));
        opened = std::move(*answers);
    } else if (learnt_passive_ && extended_ && !settings_.sequential && request.offset == 0) {
        auto trying = try_pipelined(request);
        auto answers = co_await std::move(trying);
        if (!answers) co_return std::unexpected(std::move(answers.error()));
        opened = std::move(*answers);
    } else {
        auto asking = commands(request.before);
        auto before = co_await std::move(asking);
        if (!before) co_return std::unexpected(std::move(before.error()));
        opened.before = std::move(*before);
        auto opening = passive();
        auto port = co_await std::move(opening);
        if (!port) co_return std::unexpected(std::move(port.error()));
        auto connecting = connect_data(*port);
        auto connected = co_await std::move(connecting);
        if (!connected) co_return std::unexpected(std::move(connected.error()));
        auto requesting = ask_for_data(request);
        auto answer = co_await std::move(requesting);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        opened.reply = std::move(*answer);
    }
    if (!opened.reply.preliminary()) {
        data_.reset();
        co_return std::unexpected(
            refusal("refused by", settings_.server.text() + ": " + request.command, opened.reply));
    }
    if (!protected_data_) co_return opened;
    auto encrypting = encrypt(*data_, true);
    auto encrypted = co_await std::move(encrypting);
    if (encrypted) co_return opened;
    data_.reset();
    auto waiting = final_reply();  // the server's account of the same
    const auto ending = co_await std::move(waiting);
    if (ending && ending->negative()) encrypted.error().cause += " (" + ending->text() + ")";
    co_return std::unexpected(std::move(encrypted.error()));
}

/// EPSV and the command in one write: the reply to both is a round trip away.
Task<Result<DataOpened>> Session::try_pipelined(const DataRequest& request) {
    DataOpened opened;
    std::string lines;
    for (const std::string& line : request.before) lines += line + "\r\n";
    lines += "EPSV\r\n" + request.command + "\r\n";
    if (settings_.trace) {
        for (const std::string& line : request.before) settings_.trace('>', line);
        settings_.trace('>', "EPSV");
        settings_.trace('>', request.command);
    }
    auto sending = send(std::move(lines));
    auto sent = co_await std::move(sending);
    if (!sent) co_return std::unexpected(std::move(sent.error()));
    for (std::size_t i = 0; i < request.before.size(); ++i) {
        auto waiting = final_reply();
        auto answer = co_await std::move(waiting);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        opened.before.push_back(std::move(*answer));
        if (broken_) co_return std::unexpected(refusal("refused by", settings_.server.text(), opened.before.back()));
    }
    auto waiting = final_reply();
    auto passive_reply = co_await std::move(waiting);
    if (!passive_reply) co_return std::unexpected(std::move(passive_reply.error()));
    if (broken_) co_return std::unexpected(refusal("refused by", settings_.server.text(), *passive_reply));
    const auto port = extended_passive_port(*passive_reply);
    Result<void> connected;
    if (port) {
        auto connecting = connect_data(*port);
        connected = co_await std::move(connecting);
    }
    auto opening = reply();
    auto answer = co_await std::move(opening);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (answer->preliminary() && (!port || !connected)) {
        auto ending = final_reply();
        const auto ended = co_await std::move(ending);
        if (!ended) co_return std::unexpected(Error(ended.error()));
    }
    if (!port) {
        learnt_passive_ = false;
        extended_ = false;
        co_return std::unexpected(refusal("no data connection with", settings_.server.text(), *passive_reply));
    }
    // A refused command takes the port away with it: that is what to tell.
    if (!connected && !answer->negative()) co_return std::unexpected(std::move(connected.error()));
    opened.reply = std::move(*answer);
    co_return opened;
}

Task<Result<std::uint16_t>> Session::passive() {
    if (extended_) {
        auto asking = command("EPSV");
        auto answer = co_await std::move(asking);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        if (const auto port = extended_passive_port(*answer)) {
            learnt_passive_ = true;
            co_return *port;
        }
        if (broken_ || answer->code == 530 || answer->code == 550)
            co_return std::unexpected(refusal("no data connection with", settings_.server.text(), *answer));
        extended_ = false;
    }
    auto asking = command("PASV");
    auto answer = co_await std::move(asking);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (const auto port = passive_port(*answer)) co_return *port;
    Error error = refusal("no data connection with", settings_.server.text(), *answer);
    if (answer->positive()) error.status = Status::protocol_violation;
    error.hint = "--active lets the server connect to us";
    co_return std::unexpected(std::move(error));
}

Task<Result<void>> Session::connect_data(std::uint16_t port) {
    auto connecting = connect_passive(executor_, control_, settings_.server, port, settings_.dial);
    auto connection = co_await std::move(connecting);
    if (!connection) co_return std::unexpected(std::move(connection.error()));
    data_ = std::move(*connection);
    co_return Result<void>();
}

/// REST, which has to be agreed to before anything comes, and the command; its first reply.
Task<Result<Reply>> Session::ask_for_data(const DataRequest& request) {
    if (request.offset != 0) {
        auto asking = command("REST " + std::to_string(request.offset));
        auto answer = co_await std::move(asking);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        if (!answer->intermediate())
            co_return std::unexpected(refusal("cannot resume with", settings_.server.text(), *answer));
    }
    if (settings_.trace) settings_.trace('>', request.command);
    auto sending = send(request.command + "\r\n");
    auto sent = co_await std::move(sending);
    if (!sent) co_return std::unexpected(std::move(sent.error()));
    auto waiting = reply();
    co_return co_await std::move(waiting);
}

Task<Result<void>> Session::tell_address(const ActiveListener& listener) {
    std::optional<Reply> answer;
    if (extended_) {
        auto asking = command("EPRT " + listener.extended_address());
        auto extended = co_await std::move(asking);
        if (!extended) co_return std::unexpected(std::move(extended.error()));
        if (extended->positive()) co_return Result<void>();
        extended_ = false;
        answer = std::move(*extended);
    }
    if (const auto address = listener.address(); address && !broken_) {
        auto asking = command("PORT " + *address);
        auto plain = co_await std::move(asking);
        if (!plain) co_return std::unexpected(std::move(plain.error()));
        if (plain->positive()) co_return Result<void>();
        answer = std::move(*plain);
    }
    extended_ = true;  // so that this is not taken for a reason to try again
    if (!answer) co_return fail(Status::server_error, "no data connection with", settings_.server.text());
    co_return std::unexpected(refusal("no data connection with", settings_.server.text(), *answer));
}

Task<Result<DataOpened>> Session::try_active(const DataRequest& request) {
    DataOpened opened;
    auto asking = commands(request.before);
    auto before = co_await std::move(asking);
    if (!before) co_return std::unexpected(std::move(before.error()));
    opened.before = std::move(*before);
    auto listener = ActiveListener::open(control_.local);
    if (!listener) co_return std::unexpected(std::move(listener.error()));
    auto telling = tell_address(*listener);
    auto told = co_await std::move(telling);
    if (!told) co_return std::unexpected(std::move(told.error()));
    auto requesting = ask_for_data(request);
    auto answer = co_await std::move(requesting);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    opened.reply = std::move(*answer);
    if (!opened.reply.preliminary()) co_return opened;
    auto accepting = listener->accept(executor_, control_.peer, settings_.dial.timeout, settings_.dial.recorder);
    auto connection = co_await std::move(accepting);
    if (!connection) {
        broken_ = true;  // what the server still says belongs to this transfer
        co_return std::unexpected(std::move(connection.error()));
    }
    data_ = std::move(*connection);
    co_return opened;
}

Task<Result<std::size_t>> Session::read_data(std::span<std::uint8_t> into) {
    watchdog_->begin(data_->stream.get());
    auto reading = data_->stream->read(into);
    auto chunk = co_await std::move(reading);
    watchdog_->end();
    if (!chunk) co_return std::unexpected(std::move(chunk.error()));
    co_return chunk->end ? 0 : chunk->size;
}

Task<Result<void>> Session::write_data(Bytes bytes) {
    watchdog_->begin(data_->stream.get());
    auto writing = data_->stream->write(bytes);
    auto written = co_await std::move(writing);
    watchdog_->end();
    co_return written;
}

Task<Result<void>> Session::close_data() {
    if (data_ && data_->stream) {
        watchdog_->begin(data_->stream.get());
        auto closing = transport::close_tls(*data_->stream);
        const auto closed = co_await std::move(closing);
        watchdog_->end();
        if (closed) ::shutdown(data_->socket, SHUT_WR);
    }
    // Closed only when the server has all: TLS tickets that nobody reads would make the kernel reset the connection,
    // and the end of what we sent be lost.
    auto waiting = final_reply();
    auto answer = co_await std::move(waiting);
    data_.reset();
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (answer->positive()) co_return Result<void>();
    Error error = refusal("the transfer failed at", settings_.server.text(), *answer);
    if (answer->code == 426) error.status = Status::truncated;
    co_return std::unexpected(std::move(error));
}

Task<void> Session::abort_data() {
    data_.reset();
    if (broken_) co_return;
    auto asking = command("ABOR");  // 426 to the transfer and 226 to ABOR, or 225 or 226 alone
    const auto answer = co_await std::move(asking);
    if (!answer) co_return;
    if (answer->negative() && answer->code != 426 && answer->code != 451) {
        broken_ = true;  // it does not know the command: whose the next reply is cannot be told
        co_return;
    }
    // Whether one more reply is due differs between servers; NOOP's 200 marks where it ends.
    auto sending = send("NOOP\r\n");
    const auto sent = co_await std::move(sending);
    for (unsigned i = 0; i < 3 && sent && !broken_; ++i) {
        auto waiting = final_reply();
        const auto next = co_await std::move(waiting);
        if (!next || next->code == 200) co_return;
    }
    broken_ = true;
}

}  // namespace fid::ftp
