// SPDX-License-Identifier: MIT
// One connection to a mail server, SMTP (RFC 5321) or LMTP (RFC 2033): TLS, login, and messages handed over.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mail/message.h"
#include "mail/reply.h"
#include "transport/dial.h"

namespace fid::mail {

enum class TlsUse : std::uint8_t {
    automatic,  ///< STARTTLS where it is offered; required on port 587 and where somebody logs in
    required,   ///< STARTTLS or nothing
    implicit,   ///< TLS from the first byte on
    none,       ///< in the clear
};

struct SessionSettings {
    Endpoint server;  ///< scheme smtp, smtps, lmtp, or unix (which is LMTP)
    TlsUse tls = TlsUse::automatic;
    std::string user, password;   ///< nobody logs in where there is no user
    std::string mechanism;        ///< of the login; "" = the best that is offered
    bool clear_password = false;  ///< may go over the wire without TLS
    std::string name;             ///< our own, for EHLO; "" = the host's, or our address
    bool sequential = false;      ///< wait for each reply, whatever the server offers
    bool curious = false;         ///< automatic requires TLS nowhere: nothing is handed over
    transport::DialOptions dial;
    std::chrono::nanoseconds idle = std::chrono::minutes(5);  ///< for each reply; twice for the one to a message
    /// Told each command ('>') and each line of a reply ('<'), and '*' for TLS; passwords are not.
    std::function<void(char, std::string_view)> trace;

    [[nodiscard]] bool lmtp() const { return server.scheme == "lmtp" || server.scheme == "unix"; }
};

/// What a server says it can do: keywords and what stands behind them.
class Capabilities {
  public:
    Capabilities() = default;
    explicit Capabilities(const Reply& hello);
    [[nodiscard]] bool has(std::string_view keyword) const { return find(keyword).has_value(); }
    [[nodiscard]] std::optional<std::string_view> find(std::string_view keyword) const;
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }
    /// The names behind AUTH, upper case; some servers write AUTH=.
    [[nodiscard]] std::vector<std::string> mechanisms() const;

  private:
    std::vector<std::pair<std::string, std::string>> all_;
};

struct Envelope {
    std::string sender;  ///< "" for messages that are not to be answered
    std::vector<std::string> recipients;
};

enum class Fate : std::uint8_t {
    unsent,    ///< the server did not get the message
    refused,   ///< it does not want it for this recipient
    unknown,   ///< it may have got all of it; the connection ended before it said
    accepted,  ///< it has taken the message on
};
[[nodiscard]] std::string_view name_of(Fate fate);

struct Receipt {
    std::string recipient;
    Fate fate = Fate::unsent;
    std::optional<Reply> reply;  ///< that settled it
};

/// True at every moment, also where the work is cut off in the midst.
struct Delivery {
    std::vector<Receipt> receipts;
    std::optional<Error> error;  ///< why something was not accepted, other than by a reply to it
};

class Session {
  public:
    /// Connects, agrees on TLS, and logs in. Besides dial()'s errors: login_refused, tls_handshake where TLS is needed
    /// and not offered, server_error, protocol_violation.
    [[nodiscard]] static transport::Task<Result<std::unique_ptr<Session>>> open(transport::Executor executor,
                                                                                SessionSettings settings);
    [[nodiscard]] const Capabilities& capabilities() const { return capabilities_; }
    /// What it said before TLS.
    [[nodiscard]] const Capabilities& clear_capabilities() const { return clear_capabilities_; }
    [[nodiscard]] const Reply& greeting() const { return greeting_; }
    [[nodiscard]] const transport::Connection& connection() const { return connection_; }
    [[nodiscard]] bool encrypted() const { return connection_.tls.has_value(); }
    /// Nothing more can be asked of it.
    [[nodiscard]] bool broken() const { return broken_; }

    /// Hands a message over. What became of it stands in `delivery`, which is as long as the envelope's recipients.
    [[nodiscard]] transport::Task<void> deliver(const Envelope& envelope, const Message& message, Delivery& delivery);
    /// Says goodbye and waits for the answer, which nothing depends on.
    [[nodiscard]] transport::Task<void> quit();

  private:
    Session(transport::Executor executor, SessionSettings settings);

    transport::Task<Result<void>> start();
    transport::Task<Result<void>> greet();
    transport::Task<Result<void>> hello();
    transport::Task<Result<void>> protect();
    transport::Task<Result<void>> encrypt();
    transport::Task<Result<void>> log_in();
    transport::Task<Result<void>> prove(class SaslClient& client, std::string mechanism);
    [[nodiscard]] Result<std::string> choose_mechanism() const;
    [[nodiscard]] bool needs_tls() const;
    [[nodiscard]] std::string own_name() const;

    [[nodiscard]] Result<std::string> mail_parameters(const Envelope& envelope, const Message& message) const;
    transport::Task<Result<bool>> announce(const Envelope& envelope, std::string parameters, Delivery& delivery);
    transport::Task<Result<void>> send_message(const Message& message, std::vector<Receipt*> takers);
    transport::Task<Result<void>> settle(std::vector<Receipt*> takers);

    transport::Task<Result<void>> write(std::string_view bytes);
    transport::Task<Result<Reply>> reply(std::chrono::nanoseconds patience);
    transport::Task<Result<Reply>> ask(std::string line, std::string_view shown);
    void note(char side, std::string_view text) const;
    void note_reply(const Reply& reply) const;
    Error lost(Error error);

    transport::Executor executor_;
    SessionSettings settings_;
    transport::Connection connection_;
    ReplyReader replies_;
    Reply greeting_;
    Capabilities capabilities_, clear_capabilities_;
    bool broken_ = false;
    bool needs_reset_ = false;  ///< a transaction is open at the server
    std::vector<std::uint8_t> arrived_;
    std::string outgoing_;
};

/// The reply as an error: status server_error.
[[nodiscard]] Error refusal(std::string attempt, std::string subject, const Reply& reply);

}  // namespace fid::mail
