// SPDX-License-Identifier: MIT
// Comparisons of fields: `field`, `field relation value`, `field in {value, low..high}`.
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "packet/filter/names.h"
#include "packet/filter/parser.h"

namespace fid::packet::filter {
namespace {

struct RelationName {
    std::string_view text;
    Relation relation;
};
constexpr std::array relation_signs{RelationName{"==", Relation::equal},    RelationName{"=", Relation::equal},
                                    RelationName{"!=", Relation::differs},  RelationName{"<", Relation::less},
                                    RelationName{"<=", Relation::at_most},  RelationName{">", Relation::greater},
                                    RelationName{">=", Relation::at_least}, RelationName{"~", Relation::matches},
                                    RelationName{"~*", Relation::matches},  RelationName{"!~", Relation::misses}};
constexpr std::array relation_words{
    RelationName{"eq", Relation::equal},          RelationName{"ne", Relation::differs},
    RelationName{"lt", Relation::less},           RelationName{"le", Relation::at_most},
    RelationName{"gt", Relation::greater},        RelationName{"ge", Relation::at_least},
    RelationName{"contains", Relation::contains}, RelationName{"matches", Relation::matches},
    RelationName{"in", Relation::equal}};

struct SubjectName {
    std::string_view text;
    Subject subject;
};
constexpr std::array subjects{
    SubjectName{"len", Subject::length},          SubjectName{"frame.len", Subject::length},
    SubjectName{"caplen", Subject::captured},     SubjectName{"frame.cap_len", Subject::captured},
    SubjectName{"number", Subject::number},       SubjectName{"frame.number", Subject::number},
    SubjectName{"time", Subject::time},           SubjectName{"frame.time", Subject::time},
    SubjectName{"interface", Subject::interface}, SubjectName{"frame.interface", Subject::interface}};

const RelationName* find_relation(const Token& token) {
    const auto by_text = [&](const RelationName& name) { return name.text == token.text; };
    if (token.kind == Kind::sign) {
        const auto* found = std::ranges::find_if(relation_signs, by_text);
        return found == relation_signs.end() ? nullptr : found;
    }
    if (token.kind != Kind::word) return nullptr;
    const auto* found = std::ranges::find_if(relation_words, by_text);
    return found == relation_words.end() ? nullptr : found;
}

/// The field in every protocol that has it under this name.
void collect(std::string_view name, Comparison& comparison) {
    for (const FieldRef& found : find_fields(name)) {
        comparison.type = found.dissector->fields[found.field].type;
        comparison.fields.emplace_back(found.dissector->protocol, found.field);
    }
}

/// Hexadecimal digits, with or without separators, as the bytes they stand for.
std::optional<std::string> read_bytes(std::string_view text) {
    std::string bytes;
    if (text.starts_with("0x")) text.remove_prefix(2);
    while (!text.empty()) {
        if (!bytes.empty() && (text.front() == ':' || text.front() == '-')) text.remove_prefix(1);
        std::uint8_t byte = 0;
        if (text.size() < 2) return std::nullopt;
        const auto [end, error] = std::from_chars(text.data(), text.data() + 2, byte, 16);
        if (error != std::errc() || end != text.data() + 2) return std::nullopt;
        bytes.push_back(static_cast<char>(byte));
        text.remove_prefix(2);
    }
    return bytes.empty() ? std::nullopt : std::optional(bytes);
}

/// Two digits of a date or time at `at`.
std::optional<int> two_digits(std::string_view text, std::size_t at) {
    int value = 0;
    if (at + 2 > text.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + 2, value);
    return error == std::errc() && end == text.data() + at + 2 ? std::optional(value) : std::nullopt;
}

/// ".5" as 500,000,000; false where something else follows.
bool read_fraction(std::string_view text, std::uint32_t& nanoseconds) {
    if (text.empty()) return true;
    if (text.front() != '.' || text.size() > 10) return false;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return false;
    for (auto digits = text.size() - 1; digits < 9; ++digits) value *= 10;
    nanoseconds = value;
    return true;
}

/// Seconds since 1970 with a fraction, or RFC 3339 in UTC: 2024-05-01T10:20:30.5Z, shorter forms down to the date.
bool read_time(std::string_view text, Operand& operand) {
    if (text.size() >= 10 && text[4] == '-' && text[7] == '-') {
        int year = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + 4, year);
        const auto month = two_digits(text, 5);
        const auto day = two_digits(text, 8);
        if (error != std::errc() || end != text.data() + 4 || !month || !day) return false;
        const std::chrono::year_month_day date{std::chrono::year(year),
                                               std::chrono::month(static_cast<unsigned>(*month)),
                                               std::chrono::day(static_cast<unsigned>(*day))};
        if (!date.ok()) return false;
        auto seconds = std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86400};
        text.remove_prefix(10);
        if (text.ends_with('Z')) text.remove_suffix(1);
        if (!text.empty()) {
            const auto hour = two_digits(text, 1);
            const auto minute = two_digits(text, 4);
            if (!hour || !minute || text[3] != ':') return false;
            seconds += *hour * 3600 + *minute * 60;
            text.remove_prefix(6);
        }
        if (!text.empty()) {
            const auto second = two_digits(text, 1);
            if (!second || text[0] != ':') return false;
            seconds += *second;
            text.remove_prefix(3);
        }
        operand.low = static_cast<std::uint64_t>(seconds);
        return read_fraction(text, operand.nanoseconds);
    }
    const auto dot = std::min(text.find('.'), text.size());
    const auto seconds = read_number(text.substr(0, dot));
    if (!seconds) return false;
    operand.low = *seconds;
    return read_fraction(text.substr(dot), operand.nanoseconds);
}

