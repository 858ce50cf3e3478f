// SPDX-License-Identifier: MIT
#include "mail/compose.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>

#include "encoding/base64.h"
#include "mail/header.h"
#include "report/text.h"
#include "transport/http_head.h"

namespace fid::mail {
namespace {

/// RFC 5322 section 2.1.1, without the line end.
constexpr std::size_t most_line = 998;
constexpr std::string_view hex_digits = "0123456789ABCDEF";

/// Letters and digits nobody can guess, so that no text can hold them.
std::string random_word() {
    std::array<std::uint8_t, 16> bytes{};
    if (getentropy(bytes.data(), bytes.size()) != 0) std::abort();
    Text text;
    text.hex_bytes(bytes);
    return text.take();
}

/// "Sun, 22 Nov 2026 02:19:00 +0000".
std::string date_text() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    localtime_r(&now, &parts);
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S %z", &parts)};
}

std::string quoted_printable(std::string_view lines) {
    constexpr std::size_t line_length = 76;  // RFC 2045 section 6.7, rule 5
    std::string out;
    std::size_t column = 0;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        const char c = lines[at];
        if (c == '\r') {  // with its LF: they are at all line ends and nowhere else
            out += "\r\n";
            column = 0;
            ++at;
            continue;
        }
        const bool last = at + 1 < lines.size() && lines[at + 1] == '\r';
        const bool blank = c == ' ' || c == '\t';
        const bool plain = (blank && !last) || (c > ' ' && c <= '~' && c != '=');
        const std::size_t size = plain ? 1 : 3;
        if (column + size > line_length - (last ? 0 : 1)) {
            out += "=\r\n";
            column = 0;
        }
        column += size;
        if (plain) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '=';
            out += hex_digits[byte >> 4U];
            out += hex_digits[byte & 15U];
        }
    }
    return out;
}

std::string base64_lines(std::string_view bytes) {
    std::string out;
    encoding::Base64Lines lines;
    lines.put(bytes, out);
    lines.finish(out);
    return out;
}

struct Writer {
    const Draft& draft;
    Message message;
    std::string text;  ///< that has not gone into the message yet

    void put_text_part(std::string_view type, const std::string& words) {
        EncodedText encoded = encode_text(words);
        text += "Content-Type: " + std::string(type) + "; charset=utf-8\r\n";
        text += "Content-Transfer-Encoding: " + std::string(encoded.encoding) + "\r\n\r\n" + encoded.text;
    }
    void put_body() {
        if (!draft.text || !draft.html) {
            if (draft.html)
                put_text_part("text/html", *draft.html);
            else
                put_text_part("text/plain", draft.text.value_or(std::string()));
            return;
        }
        const std::string boundary = put_multipart("alternative");
        text += "--" + boundary + "\r\n";
        put_text_part("text/plain", *draft.text);
        text += "\r\n--" + boundary + "\r\n";
        put_text_part("text/html", *draft.html);
        text += "\r\n--" + boundary + "--\r\n";
    }
    /// "=_" stands neither in base64 nor in quoted-printable, the rest cannot be guessed.
    std::string put_multipart(std::string_view kind) {
        const std::string boundary = "=_" + random_word();
        text += "Content-Type: multipart/" + std::string(kind) + ";\r\n boundary=\"" + boundary + "\"\r\n\r\n";
        return boundary;
    }
    void put_attachment(const Attachment& attachment, const std::string& boundary) {
        text += "\r\n--" + boundary + "\r\nContent-Type: " + attachment.type + "\r\n";
        text += "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment";
        text += parameter("filename", attachment.name) + "\r\n\r\n";
        message.add_text(std::exchange(text, {}));
        message.add_base64(attachment.file);
    }
    void put_all() {
        if (draft.attachments.empty()) {
            put_body();
        } else {
            const std::string boundary = put_multipart("mixed");
            text += "--" + boundary + "\r\n";
            put_body();
            for (const Attachment& attachment : draft.attachments) put_attachment(attachment, boundary);
            text += "\r\n--" + boundary + "--\r\n";
        }
        message.add_text(std::move(text));
    }
};

Result<void> check_draft(const Draft& draft) {
    if (auto fit = check_field("Subject", draft.subject); !fit) return fit;
    for (const auto& [name, value] : draft.fields) {
        if (auto fit = check_field(name, value); !fit) return fit;
        if (transport::same_token(name, "Bcc"))
            return fail(Status::usage, "everybody would see the field", name, {}, "--bcc ADDRESS is told to nobody");
        if (transport::same_token(name, "MIME-Version") || transport::same_token(name.substr(0, 8), "Content-"))
            return fail(Status::usage, "how the parts are made is not to be set:", name);
    }
    for (const auto* const words : {&draft.text, &draft.html})
        if (*words && !is_utf8(as_bytes(**words)))
            return fail(Status::bad_input, "the text is not", "UTF-8", {}, "--attach sends any bytes");
    return {};
}

}  // namespace

EncodedText encode_text(std::string_view text) {
    std::string lines;
    LineWriter writer(false);
    writer.feed(text, lines);
    writer.finish(lines);
    std::size_t longest = 0, unsafe = 0;
    for (std::size_t at = 0; at < lines.size();) {
        const std::size_t end = lines.find('\r', at);
        longest = std::max(longest, end - at);
        at = end + 2;
    }
    bool plain = longest <= most_line;
    for (const char c : lines) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80) ++unsafe;
        plain = plain && byte != 0 && byte < 0x80;
    }
    if (plain) return {"7bit", std::move(lines)};
    // Quoted-printable stays legible, and takes three bytes for each that it encodes.
    if (unsafe * 6 <= lines.size()) return {"quoted-printable", quoted_printable(lines)};
    return {"base64", base64_lines(lines)};
}

Result<Message> compose(const Draft& draft) {
    if (auto fit = check_draft(draft); !fit) return std::unexpected(std::move(fit.error()));
    const auto given = [&](std::string_view name) {
        return std::ranges::any_of(draft.fields,
                                   [&](const auto& field) { return transport::same_token(field.first, name); });
    };
    Writer writer{draft, {}, {}};
    std::string& head = writer.text;
    if (!given("Date")) head += text_field("Date", date_text());
    const auto put_people = [&](std::string_view name, const std::vector<Mailbox>& people) {
        if (!people.empty() && !given(name)) head += address_field(name, people);
    };
    put_people("From", draft.from);
    put_people("Reply-To", draft.reply_to);
    put_people("To", draft.to);
    put_people("Cc", draft.cc);
    if (draft.to.empty() && draft.cc.empty() && !given("To")) head += "To: undisclosed-recipients:;\r\n";
    if (!draft.subject.empty() && !given("Subject")) head += text_field("Subject", draft.subject);
    if (!given("Message-ID")) {
        const std::string address = draft.from.empty() ? "" : draft.from.front().address;
        const std::size_t at = address.rfind('@');
        // A domain outside ASCII would want SMTPUTF8 for the sake of a word that means nothing.
        const bool usable = at != std::string::npos && is_ascii(address);
        head += "Message-ID: <" + random_word() + "@" + (usable ? address.substr(at + 1) : "localhost") + ">\r\n";
    }
    for (const auto& [name, value] : draft.fields) head += text_field(name, value);
    if (!is_ascii(head)) writer.message.set_utf8_header();
    head += "MIME-Version: 1.0\r\n";
    writer.put_all();
    return std::move(writer.message);
}

}  // namespace fid::mail
