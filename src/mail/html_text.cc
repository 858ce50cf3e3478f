// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "mail/mime_reader.h"

namespace fid::mail {
namespace {

constexpr auto blocks = std::to_array<std::string_view>(
    {"p",  "div", "br", "tr", "li",         "ul",  "ol",      "table",   "h1",     "h2",     "h3",
     "h4", "h5",  "h6", "hr", "blockquote", "pre", "section", "article", "header", "footer", "title"});
constexpr auto entities = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"amp", "&"},    {"lt", "<"},     {"gt", ">"},    {"quot", "\""}, {"apos", "'"},  {"nbsp", " "},   {"ndash", "–"},
     {"mdash", "—"},  {"hellip", "…"}, {"copy", "©"},  {"reg", "®"},   {"euro", "€"},  {"laquo", "«"},  {"raquo", "»"},
     {"lsquo", "‘"},  {"rsquo", "’"},  {"ldquo", "“"}, {"rdquo", "”"}, {"bull", "•"},  {"auml", "ä"},   {"ouml", "ö"},
     {"uuml", "ü"},   {"Auml", "Ä"},   {"Ouml", "Ö"},  {"Uuml", "Ü"},  {"szlig", "ß"}, {"eacute", "é"}, {"egrave", "è"},
     {"agrave", "à"}, {"ccedil", "ç"}, {"zwnj", ""},   {"shy", ""}});

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void put_code(char32_t code, std::string& out) {
    constexpr char32_t last = 0x10ffff, surrogates = 0xd800, behind_surrogates = 0xe000;
    if (code == 0 || code > last || (code >= surrogates && code < behind_surrogates)) code = 0xfffd;
    const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
        put(0xc0 | code >> 6U);
    } else if (code < 0x10000) {
        put(0xe0 | code >> 12U);
        put(0x80 | (code >> 6U & 0x3fU));
    } else {
        put(0xf0 | code >> 18U);
        put(0x80 | (code >> 12U & 0x3fU));
        put(0x80 | (code >> 6U & 0x3fU));
    }
    put(0x80 | (code & 0x3fU));
}

/// "&amp;" at the beginning of the text; gives its length, 0 where it is none.
std::size_t put_entity(std::string_view text, std::string& out) {
    constexpr std::size_t longest = 12;
    const std::size_t end = text.substr(0, longest).find(';');
    if (end == std::string_view::npos) return 0;
    std::string_view name = text.substr(1, end - 1);
    if (name.starts_with('#')) {
        name.remove_prefix(1);
        const bool hexadecimal = name.starts_with('x') || name.starts_with('X');
        if (hexadecimal) name.remove_prefix(1);
        unsigned code = 0;
        const auto [last, error] = std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
        if (error != std::errc() || last != name.data() + name.size()) return 0;
        put_code(code, out);
        return end + 1;
    }
    const auto* const found = std::ranges::find(entities, name, &std::pair<std::string_view, std::string_view>::first);
    if (found == entities.end()) return 0;
    out += found->second;
    return end + 1;
}

/// Where the element that begins at `at` (script, style) has ended.
std::size_t behind_element(std::string_view html, std::size_t at, std::string_view name) {
    while (true) {
        at = html.find("</", at);
        if (at == std::string_view::npos) return html.size();
        const std::string_view tag = html.substr(at + 2, name.size());
        if (std::ranges::equal(tag, name, [](char a, char b) { return lower(a) == b; }))
            return std::min(html.find('>', at), html.size() - 1) + 1;
        at += 2;
    }
}

}  // namespace

std::string html_text(std::string_view html) {
    std::string out;
    bool blank = true;  // what stands before is white space
    for (std::size_t i = 0; i < html.size();) {
        const char c = html[i];
        if (c == '<') {
            if (html.substr(i).starts_with("<!--")) {
                const std::size_t end = html.find("-->", i);
                i = end == std::string_view::npos ? html.size() : end + 3;
                continue;
            }
            std::string name;
            std::size_t at = i + 1;
            if (at < html.size() && html[at] == '/') ++at;
            constexpr std::size_t longest = 12;
            for (; at < html.size() && name.size() < longest; ++at) {
                const char letter = lower(html[at]);
                if ((letter < 'a' || letter > 'z') && (letter < '0' || letter > '9')) break;
                name += letter;
            }
            const std::size_t end = html.find('>', at);
            if (name.empty() && html.substr(i + 1, 1) != "!") {  // "a < b"
                out += c;
                blank = false;
                ++i;
                continue;
            }
            i = end == std::string_view::npos ? html.size() : end + 1;
            if ((name == "script" || name == "style") && html[at - name.size() - 1] == '<')
                i = behind_element(html, i, name);
            if (std::ranges::find(blocks, name) != blocks.end()) {
                while (out.ends_with(' ')) out.pop_back();
                if (!out.empty() && !out.ends_with("\n\n")) out += '\n';
                blank = true;
            }
            continue;
        }
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            if (!blank) out += ' ';
            blank = true;
            ++i;
            continue;
        }
        const std::size_t length = c == '&' ? put_entity(html.substr(i), out) : 0;
        if (length == 0) out += c;
        i += std::max<std::size_t>(length, 1);
        blank = false;
    }
    while (out.ends_with(' ') || out.ends_with('\n')) out.pop_back();
    if (!out.empty()) out += '\n';
    return out;
}

}  // namespace fid::mail
