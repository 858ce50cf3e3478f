// SPDX-License-Identifier: MIT
#include "mail/imap_response.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace fid::mail {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::unexpected<Error> violation(std::string why) {
    return fail(Status::protocol_violation, "the server does not speak IMAP:", std::move(why));
}

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || last != end) return std::nullopt;
    return value;
}

constexpr std::array<std::string_view, 5> statuses{"OK", "NO", "BAD", "BYE", "PREAUTH"};

/// The status that a line begins with behind its tag.
std::string_view status_of(std::string_view line) {
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return {};
    const std::string_view rest = line.substr(blank + 1);
    const std::string_view word = rest.substr(0, rest.find_first_of(" \r\n"));
    for (const std::string_view status : statuses)
        if (same_word(word, status)) return status;
    return {};
}

/// How many bytes the literal has that a line ends with: "{12}", "{12+}", "~{12}".
std::optional<std::uint64_t> literal_size(std::string_view line) {
    if (!line.ends_with('}')) return std::nullopt;
    line.remove_suffix(1);
    if (line.ends_with('+')) line.remove_suffix(1);
    const std::size_t brace = line.rfind('{');
    return brace == std::string_view::npos ? std::nullopt : number_of(line.substr(brace + 1));
}

class Parser {
  public:
    explicit Parser(std::string_view text) : rest_(text) {}

    /// Values up to the end.
    Result<std::vector<ImapValue>> values() { return list(0); }

  private:
    Result<std::vector<ImapValue>> list(unsigned depth) {
        if (depth > ImapReader::deepest) return violation("lists lie too deep in lists");
        std::vector<ImapValue> values;
        while (true) {
            rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
            if (rest_.empty()) {
                if (depth != 0) return violation("a list has no end");
                return values;
            }
            if (rest_.front() == ')') {
                if (depth == 0) return violation("a list ends that did not begin");
                rest_.remove_prefix(1);
                return values;
            }
            auto one = value(depth);
            if (!one) return std::unexpected(std::move(one.error()));
            values.push_back(std::move(*one));
        }
    }

    Result<ImapValue> value(unsigned depth) {
        ImapValue value;
        const char c = rest_.front();
        if (c == '(') {
            rest_.remove_prefix(1);
            auto inner = list(depth + 1);
            if (!inner) return std::unexpected(std::move(inner.error()));
            value.kind = ImapValue::Kind::list;
            value.list = std::move(*inner);
            return value;
        }
        if (c == '"') return quoted();
        if (c == '{' || rest_.starts_with("~{")) return literal();
        value.text = atom();
        if (value.text.empty()) return violation("a control character where a word should be");
        value.kind = same_word(value.text, "NIL") ? ImapValue::Kind::nil : ImapValue::Kind::atom;
        if (value.kind == ImapValue::Kind::nil) value.text.clear();
        return value;
    }

    Result<ImapValue> quoted() {
        ImapValue value;
        value.kind = ImapValue::Kind::string;
        std::size_t i = 1;
        for (; i < rest_.size() && rest_[i] != '"'; ++i) {
            if (rest_[i] == '\r' || rest_[i] == '\n') break;
            if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
            value.text += rest_[i];
        }
        if (i >= rest_.size() || rest_[i] != '"') return violation("a quoted string has no end");
        rest_.remove_prefix(i + 1);
        return value;
    }

    Result<ImapValue> literal() {
        const std::size_t end = rest_.find('\n');
        std::string_view head = rest_.substr(0, end);
        if (head.ends_with('\r')) head.remove_suffix(1);
        const auto size = literal_size(head);
        if (end == std::string_view::npos || !size || *size > rest_.size() - end - 1)
            return violation("a literal is cut");
        ImapValue value;
        value.kind = ImapValue::Kind::string;
        value.text = rest_.substr(end + 1, static_cast<std::size_t>(*size));
        rest_.remove_prefix(end + 1 + value.text.size());
        return value;
    }

    /// What stands in brackets belongs to it: BODY[HEADER.FIELDS (FROM)]<0>.
    std::string atom() {
        std::size_t i = 0;
        for (bool inside = false; i < rest_.size(); ++i) {
            const char c = rest_[i];
            if (c == '[') inside = true;
            if (c == ']') inside = false;
            if (static_cast<unsigned char>(c) < ' ' || (!inside && (c == ' ' || c == '(' || c == ')'))) break;
        }
        std::string text(rest_.substr(0, i));
        rest_.remove_prefix(i);
        return text;
    }