bool is_number_type(FieldType type) {
    return type == FieldType::flag || type == FieldType::number || type == FieldType::hex;
}

/// Fills in the operand's numeric form; false where the text is no number.
bool read_numeric(std::string_view text, Operand& operand) {
    if (text == "true" || text == "false") {
        operand.low = operand.high = text == "true" ? 1 : 0;
        return operand.has_number = true;
    }
    const auto number = read_number(text);
    if (!number) return false;
    operand.low = operand.high = *number;
    return operand.has_number = true;
}

}  // namespace

/// Is this word a field or a property of the frame, rather than a word of pcap-filter?
bool Parser::at_comparison() const {
    const Token& token = peek();
    if (find_relation(peek(1)) != nullptr) return true;
    if (token.text.find('.') == std::string::npos) {
        return std::ranges::find(subjects, token.text, &SubjectName::text) != subjects.end();
    }
    return !Address::read(token.text) && token.text.find('/') == std::string::npos && token.text.front() >= 'a' &&
           token.text.front() <= 'z';
}

bool Parser::find_subject(const Token& token, Comparison& comparison) {
    const auto* frame = std::ranges::find(subjects, token.text, &SubjectName::text);
    if (frame != subjects.end()) {
        comparison.subject = frame->subject;
        return true;
    }
    collect(token.text, comparison);
    // ip.addr, tcp.port and eth.addr are wireshark's names for either end.
    const auto dot = token.text.rfind('.');
    if (comparison.fields.empty() && dot != std::string::npos) {
        const std::string base = token.text.substr(0, dot + 1);
        const std::string_view tail = std::string_view(token.text).substr(dot + 1);
        if (tail == "addr") {
            collect(base + "src", comparison);
            collect(base + "dst", comparison);
        } else if (tail == "port") {
            collect(base + "sport", comparison);
            collect(base + "dport", comparison);
        }
    }
    if (!comparison.fields.empty()) return true;
    const std::string near = nearest_name(token.text);
    error(token, "no field is called '" + token.text + "'", near.empty() ? "" : "did you mean '" + near + "'?");
    return false;
}

