// SPDX-License-Identifier: MIT
#include "mail/mime_reader.h"

#include <algorithm>

#include "mail/charset.h"
#include "mail/transfer_decoding.h"

namespace fid::mail {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// What one line of a multipart is.
enum class Delimiter : std::uint8_t { none, part, end };

Delimiter delimiter(std::string_view line, std::string_view boundary) {
    if (!line.starts_with("--") || !line.substr(2).starts_with(boundary)) return Delimiter::none;
    std::string_view behind = line.substr(2 + boundary.size());
    const bool end = behind.starts_with("--");
    if (end) behind.remove_prefix(2);
    if (behind.find_first_not_of(" \t\r\n") != std::string_view::npos) return Delimiter::none;
    return end ? Delimiter::end : Delimiter::part;
}

/// The bodies between the lines of the boundary. The line end before such a line belongs to it (RFC 2046 section
/// 5.1.1). Where the last one is missing, the last part has the rest.
std::vector<std::string_view> split(std::string_view body, std::string_view boundary, unsigned most) {
    std::vector<std::string_view> parts;
    bool inside = false;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t found = body.find('\n', at);
        const std::size_t next = found == std::string_view::npos ? body.size() : found + 1;
        const Delimiter kind = delimiter(body.substr(at, next - at), boundary);
        if (kind != Delimiter::none) {
            if (inside) {
                std::string_view part = body.substr(begin, at - begin);
                if (part.ends_with('\n')) part.remove_suffix(1);
                if (part.ends_with('\r')) part.remove_suffix(1);
                parts.push_back(part);
            }
            inside = kind == Delimiter::part;
            begin = next;
            if (!inside || parts.size() >= most) return parts;
        }
        at = next;
    }
    if (inside) parts.push_back(body.substr(begin));
    return parts;
}

class Reader {
  public:
    Part read(std::string_view bytes, std::string_view default_type, unsigned depth) {
        Part part;
        part.header = Header::read(bytes, part.body);
        describe(part, default_type);
        if (depth >= deepest_part) return part;
        if (part.type == "message/rfc822" && (part.encoding.empty() || part.encoding.ends_with("bit"))) {
            if (count_ < most_parts) ++count_, part.parts.push_back(read(part.body, "text/plain", depth + 1));
        } else if (part.type.starts_with("multipart/") && !boundary_.empty()) {
            const std::string_view inner = part.type == "multipart/digest" ? "message/rfc822" : "text/plain";
            const auto bodies = split(part.body, std::string(boundary_), most_parts - count_);
            count_ += static_cast<unsigned>(bodies.size());
            for (const std::string_view body : bodies) part.parts.push_back(read(body, inner, depth + 1));
        }
        return part;
    }

  private:
    void describe(Part& part, std::string_view default_type) {
        Parameterized type = read_parameters(part.header.value("Content-Type"));
        const std::size_t slash = type.value.find('/');
        const bool fits = slash != std::string::npos && slash != 0 && slash + 1 < type.value.size() &&
                          type.value.find('/', slash + 1) == std::string::npos;
        // What is no type is taken for text (RFC 2045 section 5.2).
        part.type = fits ? type.value : type.value.empty() ? std::string(default_type) : "text/plain";
        part.charset = type.parameter("charset");
        boundary_ = type.parameter("boundary");
        const Parameterized disposition = read_parameters(part.header.value("Content-Disposition"));
        part.attached = disposition.value == "attachment";
        part.name = disposition.parameter("filename");
        if (part.name.empty()) part.name = type.parameter("name");
        part.encoding = lower(part.header.value("Content-Transfer-Encoding"));
    }

    std::string boundary_;  ///< of the part described last
    unsigned count_ = 1;
};

std::string with_line_feeds(std::string text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') out += text[i];
    return out;
}

bool has_plain(const Part& part) {
    if (part.type == "text/plain" && !part.attached) return true;
    return part.type != "message/rfc822" && std::ranges::any_of(part.parts, has_plain);
}

void collect(const Part& part, Readable& into) {
    if (part.type == "multipart/alternative" && !part.parts.empty()) {
        const auto plain = std::ranges::find_if(part.parts, has_plain);
        const Part& chosen = plain == part.parts.end() ? part.parts.back() : *plain;
        return collect(chosen, into);
    }
    if (!part.parts.empty() && part.type != "message/rfc822") {
        for (const Part& each : part.parts) collect(each, into);
        return;
    }
    const bool shown = part.is_text() && !part.attached && (part.type == "text/plain" || part.type == "text/html");
    if (!shown) {
        into.attachments.push_back(&part);
        return;
    }
    std::string text = part.text();
    if (part.type == "text/html") {
        into.from_html = into.from_html || into.text.empty();
        text = html_text(text);
    }
    if (!into.text.empty() && !into.text.ends_with('\n')) into.text += '\n';
    into.text += text;
}

}  // namespace

std::string Part::decoded() const {
    if (encoding == "base64") return decode_base64(body);
    if (encoding == "quoted-printable") return decode_quoted_printable(body);
    return std::string(body);
}

std::string Part::text() const { return with_line_feeds(guess_utf8(charset, decoded())); }

Part read_message(std::string_view bytes) { return Reader().read(bytes, "text/plain", 0); }

Readable readable(const Part& message) {
    Readable read;
    collect(message, read);
    return read;
}

}  // namespace fid::mail
