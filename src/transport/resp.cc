// SPDX-License-Identifier: MIT
#include "transport/resp.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace fid::transport {
namespace {

using Kind = RespValue::Kind;

/// A head is a type and a number; statuses, errors and big numbers are lines, too.
constexpr std::size_t most_line_bytes = std::size_t{64} * 1024;

std::unexpected<Error> violation(std::string cause) {
    return fail(Status::protocol_violation, "not a reply of RESP", {}, std::move(cause),
                "--frame resp is for Redis and its relatives");
}

template <class Number>
bool is_number(std::string_view text) {
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    // A real out of range is still one: 1e999.
    return !text.empty() && end == text.data() + text.size() &&
           (error == std::errc() || (std::is_floating_point_v<Number> && error == std::errc::result_out_of_range));
}

bool is_big(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_scalar_valid(Kind kind, std::string_view text) {
    switch (kind) {
        case Kind::integer:
            return is_number<std::int64_t>(text);
        case Kind::real:
            return is_number<double>(text);
        case Kind::boolean:
            return text == "t" || text == "f";
        case Kind::big:
            return is_big(text);
        case Kind::null:
            return text.empty();
        default:
            return true;
    }
}

/// The number of bytes or items; -1 is version 2's null.
std::optional<std::int64_t> read_length(std::string_view text) {
    std::int64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc() || end != text.data() + text.size() || length < -1) return std::nullopt;
    return length;
}

}  // namespace

Result<std::optional<RespValue>> RespReader::next() {
    while (!input_.empty()) {
        auto value = bulk_ ? read_bulk() : read_line();
        if (!value || *value) return value;
    }
    return std::nullopt;
}

Result<void> RespReader::end() const {
    if (line_.empty() && !bulk_ && open_.empty() && !foremost_) return {};
    return fail(Status::truncated, "the bytes end within a reply", {});
}

Result<void> RespReader::count(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ <= limits_.bytes) return {};
    return violation("it has more than the " + std::to_string(limits_.bytes) + " bytes allowed");
}

Result<std::optional<RespValue>> RespReader::read_line() {
    const std::string_view text = as_text(input_);
    const std::size_t feed = text.find('\n');
    const std::string_view piece = text.substr(0, feed == std::string_view::npos ? text.size() : feed + 1);
    if (line_.size() + piece.size() > most_line_bytes) return violation("a line of it does not end");
    if (auto fits = count(piece.size()); !fits) return std::unexpected(std::move(fits.error()));
    line_ += piece;
    input_ = input_.subspan(piece.size());
    if (feed == std::string_view::npos) return std::nullopt;
    if (!line_.ends_with("\r\n")) return violation("a line of it ends in LF without CR");
    line_.resize(line_.size() - 2);
    return read_head(std::exchange(line_, {}));
}

Result<std::optional<RespValue>> RespReader::read_head(std::string_view line) {
    if (line.empty()) return violation("it begins with an empty line");
    if (++values_ > limits_.values)
        return violation("it has more than the " + std::to_string(limits_.values) + " values allowed");
    const std::string_view rest = line.substr(1);
    switch (line.front()) {
        case '+':
            return read_scalar(Kind::status, rest);
        case '-':
            return read_scalar(Kind::error, rest);
        case ':':
            return read_scalar(Kind::integer, rest);
        case '_':
            return read_scalar(Kind::null, rest);
        case ',':
            return read_scalar(Kind::real, rest);
        case '#':
            return read_scalar(Kind::boolean, rest);
        case '(':
            return read_scalar(Kind::big, rest);
        case '$':
            return open_bulk(Kind::string, rest);
        case '!':
            return open_bulk(Kind::error, rest);
        case '=':
            return open_bulk(Kind::verbatim, rest);
        case '*':
            return open_items(Kind::array, rest);
        case '%':
            return open_items(Kind::map, rest);
        case '~':
            return open_items(Kind::set, rest);
        case '>':
            return open_items(Kind::push, rest);
        case '|':
            return open_items(Kind::attribute, rest);
        default:
            return violation("a value begins with '" + std::string(line.substr(0, 20)) + "'");
    }
}

