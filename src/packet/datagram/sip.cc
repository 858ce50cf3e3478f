// SPDX-License-Identifier: MIT
// SIP (RFC 3261) and SSDP (UPnP): a start line, headers, a body, all text.
#include <algorithm>
#include <array>

#include "packet/datagram/family.h"
#include "packet/field_reader.h"
#include "packet/verbose.h"

namespace fid::packet {
namespace {

// Both tables begin alike, so that one visit serves them.
enum Field : unsigned { f_line, f_method, f_uri, f_status, f_header, f_body, f_first };
struct Header {
    std::string_view name, compact;
};
constexpr std::array<Header, 8> sip_headers{{{"from", "f"},
                                             {"to", "t"},
                                             {"call-id", "i"},
                                             {"contact", "m"},
                                             {"via", "v"},
                                             {"cseq", ""},
                                             {"user-agent", ""},
                                             {"content-type", "c"}}};
constexpr std::array<Header, 6> ssdp_headers{
    {{"st", ""}, {"nt", ""}, {"usn", ""}, {"location", ""}, {"server", ""}, {"user-agent", ""}}};

constexpr std::array sip_fields{
    FieldInfo{"sip.line", FieldType::text, "Start line"},
    FieldInfo{"sip.method", FieldType::text, "Method"},
    FieldInfo{"sip.uri", FieldType::text, "Request URI"},
    FieldInfo{"sip.status", FieldType::number, "Status"},
    FieldInfo{"sip.header", FieldType::text, "Header"},
    FieldInfo{"sip.body", FieldType::text, "Body line"},
    FieldInfo{"sip.from", FieldType::text, "From"},
    FieldInfo{"sip.to", FieldType::text, "To"},
    FieldInfo{"sip.call_id", FieldType::text, "Call-ID"},
    FieldInfo{"sip.contact", FieldType::text, "Contact"},
    FieldInfo{"sip.via", FieldType::text, "Via"},
    FieldInfo{"sip.cseq", FieldType::text, "CSeq"},
    FieldInfo{"sip.user_agent", FieldType::text, "User-Agent"},
    FieldInfo{"sip.content_type", FieldType::text, "Content-Type"},
};
constexpr std::array ssdp_fields{
    FieldInfo{"ssdp.line", FieldType::text, "Start line"},
    FieldInfo{"ssdp.method", FieldType::text, "Method"},
    FieldInfo{"ssdp.uri", FieldType::text, "Request URI"},
    FieldInfo{"ssdp.status", FieldType::number, "Status"},
    FieldInfo{"ssdp.header", FieldType::text, "Header"},
    FieldInfo{"ssdp.body", FieldType::text, "Body line"},
    FieldInfo{"ssdp.st", FieldType::text, "Search target"},
    FieldInfo{"ssdp.nt", FieldType::text, "Notification type"},
    FieldInfo{"ssdp.usn", FieldType::text, "Unique service name"},
    FieldInfo{"ssdp.location", FieldType::text, "Location"},
    FieldInfo{"ssdp.server", FieldType::text, "Server"},
    FieldInfo{"ssdp.user_agent", FieldType::text, "User-Agent"},
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}
std::string_view first_line(std::string_view text) {
    return text.substr(0, std::min(text.find('\r'), text.find('\n')));
}

bool same(std::string_view a, std::string_view lower) {
    return std::ranges::equal(a, lower, {},
                              [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

/// "SIP/2.0 200 OK" or "INVITE sip:a SIP/2.0".
Step step_sip(Bytes bytes, Packet&, std::size_t) {
    const std::string_view line = first_line(as_text(bytes));
    const bool request = line.ends_with(" SIP/2.0") && line.front() >= 'A' && line.front() <= 'Z';
    if (!line.starts_with("SIP/2.0 ") && !request) return {.refused = true};
    return {.header = bytes.size()};
}
Step step_ssdp(Bytes bytes, Packet&, std::size_t) {
    const std::string_view line = first_line(as_text(bytes));
    if (!line.starts_with("M-SEARCH ") && !line.starts_with("NOTIFY ") && !line.starts_with("HTTP/1."))
        return {.refused = true};
    return {.header = bytes.size()};
}

void write_verbose(std::string_view title, Bytes bytes, Text& out) {
    out.put(title);
    out.put(", length: ");
    out.number(bytes.size());
    write_text_lines(bytes, out);
}

void info_sip(const Packet& packet, const Layer& layer, Text& out) {
    if (packet.verbosity != 0) return write_verbose("SIP", packet.bytes(layer), out);
    out.put("SIP: ");
    out.escaped(first_line(as_text(packet.bytes(layer))));
}
void info_ssdp(const Packet& packet, const Layer& layer, Text& out) {
    if (packet.verbosity != 0) return write_verbose("SSDP", packet.bytes(layer), out);
    out.put("SSDP: ");
    out.escaped(first_line(as_text(packet.bytes(layer))));
}

class Visitor {
  public:
    Visitor(std::string_view text, std::span<const Header> headers, std::string_view version, FieldSink& sink)
        : text_(text), headers_(headers), version_(version), sink_(sink) {}

    void run() {
        start(line());
        while (at_ < text_.size()) {
            const std::string_view one = line();
            if (one.empty()) break;
            header(one);
        }
        while (at_ < text_.size()) {
            if (const auto one = line(); !one.empty()) put(f_body, one);
        }
    }

  private:
    /// The next line without its end; always moves on.
    std::string_view line() {
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view one = text_.substr(at_, end - at_);
        at_ = std::min(end + 1, text_.size());
        if (one.ends_with('\r')) one.remove_suffix(1);
        return one;
    }
    void put(unsigned field, std::string_view value) {
        sink_.bytes(field, as_bytes(value), static_cast<std::size_t>(value.data() - text_.data()));
    }
    void start(std::string_view one) {
        put(f_line, one);
        const auto space = one.find(' ');
        if (space == std::string_view::npos) return;
        if (one.starts_with(version_)) {
            std::uint64_t status = 0;
            const std::string_view digits = one.substr(space + 1, 3);
            for (const char c : digits) {
                if (c < '0' || c > '9') return;
                status = status * 10 + static_cast<std::uint64_t>(c - '0');
            }
            return sink_.number(f_status, status, space + 1, digits.size());
        }
        put(f_method, one.substr(0, space));
        const std::string_view rest = one.substr(space + 1);
        put(f_uri, rest.substr(0, rest.find(' ')));
    }
    void header(std::string_view one) {
        put(f_header, one);
        const auto colon = one.find(':');
        if (colon == std::string_view::npos) return;
        const std::string_view name = trimmed(one.substr(0, colon));
        for (unsigned i = 0; i < headers_.size(); ++i)
            if (same(name, headers_[i].name) || (!headers_[i].compact.empty() && same(name, headers_[i].compact)))
                put(f_first + i, trimmed(one.substr(colon + 1)));
    }

    std::string_view text_;
    std::span<const Header> headers_;
    std::string_view version_;
    FieldSink& sink_;
    std::size_t at_ = 0;
};

void visit_sip(const Packet& packet, const Layer& layer, FieldSink& sink) {
    Visitor(as_text(packet.bytes(layer)), sip_headers, "SIP/", sink).run();
}
void visit_ssdp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    Visitor(as_text(packet.bytes(layer)), ssdp_headers, "HTTP/", sink).run();
}

}  // namespace

const Dissector sip_dissector{Protocol::sip, "sip",    "Session Initiation Protocol", sip_fields, step_sip,
                              info_sip,      visit_sip};
const Dissector ssdp_dissector{Protocol::ssdp, "ssdp",    "Simple Service Discovery Protocol", ssdp_fields, step_ssdp,
                               info_ssdp,      visit_ssdp};

}  // namespace fid::packet
