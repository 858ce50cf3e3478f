// SPDX-License-Identifier: MIT
// RESP as people type and read it.
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include "address/characters.h"
#include "transport/resp.h"

namespace fid::transport {
namespace {

using Kind = RespValue::Kind;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }

void put_utf8(std::string& out, unsigned code) {
    const auto tail = [code](unsigned shift) { return static_cast<char>(0x80U | ((code >> shift) & 0x3fU)); };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0U | code >> 6U);
        out += tail(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0U | code >> 12U);
        out += tail(6);
        out += tail(0);
    } else {
        out += static_cast<char>(0xf0U | code >> 18U);
        out += tail(12);
        out += tail(6);
        out += tail(0);
    }
}

class CommandSplitter {
  public:
    explicit CommandSplitter(std::string_view line) : rest_(line) {}

    Result<std::vector<std::string>> run() {
        std::vector<std::string> words;
        while (true) {
            while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
            if (rest_.empty()) return words;
            word_.clear();
            if (auto read = read_word(); !read) return std::unexpected(std::move(read.error()));
            words.push_back(word_);
        }
    }

  private:
    Result<void> read_word() {
        while (!rest_.empty() && !is_blank(rest_.front())) {
            const char c = take();
            if (c != '"' && c != '\'') {
                word_ += c;
                continue;
            }
            // A closing quote ends the word.
            return read_quoted(c);
        }
        return {};
    }

    Result<void> read_quoted(char quote) {
        while (!rest_.empty()) {
            const char c = take();
            if (c == quote) {
                if (rest_.empty() || is_blank(rest_.front())) return {};
                return fail(Status::bad_input, "not a command:", "a quote ends within a word", {},
                            "blanks stand between words");
            }
            const bool escape = c == '\\' && !rest_.empty();
            if (escape && quote == '"')
                read_escape();
            else if (escape && rest_.front() == quote)
                word_ += take();
            else
                word_ += c;
        }
        return fail(Status::bad_input, "not a command:", "a quote is not closed");
    }

    void read_escape() {
        const char c = take();
        switch (c) {
            case 'n':
                word_ += '\n';
                return;
            case 'r':
                word_ += '\r';
                return;
            case 't':
                word_ += '\t';
                return;
            case 'b':
                word_ += '\b';
                return;
            case 'a':
                word_ += '\a';
                return;
            case 'x':
                return read_byte();
            case 'u':
                return read_character();
            default:
                word_ += c;
        }
    }

    void read_byte() {
        const auto byte = hex_byte(rest_);
        if (!byte) {
            word_ += 'x';
            return;
        }
        word_ += static_cast<char>(*byte);
        rest_.remove_prefix(2);
    }

    void read_character() {
        unsigned code = 0;
        const std::size_t end = rest_.starts_with('{') ? rest_.find('}') : std::string_view::npos;
        if (end != std::string_view::npos) {
            const char* const last = rest_.data() + end;
            const auto read = std::from_chars(rest_.data() + 1, last, code, 16);
            const bool scalar = code < 0xd800 || (code > 0xdfff && code <= 0x10ffff);
            if (read.ec == std::errc() && read.ptr == last && scalar) {
                rest_.remove_prefix(end + 1);
                return put_utf8(word_, code);
            }
        }
        word_ += 'u';
    }

    char take() {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }

    std::string_view rest_;
    std::string word_;
};

void put_quoted(std::string_view text, Text& out) {
    out.put('"');
    while (true) {
        const std::size_t quote = text.find('"');
        out.escaped(text.substr(0, quote));
        if (quote == std::string_view::npos) break;
        out.put("\\\"");
        text.remove_prefix(quote + 1);
    }
    out.put('"');
}

void put_items(const RespValue& value, std::string_view open, std::string_view close, Text& out) {
    const bool pairs = value.kind == Kind::map || value.kind == Kind::attribute;
    out.put(open);
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i != 0) out.put(pairs && i % 2 == 1 ? ": " : ", ");
        put_resp_text(value.items[i], out);
    }
    out.put(close);
}

void put_labelled(std::string_view label, std::string_view text, Text& out) {
    out.put(label);
    out.escaped(text);
}