/// Takes the relation that stands here, if one does.
std::optional<Relation> Parser::read_relation(bool& set, bool& ignore_case) {
    const RelationName* found = find_relation(peek());
    if (found == nullptr) return std::nullopt;
    set = found->text == "in";
    ignore_case = found->text == "~*" || found->text == "matches";
    take();
    return found->relation;
}

bool Parser::read_operand(Comparison& comparison, bool ignore_case) {
    const Token token = peek();
    if (token.kind != Kind::word && token.kind != Kind::quoted) {
        error(token, "a value to compare with is missing here");
        return false;
    }
    take();
    Operand operand;
    operand.text = token.text;
    const auto refuse = [&](std::string_view wanted) {
        error(token, "'" + token.text + "' is not " + std::string(wanted));
        return false;
    };
    if (comparison.relation == Relation::matches || comparison.relation == Relation::misses) {
        re2::RE2::Options options;
        options.set_log_errors(false);
        options.set_case_sensitive(!ignore_case);
        options.set_encoding(re2::RE2::Options::EncodingLatin1);  // bytes: a payload need not be UTF-8
        operand.expression = std::make_unique<re2::RE2>(token.text, options);
        if (!operand.expression->ok()) {
            error(token, "bad regular expression: " + operand.expression->error());
            return false;
        }
    } else if (comparison.relation == Relation::contains) {
        if (comparison.type == FieldType::bytes || comparison.type == FieldType::mac)
            if (token.kind == Kind::word)
                if (auto bytes = read_bytes(token.text)) operand.text = std::move(*bytes);
    } else if (comparison.subject == Subject::time) {
        if (!read_time(token.text, operand)) return refuse("a time (2024-05-01T10:20:30Z, or seconds since 1970)");
    } else if (comparison.subject != Subject::field || is_number_type(comparison.type)) {
        const bool numeric = token.kind == Kind::word && read_numeric(token.text, operand);
        const bool word_allowed = comparison.subject == Subject::interface ||
                                  (comparison.subject == Subject::field && (comparison.relation == Relation::equal ||
                                                                            comparison.relation == Relation::differs));
        if (!numeric && !word_allowed) return refuse("a number");
        if (peek().is_sign("..")) {
            take();
            Operand high;
            if (!numeric || !read_numeric(peek().text, high)) return refuse("a range of numbers");
            take();
            operand.high = high.high;
        }
    } else if (comparison.type == FieldType::ipv4 || comparison.type == FieldType::ipv6) {
        const auto range = Range::parse(token.text);
        if (!range) return refuse("an address, prefix or range");
        operand.range = *range;
        operand.has_range = true;
    } else if (comparison.type == FieldType::mac || (comparison.type == FieldType::bytes && token.kind == Kind::word)) {
        auto bytes = read_bytes(token.text);
        if (!bytes) return refuse("a list of bytes in hexadecimal");
        operand.text = std::move(*bytes);
    }
    comparison.operands.push_back(std::move(operand));
    return true;
}

/// One value, or a set in braces.
bool Parser::read_operands(Comparison& comparison, bool ignore_case) {
    if (!peek().is_sign("{")) return read_operand(comparison, ignore_case);
    const Token open = take();
    while (read_operand(comparison, ignore_case)) {
        if (peek().is_sign(",")) {
            take();
        } else if (peek().is_sign("}")) {
            take();
            return true;
        } else if (peek().kind == Kind::end) {
            error(open, "this brace is never closed");
        }
    }
    return false;
}

Parser::Index Parser::comparison() {
    Comparison comparison;
    const Token token = take();
    if (!find_subject(token, comparison)) return nothing;
    bool set = false;
    bool ignore_case = false;
    if (const auto relation = read_relation(set, ignore_case)) {
        comparison.relation = *relation;
        if (set && !peek().is_sign("{")) return error(peek(), "'in' wants a set: {a, b}");
        if (!read_operands(comparison, ignore_case)) return nothing;
    }
    program_.comparisons.push_back(std::move(comparison));
    return add({.op = Op::compare, .left = static_cast<Index>(program_.comparisons.size() - 1)});
}

}  // namespace fid::packet::filter
