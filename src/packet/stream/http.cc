// SPDX-License-Identifier: MIT
// HTTP/1 (RFC 9112): the message's start line and headers; bodies are data.
#include "packet/stream/family.h"
#include "packet/stream/headers.h"
#include "packet/verbose.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_request,
    f_response,
    f_method,
    f_uri,
    f_version,
    f_status,
    f_reason,
    f_header,
    f_host,
    f_user_agent,
    f_referer,
    f_accept,
    f_content_type,
    f_content_length,
    f_content_encoding,
    f_transfer_encoding,
    f_location,
    f_server,
    f_cookie,
    f_set_cookie,
    f_authorization,
    f_connection,
    f_upgrade,
    f_forwarded,
    f_body,
};
constexpr std::array fields{
    FieldInfo{"http.request", FieldType::flag, "Request"},
    FieldInfo{"http.response", FieldType::flag, "Response"},
    FieldInfo{"http.method", FieldType::text, "Method"},
    FieldInfo{"http.uri", FieldType::text, "URI"},
    FieldInfo{"http.version", FieldType::text, "Version"},
    FieldInfo{"http.status", FieldType::number, "Status"},
    FieldInfo{"http.reason", FieldType::text, "Reason"},
    FieldInfo{"http.header", FieldType::group, "Header"},
    FieldInfo{"http.host", FieldType::text, "Host"},
    FieldInfo{"http.user_agent", FieldType::text, "User agent"},
    FieldInfo{"http.referer", FieldType::text, "Referer"},
    FieldInfo{"http.accept", FieldType::text, "Accept"},
    FieldInfo{"http.content_type", FieldType::text, "Content type"},
    FieldInfo{"http.content_length", FieldType::number, "Content length"},
    FieldInfo{"http.content_encoding", FieldType::text, "Content encoding"},
    FieldInfo{"http.transfer_encoding", FieldType::text, "Transfer encoding"},
    FieldInfo{"http.location", FieldType::text, "Location"},
    FieldInfo{"http.server", FieldType::text, "Server"},
    FieldInfo{"http.cookie", FieldType::text, "Cookie"},
    FieldInfo{"http.set_cookie", FieldType::text, "Set-Cookie"},
    FieldInfo{"http.authorization", FieldType::text, "Authorization"},
    FieldInfo{"http.connection", FieldType::text, "Connection"},
    FieldInfo{"http.upgrade", FieldType::text, "Upgrade"},
    FieldInfo{"http.x_forwarded_for", FieldType::text, "X-Forwarded-For"},
    FieldInfo{"http.body", FieldType::bytes, "Body"},
};

struct Known {
    std::string_view name;
    Field field;
};
constexpr std::array<Known, 16> known{{
    {"host", f_host},
    {"user-agent", f_user_agent},
    {"referer", f_referer},
    {"accept", f_accept},
    {"content-type", f_content_type},
    {"content-length", f_content_length},
    {"content-encoding", f_content_encoding},
    {"transfer-encoding", f_transfer_encoding},
    {"location", f_location},
    {"server", f_server},
    {"cookie", f_cookie},
    {"set-cookie", f_set_cookie},
    {"authorization", f_authorization},
    {"connection", f_connection},
    {"upgrade", f_upgrade},
    {"x-forwarded-for", f_forwarded},
}};

Step step(Bytes bytes, Packet&, std::size_t) {
    Lines lines(bytes);
    Line line;
    StartLine start;
    if (!lines.next(line) || !read_start_line(line, "HTTP/", start)) return {.refused = true};
    return {.header = bytes.size()};
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    Lines lines(packet.bytes(layer));
    Line line;
    out.put("HTTP");
    if (packet.verbosity != 0) {
        out.put(", length: ");
        out.number(layer.length);
        return write_text_lines(packet.bytes(layer), out);
    }
    if (!lines.next(line)) return;
    out.put(": ");
    out.escaped(as_bytes(line.text), 1024);
}

void visit_header(const HeaderLine& header, Bytes bytes, FieldSink& sink) {
    Text text;
    text.escaped(as_bytes(header.name), 256);
    text.put(": ");
    text.escaped(as_bytes(header.value), 4096);
    sink.open(f_header, text.view(), header.offset, header.length);
    for (const Known& one : known) {
        if (!same_word(header.name, one.name)) continue;
        if (one.field != f_content_length)
            put_part(sink, one.field, bytes, header.value);
        else if (!header.value.empty() && std::ranges::all_of(header.value, is_digit))
            sink.number(f_content_length, decimal(header.value), place(bytes, header.value), header.value.size());
        break;
    }
    sink.close();
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes bytes = packet.bytes(layer);
    Lines lines(bytes);
    Line line;
    StartLine start;
    if (!lines.next(line) || !read_start_line(line, "HTTP/", start)) return;
    sink.number(start.response ? f_response : f_request, 1, 0, line.text.size());
    if (start.response) {
        put_part(sink, f_version, bytes, start.version);
        if (start.status.size() == 3)
            sink.number(f_status, decimal(start.status), place(bytes, start.status), 3, start.reason);
        put_part(sink, f_reason, bytes, start.reason);
    } else {
        put_part(sink, f_method, bytes, start.method);
        put_part(sink, f_uri, bytes, start.uri);
        put_part(sink, f_version, bytes, start.version);
    }
    HeaderLine header;
    while (next_header(lines, header)) visit_header(header, bytes, sink);
    if (lines.offset() < bytes.size()) sink.bytes(f_body, bytes.subspan(lines.offset()), lines.offset());
}

}  // namespace

const Dissector http_dissector{Protocol::http, "http", "Hypertext Transfer Protocol", fields, step, info, visit};

}  // namespace fid::packet
