// SPDX-License-Identifier: MIT
#include "cmd/fetch/pretty.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace fid::cmd::fetch {
namespace {

constexpr unsigned deepest = 200;

/// nlohmann's parser calls this for every token; nothing is built, so a document costs no more than its text.
struct DepthCheck : nlohmann::json::json_sax_t {
    bool null() override { return true; }
    bool boolean(bool /*value*/) override { return true; }
    bool number_integer(std::int64_t /*value*/) override { return true; }
    bool number_unsigned(std::uint64_t /*value*/) override { return true; }
    bool number_float(double /*value*/, const std::string& /*text*/) override { return true; }
    bool string(std::string& /*text*/) override { return true; }
    bool binary(nlohmann::json::binary_t& /*value*/) override { return true; }
    bool start_object(std::size_t /*size*/) override { return ++depth <= deepest; }
    bool key(std::string& /*text*/) override { return true; }
    bool end_object() override { return depth-- > 0; }
    bool start_array(std::size_t /*size*/) override { return ++depth <= deepest; }
    bool end_array() override { return depth-- > 0; }
    bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                     const nlohmann::json::exception& /*error*/) override {
        return false;
    }
    unsigned depth = 0;
};

/// Walks a valid document once and writes it anew.
class Writer {
  public:
    Writer(std::string_view json, report::Output& out) : json_(json), out_(out) {}

    void write() {
        for (std::size_t at = 0; at < json_.size();) at = token(at);
        out_.text().put('\n');
    }

  private:
    std::size_t token(std::size_t at) {
        const char c = json_[at];
        switch (c) {
            case ' ':
            case '\t':
            case '\r':
            case '\n':
                return at + 1;
            case '{':
            case '[': {
                out_.text().put(c);
                const std::size_t next = std::min(json_.find_first_not_of(" \t\r\n", at + 1), json_.size());
                if (next < json_.size() && (json_[next] == '}' || json_[next] == ']')) {
                    out_.text().put(json_[next]);
                    return next + 1;
                }
                ++depth_;
                new_line();
                return at + 1;
            }
            case '}':
            case ']':
                --depth_;
                new_line();
                out_.text().put(c);
                return at + 1;
            case ',':
                out_.text().put(c);
                new_line();
                return at + 1;
            case ':':
                out_.text().put(": ");
                return at + 1;
            case '"':
                return string(at);
            default:
                return word(at);
        }
    }

    std::size_t string(std::size_t at) {
        std::size_t end = at + 1;
        while (end < json_.size() && json_[end] != '"') end += json_[end] == '\\' ? 2U : 1U;
        end = std::min(end + 1, json_.size());
        const std::size_t next = json_.find_first_not_of(" \t\r\n", end);
        const bool key = next != std::string_view::npos && json_[next] == ':';
        out_.style(key ? report::Style::name : report::Style::good);
        put_string(json_.substr(at, end - at));
        out_.style(report::Style::plain);
        return end;
    }

    /// JSON has no raw controls below U+0020, but DEL, C1 and bidi controls, which JSON writes as \u escapes.
    void put_string(std::string_view text) {
        for (std::size_t i = 0; i < text.size();) {
            std::size_t size = 1;
            while (i + size < text.size() && (static_cast<unsigned char>(text[i + size]) & 0xC0U) == 0x80U) ++size;
            const std::string_view character = text.substr(i, size);
            Text safe;
            if (character == "\\")
                safe.put(character);
            else
                safe.escaped(character);
            if (safe.view().starts_with("\\u{"))
                out_.text().put(json_escape(character));
            else if (safe.view().starts_with("\\x"))
                out_.text().put("\\u00" + std::string(safe.view().substr(2, 2)));
            else
                out_.text().put(safe.view());
            i += size;
        }
    }

    static std::string json_escape(std::string_view character) {
        return nlohmann::json(std::string(character)).dump(-1, ' ', true).substr(1, 6);
    }

    std::size_t word(std::size_t at) {
        const std::size_t end = std::min(json_.find_first_of(" \t\r\n,]}", at), json_.size());
        out_.style(report::Style::heading);
        out_.text().escaped(json_.substr(at, end - at));
        out_.style(report::Style::plain);
        return end;
    }

    void new_line() {
        out_.text().put('\n');
        out_.text().fill(' ', depth_ * std::size_t{2});
        out_.line_done();
    }

    std::string_view json_;
    report::Output& out_;
    unsigned depth_ = 0;
};

}  // namespace

bool is_binary(std::string_view bytes) {
    const std::string_view sample = bytes.substr(0, 4096);
    if (sample.find('\0') != std::string_view::npos) return true;
    // Text in an 8-bit encoding has few controls; what is compressed or encrypted has many.
    const auto controls = std::ranges::count_if(sample, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 &&
               std::string_view("\t\n\v\f\r\x1b").find(c) == std::string_view::npos;
    });
    return controls * 20 > static_cast<std::ptrdiff_t>(sample.size());
}

bool write_pretty_json(std::string_view json, report::Output& out) {
    DepthCheck check;
    if (!nlohmann::json::sax_parse(json, &check)) return false;
    Writer(json, out).write();
    return true;
}

void write_safe_text(std::string_view text, report::Output& out) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\n\t\\"), text.size());
        std::string_view part = text.substr(0, end);
        if (part.ends_with('\r') && end < text.size() && text[end] == '\n') part.remove_suffix(1);
        out.text().escaped(part);
        if (end < text.size()) out.text().put(text[end]);
        text.remove_prefix(std::min(end + 1, text.size()));
        out.line_done();
    }
}

}  // namespace fid::cmd::fetch
