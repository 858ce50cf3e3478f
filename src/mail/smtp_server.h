// SPDX-License-Identifier: MIT
// The receiving side of one SMTP or LMTP dialogue (RFC 5321, 2033), apart from any connection: bytes in, replies out.
// It takes every message, whoever sends it and whatever is in it; what it sees that is against the rules it tells.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "mail/smtp_command.h"

namespace fid::mail {

/// What a message came with.
struct Letter {
    std::string helo;  ///< the client's name for itself
    std::string user;  ///< whom it logged in as; "" = nobody
    std::string from;  ///< the envelope's; "" = <>
    std::vector<std::string> recipients;
    std::string protocol;          ///< SMTP, ESMTP, ESMTPSA, UTF8LMTP (RFC 3848, 6531 section 4.3)
    std::uint64_t size = 0;        ///< bytes, dots undone
    std::string head;              ///< the header of the message, as far as it is not absurdly long
    bool bare_lf = false;          ///< a LF without CR in it: other servers may take it for a line end
    bool bare_cr = false;          ///< the other half
    bool nul = false;              ///< a NUL byte
    bool long_line = false;        ///< a line of more than 998 bytes (RFC 5321 section 4.5.3.1.6)
    bool undeclared_8bit = false;  ///< bytes above 127 without BODY=8BITMIME (RFC 6152)
};

/// Why a message cannot be kept.
enum class Trouble : std::uint8_t { full, broken };

/// Where messages go. Between begin() and its keep() or drop() there is one at a time.
class Letterbox {
  public:
    Letterbox() = default;
    Letterbox(const Letterbox&) = delete;
    Letterbox& operator=(const Letterbox&) = delete;
    virtual ~Letterbox() = default;

    [[nodiscard]] virtual std::expected<void, Trouble> begin() = 0;
    [[nodiscard]] virtual std::expected<void, Trouble> write(std::string_view bytes) = 0;
    /// The message is whole. Once this returns it is kept, and the client told so in words that end with what is
    /// returned.
    [[nodiscard]] virtual std::expected<std::string, Trouble> keep(const Letter& letter) = 0;
    virtual void drop() = 0;
    /// No more messages are wanted: the client is sent away.
    [[nodiscard]] virtual bool shut() const = 0;
};

struct SmtpServerSettings {
    std::string name = "localhost";                              ///< ours, in the greeting
    std::uint64_t most_bytes = std::uint64_t{64} * 1024 * 1024;  ///< of a message
    bool tls = true;                                             ///< STARTTLS is offered
};

class SmtpServer {
  public:
    static constexpr std::size_t most_recipients = 1000;
    /// Bytes of a command, and of an answer in AUTH (RFC 4954 section 4), with their line end.
    static constexpr std::size_t longest_command = 4096, longest_answer = 12288;
    static constexpr std::size_t longest_head = std::size_t{64} * 1024;
    /// Commands that were refused after which the client is sent away.
    static constexpr unsigned most_errors = 100;

    /// Begins with the greeting. `encrypted`: the connection speaks TLS already. All of it outlives the server.
    SmtpServer(const SmtpServerSettings& settings, Letterbox& box, bool encrypted);

    /// Uses up all bytes, unless over(): then nothing the client says matters any more.
    void receive(std::string_view bytes);
    /// What is to be sent, in order. Clear it when it is.
    [[nodiscard]] std::string& output() { return output_; }
    [[nodiscard]] bool over() const { return state_ == State::over; }
    /// Once the output is sent the client begins its TLS handshake; tell when that is done.
    [[nodiscard]] bool wants_tls() const { return state_ == State::tls; }
    void tls_started();
    /// A message has begun and is not whole.
    [[nodiscard]] bool in_message() const { return state_ == State::data; }

  private:
    enum class State : std::uint8_t { command, plain, login_user, login_password, cram, data, tls, over };
    /// Where in the data we are: the end is CR LF . CR LF and nothing else.
    enum class Place : std::uint8_t { text, line_start, dot, dot_cr };

    void reply(std::string_view line);
    void refuse(std::string_view line);
    void take_line(std::string_view& bytes);
    void line(std::string_view text);
    void command(std::string_view text);
    void hello(const SmtpCommand& command);
    void mail(const SmtpCommand& command);
    void recipient(const SmtpCommand& command);
    void begin_data(const SmtpCommand& command);
    void start_tls(const SmtpCommand& command);
    void authenticate(const SmtpCommand& command);
    void answer(std::string_view text);
    void logged_in(std::string user);
    [[nodiscard]] bool accepts(const SmtpPath& path);
    void take_data(std::string_view& bytes);
    void take_text(std::string_view& bytes);
    void put(std::string_view bytes);
    void watch(std::string_view bytes);
    void end_data();
    void forget();

    const SmtpServerSettings& settings_;
    Letterbox& box_;
    std::string output_, line_;
    std::size_t line_length_ = 0;  ///< also where line_ has given up
    State state_ = State::command;
    Letter letter_;
    std::string user_;
    bool encrypted_ = false, extended_ = false, local_ = false;  ///< EHLO, LHLO
    bool in_transaction_ = false, eight_bit_ = false, utf8_ = false;
    unsigned errors_ = 0;

    Place place_ = Place::line_start;
    bool after_cr_ = false, head_ended_ = false, too_large_ = false;
    std::size_t text_line_ = 0;  ///< bytes of the line of the message
    std::expected<void, Trouble> stored_;
};

}  // namespace fid::mail
