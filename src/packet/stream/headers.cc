// SPDX-License-Identifier: MIT
#include "packet/stream/headers.h"

namespace fid::packet {
namespace {

/// RFC 9110 section 5.6.2; methods in use are upper case with a hyphen or underscore at most.
bool is_method(std::string_view word) {
    return !word.empty() && word.size() <= 20 &&
           std::ranges::all_of(word, [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; });
}

constexpr std::array<std::string_view, 40> methods{
    "GET",      "POST",       "HEAD",      "PUT",      "DELETE",      "OPTIONS",     "CONNECT",       "TRACE",
    "PATCH",    "PROPFIND",   "PROPPATCH", "MKCOL",    "COPY",        "MOVE",        "LOCK",          "UNLOCK",
    "REPORT",   "SEARCH",     "NOTIFY",    "M-SEARCH", "SUBSCRIBE",   "UNSUBSCRIBE", "PURGE",         "MERGE",
    "CHECKOUT", "MKACTIVITY", "BCOPY",     "BMOVE",    "RPC_CONNECT", "RPC_IN_DATA", "RPC_OUT_DATA",  "DESCRIBE",
    "SETUP",    "PLAY",       "PAUSE",     "TEARDOWN", "ANNOUNCE",    "RECORD",      "GET_PARAMETER", "SET_PARAMETER",
};

}  // namespace

bool read_start_line(const Line& line, std::string_view protocol, StartLine& start) {
    start = {};
    std::string_view rest = line.text;
    const std::string_view first = take_word(rest);
    if (first.starts_with(protocol)) {
        start.response = true;
        start.version = first;
        start.status = take_word(rest);
        start.reason = rest;
        return start.status.size() <= 3 && std::ranges::all_of(start.status, is_digit);
    }
    if (!is_method(first)) return false;
    start.method = first;
    if (const std::size_t blank = rest.rfind(' ');
        blank != std::string_view::npos && rest.substr(blank + 1).starts_with(protocol)) {
        start.uri = rest.substr(0, blank);
        start.version = rest.substr(blank + 1);
        return true;
    }
    start.uri = rest;
    // Without a version at the end (cut short, or HTTP/0.9) only a well-known method makes it a request.
    return !rest.empty() && std::ranges::find(methods, first) != methods.end();
}

bool next_header(Lines& lines, HeaderLine& header) {
    Line line;
    if (!lines.next(line) || line.text.empty()) return false;
    const std::size_t colon = line.text.find(':');
    if (colon == 0 || colon == std::string_view::npos) return false;
    header.name = line.text.substr(0, colon);
    header.value = line.text.substr(colon + 1);
    header.value.remove_prefix(std::min(header.value.find_first_not_of(" \t"), header.value.size()));
    header.offset = line.offset;
    header.length = line.text.size();
    return true;
}

}  // namespace fid::packet
