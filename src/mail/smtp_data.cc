// SPDX-License-Identifier: MIT
// The message itself, from DATA to CR LF . CR LF. Nothing else ends it: a server that lets LF . LF or the like do so
// can be made to take a part of one message for another (SMTP smuggling, CVE-2023-51764).
#include <algorithm>

#include "mail/smtp_server.h"

namespace fid::mail {

void SmtpServer::take_data(std::string_view& bytes) {
    while (!bytes.empty() && state_ == State::data) {
        const char c = bytes.front();
        switch (place_) {
            case Place::line_start:
                place_ = c == '.' ? Place::dot : Place::text;
                if (c == '.') bytes.remove_prefix(1);
                break;
            case Place::dot:  // it is not part of the message (RFC 5321 section 4.5.2)
                place_ = c == '\r' ? Place::dot_cr : Place::text;
                if (c == '\r') bytes.remove_prefix(1);
                break;
            case Place::dot_cr:
                if (c == '\n') {
                    bytes.remove_prefix(1);
                    end_data();
                    break;
                }
                put("\r");
                after_cr_ = true;
                place_ = Place::text;
                break;
            case Place::text:
                take_text(bytes);
                break;
        }
    }
}

/// As many lines as there are, up to one that begins with a dot.
void SmtpServer::take_text(std::string_view& bytes) {
    constexpr std::size_t longest_line = 998;
    std::size_t taken = 0;
    while (taken < bytes.size()) {
        const std::size_t found = bytes.find('\n', taken);
        const std::size_t end = found == std::string_view::npos ? bytes.size() : found + 1;
        const std::string_view piece = bytes.substr(taken, end - taken);
        const bool ended = found != std::string_view::npos;
        const bool cr_before = piece.size() > 1 ? piece[piece.size() - 2] == '\r' : after_cr_;
        // A CR has to have a LF behind it.
        if (after_cr_ && piece.front() != '\n') letter_.bare_cr = true;
        const std::size_t cr = piece.find('\r');
        if (cr != std::string_view::npos && cr + (ended ? 2 : 1) < piece.size()) letter_.bare_cr = true;
        if (ended && !cr_before) letter_.bare_lf = true;
        after_cr_ = piece.ends_with('\r');
        text_line_ += piece.size();
        const std::size_t line_end = ended && cr_before ? 2 : 0;
        if (text_line_ > longest_line + line_end) letter_.long_line = true;
        taken = end;
        if (!ended || !cr_before) continue;
        text_line_ = 0;
        if (taken < bytes.size() && bytes[taken] != '.') continue;
        place_ = Place::line_start;
        break;
    }
    put(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
}

void SmtpServer::put(std::string_view bytes) {
    letter_.size += bytes.size();
    watch(bytes);
    if (letter_.size > settings_.most_bytes && !too_large_) {
        too_large_ = true;
        box_.drop();
    }
    if (!too_large_ && stored_) {
        stored_ = box_.write(bytes);
        if (!stored_) box_.drop();
    }
}

/// What the record tells of it.
void SmtpServer::watch(std::string_view bytes) {
    if (!letter_.nul) letter_.nul = bytes.find('\0') != std::string_view::npos;
    if (!eight_bit_ && !letter_.undeclared_8bit) {
        unsigned all = 0;
        for (const char c : bytes) all |= static_cast<unsigned char>(c);
        letter_.undeclared_8bit = all > 0x7f;
    }
    if (head_ended_ || bytes.empty()) return;
    std::string& head = letter_.head;
    const std::size_t before = head.size();
    head += bytes.substr(0, longest_head - before);
    const std::size_t from = before < 3 ? 0 : before - 3;
    const std::size_t end = head.starts_with("\r\n") ? 0 : head.find("\r\n\r\n", from);
    head_ended_ = end != std::string::npos || head.size() >= longest_head;
    if (end != std::string::npos) head.resize(end == 0 ? 0 : end + 2);
}

void SmtpServer::end_data() {
    std::string protocol(utf8_ ? "UTF8" : "");
    protocol += local_ ? "LMTP" : extended_ || utf8_ ? (utf8_ ? "SMTP" : "ESMTP") : "SMTP";
    if (extended_ && encrypted_) protocol += 'S';
    if (extended_ && !user_.empty()) protocol += 'A';
    letter_.protocol = std::move(protocol);
    letter_.user = user_;
    std::string words;
    if (too_large_) {
        words = "552 5.3.4 the message is too large";
    } else {
        std::expected<std::string, Trouble> kept;
        if (stored_)
            kept = box_.keep(letter_);
        else
            kept = std::unexpected(stored_.error());
        if (kept)
            words = "250 2.0.0 " + *kept;
        else
            words = kept.error() == Trouble::full ? "452 4.3.1 there is no room" : "451 4.3.0 it cannot be kept";
    }
    // LMTP: one for each recipient (RFC 2033 section 4.2).
    const std::size_t replies = local_ ? letter_.recipients.size() : 1;
    for (std::size_t i = 0; i < replies; ++i) reply(words);
    forget();
}

}  // namespace fid::mail
