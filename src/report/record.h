// SPDX-License-Identifier: MIT
// Records: what a command reports. A record type is described once; text, table, JSON Lines, CSV, --fields and the man
// page's OUTPUT section all come from the description.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "report/text.h"

namespace fid::report {

enum class Type : std::uint8_t {
    text,     ///< UTF-8 text; bytes that are not UTF-8 become {"base64": ...} in JSON
    integer,  ///< a whole number, up to 128 bits, exact
    real,     ///< a floating-point number; NaN is null
    boolean,
    time,    ///< RFC 3339 UTC text
    list,    ///< of any of the above
    object,  ///< nested record
};

struct Field {
    std::string_view name;  ///< snake_case, unit in the name: rtt_ms, size_bytes
    Type type;
    std::string_view doc;  ///< one phrase, for --help fields and the man page
};

struct RecordType {
    std::string_view name;  ///< the value of "type"
    std::string_view doc;
    std::span<const Field> fields;
};

class Value;
using List = std::vector<Value>;
using Object = std::vector<std::pair<std::string, Value>>;
__extension__ using Uint128 = unsigned __int128;

/// One value; default is null ("known field, unknown value").
class Value {
  public:
    Value() = default;
    Value(bool value) : data_(value) {}
    Value(int value) : data_(static_cast<std::int64_t>(value)) {}
    Value(unsigned value) : data_(static_cast<std::uint64_t>(value)) {}
    Value(long value) : data_(static_cast<std::int64_t>(value)) {}
    Value(unsigned long value) : data_(static_cast<std::uint64_t>(value)) {}
    Value(double value) : data_(value) {}
    Value(const char* text) : data_(std::string(text)) {}
    Value(std::string text) : data_(std::move(text)) {}
    Value(std::string_view text) : data_(std::string(text)) {}
    Value(List list) : data_(std::move(list)) {}
    Value(Object object) : data_(std::move(object)) {}
    /// A whole number too large for 64 bits, as its decimal digits; JSON prints it as a number.
    static Value big(std::string digits);
    static Value big(Uint128 value);
    /// Text in a notation that has escapes of its own and is safe on a terminal: a zone file's. It is not escaped
    /// again.
    static Value notation(std::string text);
    template <class T>
    Value(const std::optional<T>& value) {
        if (value) *this = Value(*value);
    }

    struct Digits {
        std::string text;
    };
    struct Notation {
        std::string text;
    };
    using Data = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Digits, Notation,
                              List, Object>;
    [[nodiscard]] bool is_null() const { return data_.index() == 0; }
    [[nodiscard]] const Data& data() const { return data_; }
    /// The list to append to, or null where the value is none.
    [[nodiscard]] List* list() { return std::get_if<List>(&data_); }

    void write_json(Text& out) const;
    /// For people and CSV: text as it is (escaped for a terminal if `escape`), lists joined by `joiner`, null as "".
    void write_plain(Text& out, bool escape, std::string_view joiner = " ") const;

  private:
    Data data_;
};

/// A record of one type: values in the order of the type's fields, all null at first.
class Record {
  public:
    explicit Record(const RecordType& type) : type_(&type), values_(type.fields.size()) {}
    /// By name; the name must be a field of the type (a wrong name is our bug and aborts).
    Record& set(std::string_view name, Value value);
    [[nodiscard]] const Value& at(std::string_view name) const;
    Value& operator[](std::size_t index) { return values_[index]; }
    const Value& operator[](std::size_t index) const { return values_[index]; }
    [[nodiscard]] const RecordType& type() const { return *type_; }
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    void clear() { values_.assign(values_.size(), Value()); }

  private:
    const RecordType* type_;
    std::vector<Value> values_;
};

}  // namespace fid::report
