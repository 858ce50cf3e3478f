// SPDX-License-Identifier: MIT
#include "mail/smtp_command.h"

#include <algorithm>

namespace fid::mail {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_letter(char c) { return upper(c) >= 'A' && upper(c) <= 'Z'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

std::string upper(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return upper(c); });
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

/// Where the path that begins with < ends: behind its >; 0 where it does not. In quotes > is a character like others.
std::size_t end_of_path(std::string_view text) {
    bool quoted = false;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == ' ' || c == '\t' || c == '<'))
            return 0;
        else if (!quoted && c == '>')
            return i + 1;
    }
    return 0;
}

/// "@one,@two:user@host" is user@host (RFC 5321 section 4.1.1.3).
std::string_view without_route(std::string_view address) {
    if (!address.starts_with('@')) return address;
    const std::size_t colon = address.find(':');
    return colon == std::string_view::npos ? address : address.substr(colon + 1);
}

}  // namespace

std::optional<SmtpCommand> read_command(std::string_view line) {
    if (std::ranges::any_of(line, [](char c) { return is_control(c) && c != '\t'; })) return std::nullopt;
    const auto end = std::ranges::find_if_not(line, is_letter);
    const auto length = static_cast<std::size_t>(end - line.begin());
    if (length == 0 || (end != line.end() && *end != ' ' && *end != '\t')) return std::nullopt;
    return SmtpCommand{upper(line.substr(0, length)), std::string(trimmed(line.substr(length)))};
}

std::optional<SmtpPath> read_path(std::string_view argument, std::string_view word) {
    if (upper(argument.substr(0, word.size())) != word) return std::nullopt;
    std::string_view rest = trimmed(argument.substr(word.size()));
    if (!rest.starts_with('<')) return std::nullopt;
    const std::size_t end = end_of_path(rest);
    if (end == 0) return std::nullopt;
    SmtpPath path;
    path.address = without_route(rest.substr(1, end - 2));
    rest.remove_prefix(end);
    if (!rest.empty() && rest.front() != ' ' && rest.front() != '\t') return std::nullopt;
    while (!(rest = trimmed(rest)).empty()) {
        const std::string_view parameter = rest.substr(0, rest.find_first_of(" \t"));
        rest.remove_prefix(parameter.size());
        const std::size_t equals = std::min(parameter.find('='), parameter.size());
        path.parameters.emplace_back(upper(parameter.substr(0, equals)),
                                     parameter.substr(std::min(equals + 1, parameter.size())));
    }
    return path;
}

}  // namespace fid::mail
