// SPDX-License-Identifier: MIT
#include "mail/reply.h"

#include <algorithm>
#include <utility>

#include "address/characters.h"

namespace fid::mail {
namespace {

/// "ddd" at the beginning of a line, where it is a reply's code; 0 otherwise.
unsigned code_of(std::string_view line) {
    if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit)) return 0;
    const auto code = static_cast<unsigned>((line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'));
    return code >= 200 && code < 600 ? code : 0;
}

/// "5.1.1" at the beginning of a line (RFC 3463 section 2: class, subject and detail of up to three digits).
std::string_view enhanced_of(std::string_view line, unsigned code) {
    if (line.empty() || line[0] != static_cast<char>('0' + code / 100)) return {};
    std::size_t at = 1;
    for (int part = 0; part < 2; ++part) {
        if (at >= line.size() || line[at] != '.') return {};
        const std::size_t start = ++at;
        while (at < line.size() && at - start < 3 && is_digit(line[at])) ++at;
        if (at == start) return {};
    }
    return at == line.size() || line[at] == ' ' ? line.substr(0, at) : std::string_view();
}

}  // namespace

std::string_view Reply::enhanced() const {
    return lines.empty() ? std::string_view() : enhanced_of(lines.front(), code);
}

std::string Reply::words() const {
    std::string all;
    const std::string_view same = enhanced();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::string_view line = lines[i];
        if (i != 0 && !same.empty() && enhanced_of(line, code) == same)
            line.remove_prefix(std::min(line.size(), same.size() + 1));
        if (line.empty()) continue;
        if (!all.empty()) all += ' ';
        all += line;
    }
    return all;
}

std::string Reply::text() const {
    const std::string said = words();
    return said.empty() ? std::to_string(code) : std::to_string(code) + " " + said;
}

void ReplyReader::feed(std::string_view bytes) {
    buffer_.erase(0, at_);
    searched_ -= std::min(searched_, at_);
    at_ = 0;
    buffer_ += bytes;
}

std::optional<std::string_view> ReplyReader::take_line() {
    const std::size_t end = buffer_.find('\n', std::max(at_, searched_));
    if (end == std::string::npos) {
        searched_ = buffer_.size();
        return std::nullopt;
    }
    std::string_view line = std::string_view(buffer_).substr(at_, end - at_);
    at_ = searched_ = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

Result<std::optional<Reply>> ReplyReader::next() {
    while (const auto line = take_line()) {
        size_ = (reply_ ? size_ : 0) + line->size() + 1;
        if (line->size() > most_line_bytes || size_ > most_bytes)
            return fail(Status::protocol_violation, "the server's reply is", "longer than any should be");
        const unsigned code = code_of(*line);
        const char after = line->size() > 3 ? (*line)[3] : ' ';
        if (code == 0 || (after != ' ' && after != '-') || (reply_ && code != reply_->code)) {
            return fail(Status::protocol_violation, "this is no SMTP reply:", std::string(line->substr(0, 60)), {},
                        "is it a mail server? smtps:// is for those that begin with TLS");
        }
        if (!reply_) reply_ = Reply{.code = code, .lines = {}};
        reply_->lines.emplace_back(line->substr(std::min<std::size_t>(4, line->size())));
        if (after == ' ') return std::exchange(reply_, std::nullopt);
    }
    if (buffer_.size() - at_ > most_line_bytes)
        return fail(Status::protocol_violation, "the server's reply is", "longer than any should be");
    return std::nullopt;
}

}  // namespace fid::mail