Result<std::optional<RespValue>> RespReader::read_scalar(Kind kind, std::string_view text) {
    if (!is_scalar_valid(kind, text)) return violation("'" + std::string(text.substr(0, 20)) + "' is no such value");
    RespValue value = begin(kind);
    value.text = text;
    return complete(std::move(value));
}

Result<std::optional<RespValue>> RespReader::open_bulk(Kind kind, std::string_view length) {
    const auto size = read_length(length);
    if (!size) return violation("'" + std::string(length.substr(0, 20)) + "' is no length");
    if (*size < 0) return complete(begin(Kind::null));
    if (auto fits = count(static_cast<std::size_t>(*size) + 2); !fits) return std::unexpected(std::move(fits.error()));
    bulk_ = begin(kind);
    bulk_left_ = static_cast<std::uint64_t>(*size) + 2;
    return std::nullopt;
}

Result<std::optional<RespValue>> RespReader::open_items(Kind kind, std::string_view length) {
    const auto items = read_length(length);
    if (!items) return violation("'" + std::string(length.substr(0, 20)) + "' is no number of items");
    if (*items < 0) return complete(begin(Kind::null));
    if (static_cast<std::uint64_t>(*items) > limits_.values)
        return violation("it has more than the " + std::to_string(limits_.values) + " values allowed");
    RespValue value = begin(kind);
    if (*items == 0) return complete(std::move(value));
    if (open_.size() == limits_.depth)
        return violation("values stand within values more than " + std::to_string(limits_.depth) + " deep");
    const bool pairs = kind == Kind::map || kind == Kind::attribute;
    Open opened;
    opened.value = std::move(value);
    opened.left = static_cast<std::uint64_t>(*items) * (pairs ? 2 : 1);
    open_.push_back(std::move(opened));
    return std::nullopt;
}

Result<std::optional<RespValue>> RespReader::read_bulk() {
    constexpr std::string_view tail = "\r\n";
    if (bulk_left_ > tail.size()) {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bulk_left_ - tail.size(), input_.size()));
        bulk_->text += as_text(input_.first(size));
        input_ = input_.subspan(size);
        bulk_left_ -= size;
        return std::nullopt;
    }
    if (input_.front() != static_cast<std::uint8_t>(tail[tail.size() - bulk_left_]))
        return violation("a string is longer than its length says");
    input_ = input_.subspan(1);
    if (--bulk_left_ != 0) return std::nullopt;
    constexpr std::size_t colon = 3;  // "txt:"
    if (bulk_->kind == Kind::verbatim && (bulk_->text.size() <= colon || bulk_->text[colon] != ':'))
        return violation("a verbatim string does not say what it is");
    RespValue value = std::move(*bulk_);
    bulk_.reset();
    return complete(std::move(value));
}

RespValue RespReader::begin(Kind kind) {
    RespValue value;
    value.kind = kind;
    auto& waiting = open_.empty() ? foremost_ : open_.back().attributes;
    // Attributes of attributes are allowed by nobody, and would be a chain without an end.
    if (kind != Kind::attribute) value.attributes = std::move(waiting);
    return value;
}

std::optional<RespValue> RespReader::complete(RespValue value) {
    while (true) {
        if (value.kind == Kind::attribute) {
            auto& waiting = open_.empty() ? foremost_ : open_.back().attributes;
            waiting = std::make_unique<RespValue>(std::move(value));
            return std::nullopt;
        }
        if (open_.empty()) break;
        Open& parent = open_.back();
        parent.value.items.push_back(std::move(value));
        if (--parent.left != 0) return std::nullopt;
        value = std::move(parent.value);
        open_.pop_back();
    }
    bytes_ = values_ = 0;
    return value;
}

void put_resp_command(const std::vector<std::string>& words, std::vector<std::uint8_t>& out) {
    const auto put = [&out](std::string_view text) { out.insert(out.end(), text.begin(), text.end()); };
    put("*" + std::to_string(words.size()) + "\r\n");
    for (const std::string& word : words) {
        put("$" + std::to_string(word.size()) + "\r\n");
        put(word);
        put("\r\n");
    }
}

}  // namespace fid::transport
