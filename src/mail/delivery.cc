// SPDX-License-Identifier: MIT
// Handing a message over: MAIL, RCPT, DATA (RFC 5321 section 3.3), in one write where the server can (RFC 2920).
#include <algorithm>
#include <charconv>
#include <utility>

#include "mail/mailbox.h"
#include "mail/session.h"

namespace fid::mail {

using transport::Task;

namespace {

/// Commands of one write. Their replies have to fit into what the network holds while nobody reads (RFC 2920 section
/// 3.1), or both sides would wait for each other.
constexpr std::size_t most_together = 100;
/// Bytes of one write of a message.
constexpr std::size_t write_block = std::size_t{64} * 1024;

enum class Step : std::uint8_t { reset, sender, recipient, data };

bool willing(const Receipt& receipt) { return receipt.fate == Fate::unsent && receipt.reply; }

}  // namespace

Result<std::string> Session::mail_parameters(const Envelope& envelope, const Message& message) const {
    const std::string server = settings_.server.text();
    bool utf8 = message.utf8_header() || !is_ascii(envelope.sender);
    if (auto fit = check_address(envelope.sender); !fit && !envelope.sender.empty())
        return std::unexpected(std::move(fit.error()));
    for (const std::string& recipient : envelope.recipients) {
        if (auto fit = check_address(recipient); !fit) return std::unexpected(std::move(fit.error()));
        utf8 = utf8 || !is_ascii(recipient);
    }
    if (utf8 && !capabilities_.has("SMTPUTF8"))
        return fail(Status::server_error, "addresses and header fields outside ASCII are not for", server,
                    "it does not offer SMTPUTF8");
    if (message.eight_bit() && !capabilities_.has("8BITMIME"))
        return fail(Status::server_error, "bytes outside ASCII are not for", server, "it does not offer 8BITMIME");
    std::string parameters;
    if (const auto limit = capabilities_.find("SIZE")) {
        std::uint64_t most = 0;  // also: no limit is told (RFC 1870 section 4)
        std::from_chars(limit->data(), limit->data() + limit->size(), most);
        if (most != 0 && message.size() > most)
            return fail(Status::server_error, "too large for", server,
                        std::to_string(message.size()) + " bytes, and it takes " + std::to_string(most));
        parameters += " SIZE=" + std::to_string(message.size());
    }
    if (message.eight_bit()) parameters += " BODY=8BITMIME";
    if (utf8) parameters += " SMTPUTF8";
    return parameters;
}

/// Everything up to the message. True where the server now waits for it.
Task<Result<bool>> Session::announce(const Envelope& envelope, std::string parameters, Delivery& delivery) {
    const bool together = capabilities_.has("PIPELINING") && !settings_.sequential;
    std::vector<std::pair<Step, std::string>> steps;
    if (needs_reset_) steps.emplace_back(Step::reset, "RSET");
    steps.emplace_back(Step::sender, "MAIL FROM:<" + envelope.sender + ">" + parameters);
    for (const std::string& recipient : envelope.recipients)
        steps.emplace_back(Step::recipient, "RCPT TO:<" + recipient + ">");
    steps.emplace_back(Step::data, "DATA");
    std::optional<Reply> refused;  // what settles it for all who are not settled yet
    bool ready = false;
    std::size_t next_recipient = 0;
    for (std::size_t said = 0; said < steps.size();) {
        const bool some = std::ranges::any_of(delivery.receipts, willing);
        if (refused || (steps[said].first == Step::data && !some)) break;
        const std::size_t end = std::min(said + (together ? most_together : 1), steps.size());
        outgoing_.clear();
        for (std::size_t i = said; i < end; ++i) {
            note('>', steps[i].second);
            outgoing_ += steps[i].second;
            outgoing_ += "\r\n";
        }
        auto writing = write(outgoing_);
        auto written = co_await std::move(writing);
        if (!written) co_return std::unexpected(std::move(written.error()));
        for (; said < end; ++said) {
            auto waiting = reply(settings_.idle);
            auto answer = co_await std::move(waiting);
            if (!answer) co_return std::unexpected(std::move(answer.error()));
            if (broken_) co_return std::unexpected(refusal("turned away by", settings_.server.text(), *answer));
            switch (steps[said].first) {
                case Step::reset:
                    break;
                case Step::sender:
                    needs_reset_ = answer->positive();
                    if (!needs_reset_) refused = std::move(*answer);
                    break;
                case Step::recipient: {
                    Receipt& receipt = delivery.receipts[next_recipient++];
                    if (refused) break;
                    if (!answer->positive()) receipt.fate = Fate::refused;
                    receipt.reply = std::move(*answer);
                    break;
                }
                case Step::data:
                    ready = answer->code == 354;
                    if (answer->positive()) {
                        Error error = refusal("not an answer to DATA, by", settings_.server.text(), *answer);
                        error.status = Status::protocol_violation;
                        co_return std::unexpected(lost(std::move(error)));
                    }
                    if (!ready && !refused) refused = std::move(*answer);
                    break;
            }
        }
    }
    if (refused)
        for (Receipt& receipt : delivery.receipts)
            if (receipt.fate == Fate::unsent) receipt = {receipt.recipient, Fate::refused, refused};
    if (!ready || std::ranges::any_of(delivery.receipts, willing)) co_return ready;
    // The server wants a message that nobody takes (RFC 2920 section 3.1): an empty one, which it has to refuse.
    if (settings_.lmtp()) {
        broken_ = true;
        co_return false;
    }
    auto writing = write(".\r\n");
    auto written = co_await std::move(writing);
    if (!written) co_return std::unexpected(std::move(written.error()));
    auto waiting = reply(settings_.idle);
    auto answer = co_await std::move(waiting);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    needs_reset_ = false;
    co_return false;
}

Task<void> Session::deliver(const Envelope& envelope, const Message& message, Delivery& delivery) {
    delivery = {};
    for (const std::string& recipient : envelope.recipients)
        delivery.receipts.push_back({.recipient = recipient, .reply = {}});
    auto parameters = mail_parameters(envelope, message);
    if (!parameters) {
        delivery.error = std::move(parameters.error());
        co_return;
    }
    auto announcing = announce(envelope, std::move(*parameters), delivery);
    auto ready = co_await std::move(announcing);
    if (!ready) delivery.error = std::move(ready.error());
    if (!ready || !*ready) co_return;
    std::vector<Receipt*> takers;
    for (Receipt& receipt : delivery.receipts)
        if (willing(receipt)) takers.push_back(&receipt);
    auto sending = send_message(message, std::move(takers));
    auto sent = co_await std::move(sending);
    if (!sent) delivery.error = std::move(sent.error());
}

Task<Result<void>> Session::send_message(const Message& message, std::vector<Receipt*> takers) {
    note('>', "(message)");
    MessageReader reader(message, true);
    while (!reader.at_end()) {
        outgoing_.clear();
        while (outgoing_.size() < write_block && !reader.at_end()) {
            auto more = reader.next(outgoing_);
            // Without its final dot no server takes what it has got for a message.
            if (!more) co_return std::unexpected(lost(std::move(more.error())));
        }
        if (reader.at_end())
            for (Receipt* const taker : takers) taker->fate = Fate::unknown;
        auto writing = write(outgoing_);
        auto written = co_await std::move(writing);
        if (written) continue;
        // The server may have said why it goes. What it said lies here already.
        broken_ = false;
        auto waiting = reply(std::chrono::seconds(1));
        auto answer = co_await std::move(waiting);
        broken_ = true;
        if (!answer || answer->code < 400) co_return std::unexpected(std::move(written.error()));
        for (Receipt* const taker : takers) {
            taker->fate = Fate::refused;
            taker->reply = *answer;
        }
        co_return Result<void>();
    }
    auto settling = settle(std::move(takers));
    co_return co_await std::move(settling);
}

/// The answers to the message: one for all, of LMTP one for each.
Task<Result<void>> Session::settle(std::vector<Receipt*> takers) {
    for (std::size_t i = 0; i < takers.size();) {
        auto waiting = reply(settings_.idle * 2);
        auto answer = co_await std::move(waiting);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        if (!answer->positive() && answer->code < 400) {
            Error error = refusal("not an answer to a message, by", settings_.server.text(), *answer);
            error.status = Status::protocol_violation;
            co_return std::unexpected(lost(std::move(error)));
        }
        const std::size_t end = settings_.lmtp() ? i + 1 : takers.size();
        for (; i < end; ++i) {
            takers[i]->fate = answer->positive() ? Fate::accepted : Fate::refused;
            takers[i]->reply = *answer;
        }
    }
    needs_reset_ = false;
    co_return Result<void>();
}

}  // namespace fid::mail
