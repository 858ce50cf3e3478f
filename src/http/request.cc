// SPDX-License-Identifier: MIT
#include "http/request.h"

#include <charconv>
#include <cstring>

#include "transport/http_head.h"

namespace fid::http {
namespace {

struct KnownName {
    std::string_view name;
    bool list = false;  ///< may stand several times, as one list
};

/// In the order of Known.
constexpr std::array<KnownName, known_count> known_names{{{"host"},
                                                          {"connection", true},
                                                          {"content-length"},
                                                          {"transfer-encoding", true},
                                                          {"expect", true},
                                                          {"range"},
                                                          {"if-match", true},
                                                          {"if-none-match", true},
                                                          {"if-modified-since"},
                                                          {"if-unmodified-since"},
                                                          {"if-range"},
                                                          {"accept", true},
                                                          {"accept-encoding", true},
                                                          {"authorization"},
                                                          {"user-agent", true},
                                                          {"referer", true}}};

/// What a byte may be part of.
enum : std::uint8_t { token_byte = 1, value_byte = 2, target_byte = 4, authority_byte = 8 };

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    constexpr std::string_view in_authority = "-._~!$&'()*+,;=:%[]@";
    for (unsigned byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        unsigned what = 0;
        if (word || marks.find(c) != std::string_view::npos) what |= token_byte;
        if (byte == '\t' || (byte >= ' ' && byte != 0x7f)) what |= value_byte;
        if (byte > ' ' && byte < 0x7f && c != '#') what |= target_byte;
        if (word || in_authority.find(c) != std::string_view::npos) what |= authority_byte;
        classes[byte] = static_cast<std::uint8_t>(what);
    }
    return classes;
}
constexpr auto classes = make_classes();

bool all_of_class(std::string_view text, std::uint8_t wanted) {
    for (const char c : text)
        if ((classes[static_cast<unsigned char>(c)] & wanted) == 0) return false;
    return true;
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_name(std::string_view name, std::string_view lower_case) {
    if (name.size() != lower_case.size()) return false;
    for (std::size_t at = 0; at < name.size(); ++at)
        if (lower(name[at]) != lower_case[at]) return false;
    return true;
}

std::unexpected<Refusal> refuse(unsigned status, std::string_view reason) {
    return std::unexpected(Refusal{status, reason});
}

std::expected<void, Refusal> parse_request_line(std::string_view line, Request& request) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return refuse(400, "The request line has not three parts.");
    request.method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (request.method.empty() || !all_of_class(request.method, token_byte))
        return refuse(400, "The method is not a word.");
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (version.size() != 8 || !version.starts_with("HTTP/") || !digit(version[5]) || version[6] != '.' ||
        !digit(version[7]))
        return refuse(400, "The version is not one of HTTP.");
    if (version[5] != '1') return refuse(505, "Only HTTP/1 is spoken here.");
    request.major = 1;
    request.minor = version[7] == '0' ? 0 : 1;
    if (!all_of_class(target, target_byte) || !request.read_target(target))
        return refuse(400, "The target is malformed.");
    return {};
}

std::expected<void, Refusal> parse_field(std::string_view line, Request& request) {
    if (line.front() == ' ' || line.front() == '\t') return refuse(400, "A field is folded over several lines.");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return refuse(400, "A field has no colon.");
    const std::string_view name = line.substr(0, colon);
    // White space before the colon is none of these either (RFC 9112 section 5.1).
    if (name.empty() || !all_of_class(name, token_byte)) return refuse(400, "The name of a field is malformed.");
    const std::string_view value = transport::trimmed(line.substr(colon + 1));
    if (!all_of_class(value, value_byte)) return refuse(400, "A field has control characters.");
    if (!request.add(name, value)) return refuse(400, "A field that may stand once stands twice.");
    return {};
}

/// How long the body is. Two answers to that are one too many: request smuggling (RFC 9112 section 6.3).
std::expected<void, Refusal> judge_framing(Request& request) {
    const bool has_length = request.has(Known::content_length);
    if (request.has(Known::transfer_encoding)) {
        if (has_length) return refuse(400, "Content-Length and Transfer-Encoding exclude each other.");
        if (request.minor == 0) return refuse(400, "HTTP/1.0 knows no Transfer-Encoding.");
        const std::string_view codings = request.value(Known::transfer_encoding);
        if (!transport::same_token(codings, "chunked")) {
            const std::size_t comma = codings.rfind(',');
            const std::string_view last =
                comma == std::string_view::npos ? codings : transport::trimmed(codings.substr(comma + 1));
            const bool twice = transport::list_has(codings.substr(0, comma), "chunked");
            if (!transport::same_token(last, "chunked") || twice)
                return refuse(400, "The body has no end: chunked must come last, and once.");
            return refuse(501, "Of the transfer codings only chunked is understood.");
        }
        request.framing = Framing::chunked;
    }
    if (!has_length) return {};
    const auto length = parse_digits(request.value(Known::content_length));
    if (!length) return refuse(400, "The Content-Length is not a number.");
    request.framing = Framing::length;
    request.length = *length;
    return {};
}

std::expected<void, Refusal> judge(Request& request) {
    if (request.has(Known::host)) {
        const std::string_view host = request.value(Known::host);
        if (!all_of_class(host, authority_byte) || host.find('@') != std::string_view::npos)
            return refuse(400, "The Host is malformed.");
        // The target's own host counts where it names one (RFC 9112 section 3.2.2).
        if (request.authority.empty()) request.authority = host;
    } else if (request.minor >= 1) {
        return refuse(400, "There is no Host.");
    }
    const std::string_view connection = request.value(Known::connection);
    request.keep_alive = request.minor >= 1;
    if (!connection.empty()) {
        if (request.minor == 0) request.keep_alive = transport::list_has(connection, "keep-alive");
        if (transport::list_has(connection, "close")) request.keep_alive = false;
    }
    if (request.has(Known::expect) && request.minor >= 1) {
        if (!transport::same_token(request.value(Known::expect), "100-continue"))
            return refuse(417, "Only 100-continue can be expected.");
        request.expects_continue = true;
    }
    return judge_framing(request);
}

}  // namespace

