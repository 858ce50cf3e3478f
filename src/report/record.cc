// SPDX-License-Identifier: MIT
#include "report/record.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace fid::report {
namespace {

std::string digits_of(Uint128 value) {
    std::string digits;
    do {
        digits.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
        value /= 10;
    } while (value != 0);
    std::ranges::reverse(digits);
    return digits;
}

void write_real(Text& out, double value) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    out.put(std::string_view(buffer, static_cast<std::size_t>(end - buffer)));
}

template <class... Cases>
struct Overload : Cases... {
    using Cases::operator()...;
};

std::size_t index_of(const RecordType& type, std::string_view name) {
    const auto found = std::ranges::find(type.fields, name, &Field::name);
    if (found == type.fields.end()) std::abort();  // a command names a field its record type does not have
    return static_cast<std::size_t>(found - type.fields.begin());
}

}  // namespace

Value Value::big(std::string digits) {
    Value value;
    value.data_ = Digits{std::move(digits)};
    return value;
}

Value Value::notation(std::string text) {
    Value value;
    value.data_ = Notation{std::move(text)};
    return value;
}

Value Value::big(Uint128 value) { return big(digits_of(value)); }

void Value::write_json(Text& out) const {
    std::visit(Overload{
                   [&](std::monostate) { out.put("null"); },
                   [&](bool value) { out.put(value ? "true" : "false"); },
                   [&](std::int64_t value) { out.number_signed(value); },
                   [&](std::uint64_t value) { out.number(value); },
                   [&](double value) { std::isfinite(value) ? write_real(out, value) : out.put("null"); },
                   [&](const std::string& text) { out.json_bytes(as_bytes(text)); },
                   [&](const Digits& digits) { out.put(digits.text); },
                   [&](const Notation& notation) { out.json_bytes(as_bytes(notation.text)); },
                   [&](const List& list) {
                       out.put('[');
                       for (std::size_t i = 0; i < list.size(); ++i) {
                           if (i != 0) out.put(',');
                           list[i].write_json(out);
                       }
                       out.put(']');
                   },
                   [&](const Object& object) {
                       out.put('{');
                       for (std::size_t i = 0; i < object.size(); ++i) {
                           if (i != 0) out.put(',');
                           out.json(object[i].first);
                           out.put(':');
                           object[i].second.write_json(out);
                       }
                       out.put('}');
                   },
               },
               data_);
}

void Value::write_plain(Text& out, bool escape, std::string_view joiner) const {
    std::visit(Overload{
                   [&](std::monostate) {},
                   [&](bool value) { out.put(value ? "yes" : "no"); },
                   [&](std::int64_t value) { out.number_signed(value); },
                   [&](std::uint64_t value) { out.number(value); },
                   [&](double value) { write_real(out, value); },
                   [&](const std::string& text) { escape ? out.escaped(text) : out.put(text); },
                   [&](const Digits& digits) { out.put(digits.text); },
                   [&](const Notation& notation) { out.put(notation.text); },
                   [&](const List& list) {
                       for (std::size_t i = 0; i < list.size(); ++i) {
                           if (i != 0) out.put(joiner);
                           list[i].write_plain(out, escape, joiner);
                       }
                   },
                   [&](const Object& object) {
                       for (std::size_t i = 0; i < object.size(); ++i) {
                           if (i != 0) out.put(joiner);
                           out.put(object[i].first);
                           out.put('=');
                           object[i].second.write_plain(out, escape, joiner);
                       }
                   },
               },
               data_);
}

Record& Record::set(std::string_view name, Value value) {
    values_[index_of(*type_, name)] = std::move(value);
    return *this;
}

const Value& Record::at(std::string_view name) const { return values_[index_of(*type_, name)]; }

}  // namespace fid::report
