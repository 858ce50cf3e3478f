// SPDX-License-Identifier: MIT
#include "mail/imap_name.h"

#include <algorithm>

#include "address/characters.h"
#include "encoding/base64.h"
#include "mail/charset.h"
#include "transport/http_head.h"

namespace fid::mail {
namespace {

bool is_plain(char c) { return c >= ' ' && c <= '~'; }

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (text.size() - i < 3) return std::nullopt;
        const unsigned high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
        if (high > 15 || low > 15) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

/// UTF-8 as UTF-16, big endian; what is none of it becomes U+FFFD.
std::string utf16(std::string_view text) {
    std::string out;
    const auto put = [&out](char32_t unit) {
        out += static_cast<char>(unit >> 8U);
        out += static_cast<char>(unit & 0xffU);
    };
    const std::string good = guess_utf8("utf-8", text);
    for (std::size_t i = 0; i < good.size();) {
        const auto lead = static_cast<unsigned char>(good[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        char32_t code = length == 1 ? lead : lead & (0xffU >> (length + 1));
        for (std::size_t j = 1; j < length && i + j < good.size(); ++j)
            code = code << 6U | (static_cast<unsigned char>(good[i + j]) & 0x3fU);
        i += length;
        if (code < 0x10000) {
            put(code);
        } else {
            put(0xd800 + ((code - 0x10000) >> 10U));
            put(0xdc00 + ((code - 0x10000) & 0x3ffU));
        }
    }
    return out;
}

}  // namespace

Result<ImapUrl> ImapUrl::parse(std::string_view text) {
    const auto refuse = [&](std::string cause) {
        return fail(Status::usage, "not the address of a mailbox:", std::string(text), std::move(cause),
                    "imaps://USER@HOST/MAILBOX is one");
    };
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) return refuse("it does not begin with imaps:// or imap://");
    const std::size_t slash = text.find('/', scheme + 3);
    auto endpoint = Endpoint::parse(text.substr(0, slash));
    if (!endpoint) return std::unexpected(std::move(endpoint.error()));
    if (endpoint->scheme != "imaps" && endpoint->scheme != "imap") return refuse("it is another protocol's");
    if (endpoint->host.empty()) return refuse("it has no host");
    if (endpoint->password)
        return fail(Status::usage, "a password on the command line is seen by every user:", endpoint->text(), {},
                    "leave it out: --password-file FILE, FID_MAIL_PASSWORD, ~/.netrc, or wait to be asked");
    ImapUrl url;
    url.server = std::move(*endpoint);
    if (slash == std::string_view::npos) return url;
    auto mailbox = percent_decoded(text.substr(slash + 1));
    if (!mailbox) return refuse("a % is not followed by two hexadecimal digits");
    url.mailbox = std::move(*mailbox);
    return url;
}

std::string encode_mailbox(std::string_view utf8) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size();) {
        if (is_plain(utf8[i])) {
            out += utf8[i];
            if (utf8[i++] == '&') out += '-';
            continue;
        }
        std::size_t end = i;
        while (end < utf8.size() && !is_plain(utf8[end])) ++end;
        std::string digits = encoding::base64(utf16(utf8.substr(i, end - i)));
        digits.resize(std::min(digits.find('='), digits.size()));
        std::ranges::replace(digits, '/', ',');
        out += '&' + digits + '-';
        i = end;
    }
    return out;
}

std::string decode_mailbox(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != '&') {
            out += name[i];
            continue;
        }
        const std::size_t end = name.find('-', i);
        if (end == std::string_view::npos) return std::string(name);
        std::string digits(name.substr(i + 1, end - i - 1));
        i = end;
        if (digits.empty()) {
            out += '&';
            continue;
        }
        std::ranges::replace(digits, ',', '/');
        const auto bytes = encoding::read_base64_lenient(digits);
        if (!bytes || bytes->size() % 2 != 0) return std::string(name);
        const std::string units(bytes->begin(), bytes->end());
        const auto text = to_utf8("UTF-16BE", units);
        if (!text) return std::string(name);
        out += *text;
    }
    return out;
}

std::optional<std::string> imap_quoted(std::string_view text) {
    if (!std::ranges::all_of(text, is_plain)) return std::nullopt;
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out += '"';
}

}  // namespace fid::mail
