// SPDX-License-Identifier: MIT
#include "cmd/fetch/body.h"

#include <algorithm>

#include "cmd/fetch/files.h"

namespace fid::cmd::fetch {
namespace {

using transfer::FormPart;

/// curl leaves line ends and NULs of a file out, unless it is --data-binary or --json.
std::string without_line_ends(std::string text) {
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    return text;
}

/// A form's own way: a blank is a plus sign.
std::string form_encoded(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        out += percent_encoded(text.substr(0, end));
        if (end < text.size()) out += '+';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

Result<std::string> urlencoded(const std::string& value) {
    const std::size_t equals = value.find('='), at = value.find('@');
    // The first of the two says which form it is.
    const std::size_t sign = std::min(equals, at);
    if (sign == std::string::npos) return form_encoded(value);
    const std::string name = value.substr(0, sign);
    std::string content = value.substr(sign + 1);
    if (value[sign] == '@') {
        auto text = read_file(content);
        if (!text) return std::unexpected(text.error());
        content = std::move(*text);
    }
    return (name.empty() ? std::string() : name + "=") + form_encoded(content);
}

/// The next value of "-F NAME=VALUE;KEY=VALUE": in quotes, or up to a semicolon.
std::string next_word(std::string_view& rest) {
    std::string word;
    if (rest.starts_with('"')) {
        rest.remove_prefix(1);
        while (!rest.empty() && rest.front() != '"') {
            if (rest.front() == '\\' && rest.size() > 1 && (rest[1] == '\\' || rest[1] == '"')) rest.remove_prefix(1);
            word += rest.front();
            rest.remove_prefix(1);
        }
        if (!rest.empty()) rest.remove_prefix(1);
        rest.remove_prefix(std::min(rest.find(';'), rest.size()));
        return word;
    }
    const std::size_t end = std::min(rest.find(';'), rest.size());
    word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
}

bool takes_key(std::string_view& rest, std::string_view key) {
    if (!rest.starts_with(key)) return false;
    rest.remove_prefix(key.size());
    return true;
}

std::string_view without_blanks_before(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

/// ";type=text/plain;filename=x": what is no such key belongs to the value before it, as in curl.
Result<void> read_keys(std::string_view rest, FormPart& part, std::string* text) {
    while (!rest.empty()) {
        std::string_view inner = without_blanks_before(rest.substr(1));
        if (takes_key(inner, "type=")) {
            // A type has parameters of its own: "text/plain; charset=utf-8".
            std::string type = next_word(inner);
            while (inner.starts_with(';')) {
                const std::string_view behind = without_blanks_before(inner.substr(1));
                if (behind.starts_with("filename=") || behind.starts_with("encoder=") || behind.starts_with("headers="))
                    break;
                const std::size_t end = std::min(inner.find(';', 1), inner.size());
                type += inner.substr(0, end);
                inner.remove_prefix(end);
            }
            part.type = type;
        } else if (takes_key(inner, "filename=")) {
            part.filename = next_word(inner);
        } else if (takes_key(inner, "encoder=")) {
            part.encoder = next_word(inner);
        } else if (inner.starts_with("headers=")) {
            return fail(Status::usage, "-F has no ;headers=", {}, {},
                        "--as-curl prints a line to which it can be added");
        } else if (text != nullptr && part.type.empty() && !part.filename) {
            const std::size_t end = std::min(rest.find(';', 1), rest.size());
            text->append(rest.substr(0, end));
            inner = rest.substr(end);
        } else {
            return fail(Status::usage, "not understood in -F:", std::string(rest), {},
                        ";type=, ;filename= and ;encoder= may follow a value");
        }
        rest = inner;
    }
    return {};
}

Result<FormPart> read_part(std::string_view typed) {
    const std::size_t equals = typed.find('=');
    if (equals == std::string_view::npos)
        return fail(Status::usage, "a part of a form is NAME=CONTENT, not", "'" + std::string(typed) + "'");
    FormPart part{.name = std::string(typed.substr(0, equals))};
    std::string_view rest = typed.substr(equals + 1);
    if (rest.starts_with('(') || rest == ")")
        return fail(Status::usage, "-F has no nested forms", {}, {},
                    "--as-curl prints a line to which they can be added");
    const char sign = rest.empty() ? '\0' : rest.front();
    if (sign == '@' || sign == '<') {
        rest.remove_prefix(1);
        const bool quoted = rest.starts_with('"');
        part.value = next_word(rest);
        if (!quoted && sign == '@' && part.value.find(',') != std::string::npos)
            return fail(Status::usage, "-F takes one file for a part, not", part.value, {},
                        "several parts may have the same name; a file name with a comma stands in \"quotes\"");
        part.kind = sign == '@' ? FormPart::Kind::file : FormPart::Kind::content;
        if (auto keys = read_keys(rest, part, nullptr); !keys) return std::unexpected(keys.error());
        if (part.value == "-") {
            auto text = read_file("-");
            if (!text) return std::unexpected(text.error());
            part.value = std::move(*text);
            part.kind = FormPart::Kind::text;
            if (sign == '@' && !part.filename) part.filename = "-";
        } else {
            // libcurl would send nothing in its place.
            if (auto readable = read_file(part.value); !readable) return std::unexpected(readable.error());
        }
        return part;
    }
    part.value = next_word(rest);
    if (auto keys = read_keys(rest, part, &part.value); !keys) return std::unexpected(keys.error());
    return part;
}

Result<std::string> data_of(const Arguments::Typed& typed, bool keep_line_ends) {
    if (!typed.value.starts_with('@')) return typed.value;
    auto text = read_file(typed.value.substr(1));
    if (!text) return std::unexpected(text.error());
    return keep_line_ends ? std::move(*text) : without_line_ends(std::move(*text));
}

}  // namespace

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        if (plain)
            out += c;
        else
            out.append({'%', digits[byte >> 4U], digits[byte & 15U]});
    }
    return out;
}

Result<TypedBody> read_body(const Arguments& args) {
    TypedBody body;
    for (const Arguments::Typed& typed : args.in_order()) {
        Result<std::string> data;
        if (typed.name == "-d") {
            data = data_of(typed, false);
        } else if (typed.name == "--data-raw") {
            data = typed.value;
        } else if (typed.name == "--data-binary" || typed.name == "--json-data") {
            data = data_of(typed, true);
        } else if (typed.name == "--data-urlencode") {
            data = urlencoded(typed.value);
        } else if (typed.name == "-F") {
            auto part = read_part(typed.value);
            if (!part) return std::unexpected(part.error());
            body.parts.push_back(std::move(*part));
            continue;
        } else if (typed.name == "--form-string") {
            const std::size_t equals = typed.value.find('=');
            if (equals == std::string::npos)
                return fail(Status::usage, "a part of a form is NAME=CONTENT, not", "'" + typed.value + "'");
            body.parts.push_back({.name = typed.value.substr(0, equals), .value = typed.value.substr(equals + 1)});
            continue;
        } else {
            continue;
        }
        if (!data) return std::unexpected(data.error());
        const bool json = typed.name == "--json-data";
        // Pieces of JSON are one document; fields of a form stand apart.
        if (body.any_data && !json) body.data += '&';
        body.data += *data;
        body.json = body.json || json;
        body.any_data = true;
    }
    return body;
}

}  // namespace fid::cmd::fetch
