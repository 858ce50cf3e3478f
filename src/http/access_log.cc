// SPDX-License-Identifier: MIT
#include "http/access_log.h"

#include "http/date.h"

namespace fid::http {
namespace {

constexpr std::size_t batch_bytes = std::size_t{64} * 1024;
/// A target may be 8 KiB long; the log is not for keeping all of that.
constexpr std::size_t longest_text = 1024;

/// What stands between quotes: no byte of a client ends the quotes, the line, or the reader's terminal settings.
void put_quoted(std::string_view text, Text& out) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const char c : text.substr(0, longest_text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= ' ' && byte < 0x7f && c != '"' && c != '\\') {
            out.put(c);
            continue;
        }
        out.put("\\x");
        out.put(digits[byte >> 4U]);
        out.put(digits[byte & 15U]);
    }
}

}  // namespace

void AccessLog::add(const LogEntry& entry) {
    if (format_ == LogFormat::common) put_common(entry);
    if (format_ == LogFormat::json) put_json(entry);
    if (lines_.size() >= batch_bytes) flush();
}

void AccessLog::flush() {
    if (lines_.empty()) return;
    sink_(lines_.view());
    lines_.clear();
}

void AccessLog::put_common(const LogEntry& entry) {
    lines_.put(entry.peer);
    lines_.put(" - ");
    if (entry.user.empty()) lines_.put('-');
    // A user's name is one of the file's; spaces would shift the columns all the same.
    for (const char c : entry.user) put_quoted(c == ' ' ? "+" : std::string_view(&c, 1), lines_);
    const std::string date = http_date(entry.seconds);  // "Sun, 06 Nov 1994 08:49:37 GMT"
    const std::string_view text = date;
    lines_.put(" [");
    lines_.put(text.substr(5, 2));
    lines_.put('/');
    lines_.put(text.substr(8, 3));
    lines_.put('/');
    lines_.put(text.substr(12, 4));
    lines_.put(':');
    lines_.put(text.substr(17, 8));
    lines_.put(" +0000] \"");
    if (entry.method.empty()) {
        lines_.put('-');  // it was no request
    } else {
        put_quoted(entry.method, lines_);
        lines_.put(' ');
        put_quoted(entry.target, lines_);
        lines_.put(" HTTP/");
        lines_.number(entry.major);
        lines_.put('.');
        lines_.number(entry.minor);
    }
    lines_.put("\" ");
    lines_.number(entry.status);
    lines_.put(' ');
    lines_.number(entry.bytes);
    lines_.put('\n');
}

void AccessLog::put_json(const LogEntry& entry) {
    const auto text = [this](std::string_view name, std::string_view value, bool known) {
        lines_.put(",\"");
        lines_.put(name);
        lines_.put("\":");
        if (known)
            lines_.json_bytes(as_bytes(value.substr(0, longest_text)));
        else
            lines_.put("null");
    };
    lines_.put(R"({"type":"request","time":")");
    calendar_.date(entry.seconds, lines_);
    lines_.put('T');
    calendar_.clock(entry.seconds, lines_);
    lines_.put("Z\"");
    text("peer", entry.peer, true);
    text("user", entry.user, !entry.user.empty());
    text("method", entry.method, !entry.method.empty());
    text("target", entry.target, !entry.method.empty());
    lines_.put(",\"protocol\":");
    if (entry.method.empty()) {
        lines_.put("null");
    } else {
        lines_.put("\"HTTP/");
        lines_.number(entry.major);
        lines_.put('.');
        lines_.number(entry.minor);
        lines_.put('"');
    }
    lines_.put(",\"status\":");
    lines_.number(entry.status);
    lines_.put(",\"body_bytes\":");
    lines_.number(entry.bytes);
    text("referer", entry.referer, !entry.referer.empty());
    text("user_agent", entry.agent, !entry.agent.empty());
    lines_.put("}\n");
}

}  // namespace fid::http
