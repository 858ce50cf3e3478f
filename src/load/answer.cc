// SPDX-License-Identifier: MIT
#include "load/answer.h"

#include <algorithm>
#include <charconv>

namespace fid::load {
namespace {

/// A head that is longer is not worth remembering.
constexpr std::size_t known_bytes = 4096;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool same(std::string_view text, std::string_view in_lower_case) {
    return text.size() == in_lower_case.size() &&
           std::ranges::equal(text, in_lower_case, [](char a, char b) { return lower(a) == b; });
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Calls use(element) for each of a comma-separated list, in lower case or not, without blanks around it.
template <class Use>
void each_element(std::string_view list, const Use& use) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        use(trimmed(list.substr(0, comma)));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

}  // namespace

void KnownHead::keep(std::string_view bytes, bool to_head, const AnswerHead& head) {
    size_ = 0;
    if (bytes.size() > known_bytes) return;
    bytes_.assign(bytes);
    size_ = bytes.size();
    to_head_ = to_head;
    head_ = head;
}

void AnswerReader::expect(bool to_head) {
    at_ = At::status_line;
    to_head_ = to_head;
    begun_ = false;
    head_bytes_ = 0;
    held_.clear();
}

AnswerReader::Step AnswerReader::take(std::string_view bytes, KnownHead& known) {
    if (bytes.empty()) return {};
    std::size_t used = 0;
    if (!begun_ && known.begins(bytes, to_head_)) {
        begun_ = true;
        head_ = known.head();
        if (head_.framing == AnswerHead::Framing::chunked) chunks_ = {};
        at_ = At::body;
        used = known.size();
    } else if (at_ != At::body) {
        const Step step = take_head(bytes, known);
        if (step.state == State::broken || at_ != At::body) return step;
        used = step.used;
    }
    const Step step = take_body(bytes.substr(used));
    return {step.state, used + step.used};
}

AnswerReader::Step AnswerReader::take_head(std::string_view bytes, KnownHead& known) {
    const bool whole = !begun_;  // nothing of this head came before
    bool interim = false;
    begun_ = true;
    std::size_t used = 0;
    while (at_ != At::body) {
        const std::string_view rest = bytes.substr(used);
        const std::size_t end = rest.find('\n');
        const std::size_t length = std::min(end, rest.size());
        head_bytes_ += length + 1;
        if (head_bytes_ > most_head_bytes) return {State::broken, used};
        if (end == std::string_view::npos) {
            held_ += rest;
            return {State::more, bytes.size()};
        }
        std::string_view text = rest.substr(0, length);
        if (!held_.empty()) text = held_.append(text);
        if (text.ends_with('\r')) text.remove_suffix(1);
        const bool fine = line(text);
        held_.clear();
        used += length + 1;
        if (!fine) return {State::broken, used};
        interim = interim || head_.status < 200;
    }
    if (whole && !interim) known.keep(bytes.substr(0, used), to_head_, head_);
    return {State::more, used};
}

bool AnswerReader::line(std::string_view text) {
    if (at_ == At::status_line) return status_line(text);
    if (!text.empty()) return field(text);
    // An upgrade that nobody asked for ends what can be understood.
    if (head_.status == 101) return false;
    if (head_.status < 200)
        at_ = At::status_line;
    else
        end_head();
    return true;
}

bool AnswerReader::status_line(std::string_view text) {
    constexpr std::string_view version = "HTTP/1.";
    if (text.size() < 12 || !text.starts_with(version) || (text[7] != '0' && text[7] != '1') || text[8] != ' ' ||
        !std::ranges::all_of(text.substr(9, 3), is_digit) || (text.size() > 12 && text[12] != ' '))
        return false;
    head_ = {};
    std::from_chars(text.data() + 9, text.data() + 12, head_.status);
    head_.persistent = text[7] == '1';
    has_length_ = has_coding_ = closes_ = false;
    at_ = At::fields;
    return head_.status >= 100;
}

bool AnswerReader::field(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const std::string_view name = text.substr(0, colon);
    // A blank before the colon, or a line folded onto the one before, may hide a length (RFC 9112 sections 5.1, 5.2).
    if (name.front() == ' ' || name.front() == '\t' || name.back() == ' ' || name.back() == '\t') return false;
    const auto value = [&] { return trimmed(text.substr(colon + 1)); };
    if (name.size() == 14 && same(name, "content-length")) {
        const std::string_view digits = value();
        std::uint64_t length = 0;
        const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
        if (fault != std::errc() || end != digits.data() + digits.size()) return false;
        if (has_length_ && length != head_.length) return false;
        has_length_ = true;
        head_.length = length;
    } else if (name.size() == 10 && same(name, "connection")) {
        each_element(value(), [&](std::string_view option) {
            if (same(option, "close")) closes_ = true;
            if (same(option, "keep-alive")) head_.persistent = true;
        });
    } else if (name.size() == 17 && same(name, "transfer-encoding")) {
        has_coding_ = true;
        each_element(value(), [&](std::string_view coding) {
            head_.framing = same(coding, "chunked") ? AnswerHead::Framing::chunked : AnswerHead::Framing::until_end;
        });
    }
    return true;
}

void AnswerReader::end_head() {
    using Framing = AnswerHead::Framing;
    at_ = At::body;
    // RFC 9112 section 6.3, in its order.
    if (to_head_ || head_.status == 204 || head_.status == 304)
        head_.framing = Framing::none;
    else if (has_coding_)
        head_.persistent = head_.persistent && head_.framing == Framing::chunked && !has_length_;
    else if (has_length_)
        head_.framing = Framing::length;
    if (closes_ || head_.framing == Framing::until_end) head_.persistent = false;
    chunks_ = {};
}

AnswerReader::Step AnswerReader::take_body(std::string_view bytes) {
    using Framing = AnswerHead::Framing;
    switch (head_.framing) {
        case Framing::none:
            return {State::done, 0};
        case Framing::length: {
            const std::uint64_t count = std::min<std::uint64_t>(head_.length, bytes.size());
            return {skipped(count), static_cast<std::size_t>(count)};
        }
        case Framing::until_end:
            return {State::more, bytes.size()};
        case Framing::chunked:
            break;
    }
    std::size_t used = 0;
    while (true) {
        const auto step = chunks_.take(bytes.substr(used));
        used += step.used;
        if (step.state == http::ChunkedReader::State::done) return {State::done, used};
        if (step.state == http::ChunkedReader::State::broken) return {State::broken, used};
        if (step.used == 0) return {State::more, used};
    }
}

AnswerReader::State AnswerReader::skipped(std::uint64_t count) {
    head_.length -= count;
    return head_.length == 0 ? State::done : State::more;
}

}  // namespace fid::load
