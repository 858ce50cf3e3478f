// SPDX-License-Identifier: MIT
// The commands. What comes between DATA and the end of the message is in smtp_data.cc.
#include "mail/smtp_server.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "encoding/base64.h"
#include "transport/http_head.h"

namespace fid::mail {
namespace {

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<std::string> decoded(std::string_view text) {
    const auto bytes = encoding::read_base64_lenient(text);
    if (!bytes) return std::nullopt;
    return std::string(bytes->begin(), bytes->end());
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || rest != end) return std::nullopt;
    return value;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

}  // namespace

SmtpServer::SmtpServer(const SmtpServerSettings& settings, Letterbox& box, bool encrypted)
    : settings_(settings), box_(box), encrypted_(encrypted) {
    if (box_.shut()) {
        reply("421 4.3.2 " + settings_.name + " has all the messages it wanted");
        state_ = State::over;
        return;
    }
    reply("220 " + settings_.name + " ESMTP fid");
}

void SmtpServer::reply(std::string_view line) {
    output_ += line;
    output_ += "\r\n";
}

void SmtpServer::refuse(std::string_view line) {
    reply(line);
    if (++errors_ < most_errors) return;
    reply("421 4.7.0 too many commands that make no sense");
    state_ = State::over;
}

void SmtpServer::receive(std::string_view bytes) {
    while (!bytes.empty() && state_ != State::over && state_ != State::tls) {
        if (state_ == State::data)
            take_data(bytes);
        else
            take_line(bytes);
    }
    if (state_ != State::tls) return;
    if (bytes.empty()) {
        reply("220 2.0.0 go ahead");
        return;
    }
    // RFC 3207 section 4: what came before TLS must not be taken for what is said within it.
    reply("554 5.5.1 something stands behind STARTTLS before TLS has begun");
    state_ = State::over;
}

void SmtpServer::tls_started() {
    // All that was said before is forgotten (RFC 3207 section 4.2).
    forget();
    letter_.helo.clear();
    user_.clear();
    extended_ = local_ = false;
    encrypted_ = true;
    state_ = State::command;
}

/// Lines end with CR LF. One that is too long is read to its end and forgotten.
void SmtpServer::take_line(std::string_view& bytes) {
    const std::size_t longest = state_ == State::command ? longest_command : longest_answer;
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end == std::string_view::npos ? end : end + 1);
    bytes.remove_prefix(piece.size());
    line_length_ += piece.size();
    if (line_length_ <= longest) line_ += piece;
    if (end == std::string_view::npos) return;
    const bool fits = line_length_ <= longest;
    line_length_ = 0;
    const std::string whole = std::exchange(line_, {});
    if (!fits) {
        if (state_ != State::command) state_ = State::command;
        return refuse("500 5.5.2 the line is too long");
    }
    if (!whole.ends_with("\r\n")) return refuse("500 5.5.2 lines end with CR LF, not with LF alone");
    line(std::string_view(whole).substr(0, whole.size() - 2));
}

void SmtpServer::line(std::string_view text) {
    if (state_ == State::command)
        command(text);
    else
        answer(text);
}

void SmtpServer::command(std::string_view text) {
    const auto read = read_command(text);
    if (!read) return refuse("500 5.5.2 this is no command");
    struct Handler {
        std::string_view verb;
        void (SmtpServer::*handle)(const SmtpCommand&);
    };
    static constexpr Handler handlers[]{
        {"EHLO", &SmtpServer::hello},         {"HELO", &SmtpServer::hello},        {"LHLO", &SmtpServer::hello},
        {"MAIL", &SmtpServer::mail},          {"RCPT", &SmtpServer::recipient},    {"DATA", &SmtpServer::begin_data},
        {"STARTTLS", &SmtpServer::start_tls}, {"AUTH", &SmtpServer::authenticate},
    };
    for (const auto& [verb, handle] : handlers)
        if (read->verb == verb) return (this->*handle)(*read);
    if (read->verb == "RSET") {
        forget();
        reply("250 2.0.0 forgotten");
    } else if (read->verb == "NOOP") {
        reply("250 2.0.0 nothing done");
    } else if (read->verb == "VRFY") {
        reply("252 2.5.0 every recipient is taken");
    } else if (read->verb == "HELP") {
        reply("214 2.0.0 EHLO HELO LHLO MAIL RCPT DATA RSET NOOP VRFY STARTTLS AUTH QUIT");
    } else if (read->verb == "QUIT") {
        reply("221 2.0.0 goodbye");
        state_ = State::over;
    } else {
        refuse("500 5.5.1 that command is not known here");
    }
}