    std::string_view rest_;
};

/// "[CODE args] text"
void read_status_text(std::string_view rest, ImapResponse& response) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.starts_with('[')) {
        const std::size_t end = rest.find(']');
        if (end != std::string_view::npos) {
            response.code = rest.substr(1, end - 1);
            rest.remove_prefix(end + 1);
            rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        }
    }
    response.text = rest;
}

Result<ImapResponse> parse(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    ImapResponse response;
    const std::size_t blank = std::min(text.find(' '), text.size());
    response.tag = text.substr(0, blank);
    std::string_view rest = text.substr(std::min(blank + 1, text.size()));
    const bool plain = !response.tag.empty() && std::ranges::all_of(response.tag, [](char c) {
        return c > ' ' && c < '\x7f' && c != '(' && c != ')' && c != '{' && c != '"' && c != '\\' && c != '%';
    });
    if (!plain) return violation("a line without a tag");
    if (response.tag == "+") {
        response.text = rest;
        return response;
    }
    response.status = status_of(text);
    if (!response.status.empty()) {
        read_status_text(rest.substr(std::min(response.status.size(), rest.size())), response);
        return response;
    }
    if (response.tag != "*") return violation("an answer that is neither OK, NO nor BAD");
    auto values = Parser(rest).values();
    if (!values) return std::unexpected(std::move(values.error()));
    if (values->empty()) return violation("an empty response");
    response.values = std::move(*values);
    return response;
}

}  // namespace

bool same_word(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, [](char a, char b) { return lower(a) == lower(b); });
}

std::optional<std::uint64_t> ImapValue::number() const { return kind == Kind::atom ? number_of(text) : std::nullopt; }

std::optional<std::uint64_t> ImapResponse::numbered(std::string_view name) const {
    if (values.size() < 2 || !same_word(values[1].text, name)) return std::nullopt;
    return values[0].number();
}

bool ImapResponse::named(std::string_view name) const { return !values.empty() && same_word(values[0].text, name); }

const ImapValue* ImapResponse::item(std::string_view name) const {
    if (values.size() < 3 || !values[2].is_list()) return nullptr;
    const auto& list = values[2].list;
    for (std::size_t i = 0; i + 1 < list.size(); i += 2)
        if (same_word(list[i].text, name)) return &list[i + 1];
    return nullptr;
}

void ImapReader::feed(std::string_view bytes) {
    if (at_ != 0) {
        buffer_.erase(0, at_);
        searched_ -= at_;
        line_ -= at_;
        at_ = 0;
    }
    buffer_ += bytes;
}

/// Is all of the response there? Then `searched_` is its end.
Result<bool> ImapReader::find_end() {
    while (true) {
        if (searched_ > buffer_.size()) return false;  // within a literal
        const std::size_t end = buffer_.find('\n', searched_);
        const std::size_t line_end = end == std::string::npos ? buffer_.size() : end + 1;
        if (line_bytes_ + (line_end - line_) > most_line_bytes) return violation("a line without end");
        if (end == std::string::npos) {
            searched_ = buffer_.size();
            return false;
        }
        std::string_view line = std::string_view(buffer_).substr(line_, end - line_);
        if (line.ends_with('\r')) line.remove_suffix(1);
        searched_ = end + 1;
        // What is said to people may end in braces, too.
        const std::string_view first = std::string_view(buffer_).substr(at_, end - at_);
        const bool words = first.starts_with('+') || !status_of(first).empty();
        const auto size = words ? std::nullopt : literal_size(line);
        if (!size) return true;
        if (*size > most_literal_bytes_ - literals_)
            return violation("a literal of " + std::to_string(*size) + " bytes, which is too large");
        literals_ += *size;
        line_bytes_ += searched_ - line_;
        searched_ += static_cast<std::size_t>(*size);
        line_ = searched_;
    }
}

Result<std::optional<ImapResponse>> ImapReader::next() {
    auto whole = find_end();
    if (!whole) return std::unexpected(std::move(whole.error()));
    if (!*whole) return std::nullopt;
    auto response = parse(std::string_view(buffer_).substr(at_, searched_ - at_));
    at_ = line_ = searched_;
    line_bytes_ = 0;
    literals_ = 0;
    if (!response) return std::unexpected(std::move(response.error()));
    return std::move(*response);
}

}  // namespace fid::mail