report::Value real_json(const std::string& text) {
    double number = 0;
    const std::size_t sign = text.starts_with('+') ? 1 : 0;
    const auto read = std::from_chars(text.data() + sign, text.data() + text.size(), number);
    if (read.ec != std::errc() || !std::isfinite(number)) return text;
    return number;
}

std::string without_plus(const std::string& text) { return text.starts_with('+') ? text.substr(1) : text; }

report::Value integer_json(const std::string& text) {
    std::int64_t number = 0;
    const std::string digits = without_plus(text);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

/// JSON allows no zeros before a number, and no plus.
report::Value big_json(const std::string& text) {
    const bool negative = text.starts_with('-');
    const std::size_t first = text.find_first_of("123456789");
    if (first == std::string::npos) return 0;
    return report::Value::big((negative ? "-" : "") + text.substr(first));
}

report::List list_json(const RespValue& value) {
    report::List list;
    for (const RespValue& item : value.items) list.push_back(resp_json(item));
    return list;
}

bool is_text_key(const RespValue& key) {
    return (key.kind == Kind::string || key.kind == Kind::status) && !key.attributes && is_utf8(as_bytes(key.text));
}

report::Value map_json(const RespValue& map) {
    std::set<std::string_view> keys;
    bool object = true;
    for (std::size_t i = 0; object && i < map.items.size(); i += 2)
        object = is_text_key(map.items[i]) && keys.insert(map.items[i].text).second;
    report::Object members;
    report::List pairs;
    for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
        report::Value value = resp_json(map.items[i + 1]);
        if (object)
            members.emplace_back(map.items[i].text, std::move(value));
        else
            pairs.emplace_back(report::List{resp_json(map.items[i]), std::move(value)});
    }
    if (object) return members;
    return pairs;
}

report::Value bare_json(const RespValue& value) {
    switch (value.kind) {
        case Kind::null:
            return {};
        case Kind::status:
        case Kind::string:
            return value.text;
        case Kind::verbatim:
            return value.text.substr(4);
        case Kind::error:
            return report::Object{{"error", value.text}};
        case Kind::integer:
            return integer_json(value.text);
        case Kind::real:
            return real_json(value.text);
        case Kind::boolean:
            return value.text == "t";
        case Kind::big:
            return big_json(value.text);
        case Kind::array:
        case Kind::set:
            return list_json(value);
        case Kind::push:
            return report::Object{{"push", list_json(value)}};
        case Kind::map:
        case Kind::attribute:
            return map_json(value);
    }
    return {};
}

}  // namespace

Result<std::vector<std::string>> split_resp_command(std::string_view line) { return CommandSplitter(line).run(); }

void put_resp_text(const RespValue& value, Text& out) {
    if (value.attributes) {
        put_resp_text(*value.attributes, out);
        out.put(' ');
    }
    switch (value.kind) {
        case Kind::status:
            return out.escaped(value.text);
        case Kind::error:
            return put_labelled("(error) ", value.text, out);
        case Kind::integer:
            return put_labelled("(integer) ", value.text, out);
        case Kind::real:
            return put_labelled("(double) ", value.text, out);
        case Kind::big:
            return put_labelled("(big number) ", value.text, out);
        case Kind::boolean:
            return out.put(value.text == "t" ? "(true)" : "(false)");
        case Kind::null:
            return out.put("(nil)");
        case Kind::string:
            return put_quoted(value.text, out);
        case Kind::verbatim:
            put_labelled("(", value.text.substr(0, 3), out);
            out.put(") ");
            return put_quoted(std::string_view(value.text).substr(4), out);
        case Kind::array:
            return put_items(value, "[", "]", out);
        case Kind::set:
            return put_items(value, "~[", "]", out);
        case Kind::push:
            return put_items(value, ">[", "]", out);
        case Kind::map:
            return put_items(value, "{", "}", out);
        case Kind::attribute:
            return put_items(value, "|{", "}", out);
    }
}

report::Value resp_json(const RespValue& reply) {
    if (!reply.attributes) return bare_json(reply);
    return report::Object{{"attributes", resp_json(*reply.attributes)}, {"value", bare_json(reply)}};
}

}  // namespace fid::transport