void SmtpServer::hello(const SmtpCommand& command) {
    if (command.argument.empty()) return refuse("501 5.5.4 " + command.verb + " and your name");
    forget();
    letter_.helo = command.argument;
    local_ = command.verb == "LHLO";
    extended_ = local_ || command.verb == "EHLO";
    if (!extended_) return reply("250 " + settings_.name);
    reply("250-" + settings_.name);
    for (const std::string_view word : {"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"})
        reply("250-" + std::string(word));
    if (settings_.tls && !encrypted_) reply("250-STARTTLS");
    reply("250-AUTH PLAIN LOGIN CRAM-MD5");
    reply("250 SIZE " + std::to_string(settings_.most_bytes));
}

bool SmtpServer::accepts(const SmtpPath& path) {
    const auto refused = [this](std::string_view why) {
        refuse(why);
        return false;
    };
    constexpr std::size_t longest_address = 1000;
    if (path.address.size() > longest_address) return refused("501 5.1.7 the address is too long");
    for (const auto& [name, value] : path.parameters) {
        if (name == "SIZE") {
            const auto size = number(value);
            if (!size) return refused("501 5.5.4 SIZE is a number");
            if (*size > settings_.most_bytes) return refused("552 5.3.4 the message is too large");
        } else if (name == "BODY") {
            const std::string kind = upper(value);
            if (kind != "7BIT" && kind != "8BITMIME") return refused("501 5.5.4 BODY is 7BIT or 8BITMIME");
            eight_bit_ = kind == "8BITMIME";
        } else if (name == "SMTPUTF8" && value.empty()) {
            utf8_ = true;
        } else if (name != "AUTH") {  // RFC 4954 section 5: whom the message is by; nobody here asks
            return refused("555 5.5.4 a parameter that is not known here");
        }
    }
    if (!is_ascii(path.address) && !utf8_) return refused("553 5.6.7 letters outside ASCII need SMTPUTF8");
    return true;
}

void SmtpServer::mail(const SmtpCommand& command) {
    if (letter_.helo.empty()) return refuse("503 5.5.1 EHLO first");
    if (in_transaction_) return refuse("503 5.5.1 there is a message already; RSET forgets it");
    if (box_.shut()) {
        reply("421 4.3.2 there are all the messages that were wanted");
        state_ = State::over;
        return;
    }
    auto path = read_path(command.argument, "FROM:");
    if (!path) return refuse("501 5.5.4 MAIL FROM:<address>");
    eight_bit_ = utf8_ = false;
    if (!accepts(*path)) return;
    letter_.from = std::move(path->address);
    in_transaction_ = true;
    reply("250 2.1.0 ok");
}

void SmtpServer::recipient(const SmtpCommand& command) {
    if (!in_transaction_) return refuse("503 5.5.1 MAIL first");
    auto path = read_path(command.argument, "TO:");
    if (!path || path->address.empty()) return refuse("501 5.5.4 RCPT TO:<address>");
    if (!path->parameters.empty()) return refuse("555 5.5.4 a parameter that is not known here");
    if (!accepts(*path)) return;
    if (letter_.recipients.size() >= most_recipients) return reply("452 4.5.3 too many recipients");
    letter_.recipients.push_back(std::move(path->address));
    reply("250 2.1.5 ok");
}