std::optional<std::uint64_t> parse_digits(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
    return value;
}

Known known_field(std::string_view name) {
    for (std::size_t at = 0; at < known_count; ++at)
        if (same_name(name, known_names[at].name)) return static_cast<Known>(at);
    return Known::other;
}

void Request::clear() {
    method = target = authority = path = query = {};
    has_query = false;
    major = minor = 1;
    keep_alive = true;
    expects_continue = false;
    framing = Framing::none;
    length = 0;
    fields.clear();
    present_ = 0;
    joined_.clear();
}

bool Request::add(std::string_view name, std::string_view value) {
    fields.push_back({name, value});
    const Known known = known_field(name);
    if (known == Known::other) return true;
    auto& slot = known_[static_cast<std::size_t>(known)];
    if (!has(known)) {
        present_ |= bit(known);
        slot = value;
        return true;
    }
    if (!known_names[static_cast<std::size_t>(known)].list) return false;
    // A deque's elements stay where they are; the last one is lengthened where it is this field's already, so that
    // many fields take time in proportion to their bytes.
    if (joined_.empty() || joined_.back().data() != slot.data()) joined_.emplace_back(slot);
    std::string& all = joined_.back();
    all += ", ";
    all += value;
    slot = all;
    return true;
}

bool Request::read_target(std::string_view text) {
    target = text;
    if (text == "*") {
        path = text;
        return method == "OPTIONS";
    }
    if (method == "CONNECT") {  // authority-form; nobody here serves it, which is for the handler to say
        authority = path = text;
        return !text.empty() && all_of_class(text, authority_byte);
    }
    if (!text.starts_with('/')) {
        const std::size_t scheme = text.find("://");
        if (scheme == std::string_view::npos) return false;
        const std::string_view name = text.substr(0, scheme);
        if (!transport::same_token(name, "http") && !transport::same_token(name, "https")) return false;
        text.remove_prefix(scheme + 3);
        const std::size_t end = std::min(text.find_first_of("/?"), text.size());
        authority = text.substr(0, end);
        if (authority.empty() || !all_of_class(authority, authority_byte) ||
            authority.find('@') != std::string_view::npos)
            return false;
        text.remove_prefix(end);
    }
    const std::size_t mark = text.find('?');
    has_query = mark != std::string_view::npos;
    path = text.substr(0, mark);
    if (path.empty()) path = "/";
    if (has_query) query = text.substr(mark + 1);
    return true;
}

std::expected<std::optional<std::size_t>, Refusal> HeadScanner::scan(std::string_view bytes,
                                                                     const RequestLimits& limits) {
    while (seen_ < bytes.size()) {
        const char* const begin = bytes.data() + seen_;
        const auto* const found = static_cast<const char*>(std::memchr(begin, '\n', bytes.size() - seen_));
        const std::size_t end = found == nullptr ? bytes.size() : static_cast<std::size_t>(found - bytes.data()) + 1;
        seen_ = end;
        if (!first_done_ && end - start_ > limits.line_bytes + 2) return refuse(414, "The request line is too long.");
        if (end > limits.head_bytes) return refuse(431, "The head of the request is too long.");
        if (found == nullptr) break;
        if (end - line_begin_ < 2 || bytes[end - 2] != '\r') return refuse(400, "A line does not end with CR LF.");
        const bool empty = end - line_begin_ == 2;
        line_begin_ = end;
        if (!empty) {
            first_done_ = true;
        } else if (first_done_) {
            return end;
        } else if (start_ == 0) {
            start_ = end;  // one empty line before a request is forgiven (RFC 9112 section 2.2)
        } else {
            return refuse(400, "There are empty lines before the request.");
        }
    }
    return std::nullopt;
}

std::expected<void, Refusal> parse_head(std::string_view head, const RequestLimits& limits, Request& request) {
    request.clear();
    if (head.starts_with("\r\n")) head.remove_prefix(2);
    bool first = true;
    while (true) {
        const std::size_t end = head.find('\r');
        if (end == std::string_view::npos || end + 1 >= head.size() || head[end + 1] != '\n')
            return refuse(400, "A line does not end with CR LF.");
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + 2);
        if (line.empty()) break;
        if (!first && request.fields.size() == limits.fields) return refuse(431, "There are too many fields.");
        auto read = first ? parse_request_line(line, request) : parse_field(line, request);
        if (!read) return read;
        first = false;
    }
    if (first || !head.empty()) return refuse(400, "There is no request line.");
    return judge(request);
}

}  // namespace fid::http