void SmtpServer::begin_data(const SmtpCommand& command) {
    if (!command.argument.empty()) return refuse("501 5.5.4 DATA stands alone");
    if (letter_.recipients.empty()) return refuse("503 5.5.1 MAIL and RCPT first");
    if (const auto begun = box_.begin(); !begun) {
        reply(begun.error() == Trouble::full ? "452 4.3.1 there is no room" : "451 4.3.0 the message cannot be kept");
        return forget();
    }
    place_ = Place::line_start;
    after_cr_ = head_ended_ = too_large_ = false;
    text_line_ = 0;
    stored_ = {};
    state_ = State::data;
    reply("354 end with a dot on a line of its own");
}

void SmtpServer::start_tls(const SmtpCommand& command) {
    if (!command.argument.empty()) return refuse("501 5.5.4 STARTTLS stands alone");
    if (!settings_.tls || encrypted_) return refuse("503 5.5.1 there is TLS already, or none");
    state_ = State::tls;  // the reply waits for what stands behind it: receive()
}

void SmtpServer::authenticate(const SmtpCommand& command) {
    if (letter_.helo.empty()) return refuse("503 5.5.1 EHLO first");
    if (!user_.empty()) return refuse("503 5.5.1 you are known already");
    if (in_transaction_) return refuse("503 5.5.1 not within a message");
    const std::size_t blank = std::min(command.argument.find(' '), command.argument.size());
    const std::string mechanism = upper(std::string_view(command.argument).substr(0, blank));
    std::string first = command.argument.substr(std::min(blank + 1, command.argument.size()));
    if (mechanism == "PLAIN") {
        state_ = State::plain;
        if (first.empty()) return reply("334 ");
    } else if (mechanism == "LOGIN") {
        state_ = State::login_user;
        if (first.empty()) return reply("334 VXNlcm5hbWU6");  // "Username:"
    } else if (mechanism == "CRAM-MD5") {
        if (!first.empty()) return refuse("501 5.5.2 CRAM-MD5 begins with a challenge");
        state_ = State::cram;
        const auto moment = std::chrono::system_clock::now().time_since_epoch().count();
        return reply("334 " + encoding::base64("<" + std::to_string(moment) + "@" + settings_.name + ">"));
    } else {
        return refuse("504 5.5.4 PLAIN, LOGIN and CRAM-MD5 are known here");
    }
    answer(first == "=" ? std::string() : first);  // "=" is an empty answer (RFC 4954 section 4)
}

/// Any user is let in with any password, which is not kept.
void SmtpServer::answer(std::string_view text) {
    const State state = std::exchange(state_, State::command);
    if (text == "*") return refuse("501 5.7.0 given up");
    const auto words = decoded(text);
    if (!words) return refuse("501 5.5.2 this is not base64");
    if (state == State::login_user) {
        letter_.user = *words;
        state_ = State::login_password;
        return reply("334 UGFzc3dvcmQ6");  // "Password:"
    }
    if (state == State::login_password) return logged_in(std::exchange(letter_.user, {}));
    if (state == State::cram) {  // "user digest"
        const std::size_t blank = words->rfind(' ');
        if (blank == std::string::npos) return refuse("501 5.5.2 that is no answer to CRAM-MD5");
        return logged_in(words->substr(0, blank));
    }
    // PLAIN: whom to be, NUL, the user, NUL, the password (RFC 4616)
    const std::size_t user = words->find('\0');
    const std::size_t password = user == std::string::npos ? user : words->find('\0', user + 1);
    if (password == std::string::npos) return refuse("501 5.5.2 that is no answer to PLAIN");
    logged_in(words->substr(user + 1, password - user - 1));
}

void SmtpServer::logged_in(std::string user) {
    if (user.empty()) return refuse("535 5.7.8 a user has a name");
    user_ = std::move(user);
    reply("235 2.7.0 any password is right here");
}

void SmtpServer::forget() {
    if (state_ == State::data) state_ = State::command;
    std::string helo = std::move(letter_.helo);
    letter_ = {};
    letter_.helo = std::move(helo);
    in_transaction_ = eight_bit_ = utf8_ = false;
}

}  // namespace fid::mail
