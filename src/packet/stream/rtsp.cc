// SPDX-License-Identifier: MIT
// RTSP (RFC 7826): HTTP's form of message, with interleaved data behind a dollar sign.
#include "packet/stream/family.h"
#include "packet/stream/headers.h"
#include "packet/verbose.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_method,
    f_uri,
    f_version,
    f_status,
    f_reason,
    f_header,
    f_cseq,
    f_session,
    f_transport,
    f_channel,
    f_length
};
constexpr std::array fields{
    FieldInfo{"rtsp.method", FieldType::text, "Method"},
    FieldInfo{"rtsp.uri", FieldType::text, "URI"},
    FieldInfo{"rtsp.version", FieldType::text, "Version"},
    FieldInfo{"rtsp.status", FieldType::number, "Status"},
    FieldInfo{"rtsp.reason", FieldType::text, "Reason"},
    FieldInfo{"rtsp.header", FieldType::group, "Header"},
    FieldInfo{"rtsp.cseq", FieldType::text, "CSeq"},
    FieldInfo{"rtsp.session", FieldType::text, "Session"},
    FieldInfo{"rtsp.transport", FieldType::text, "Transport"},
    FieldInfo{"rtsp.channel", FieldType::number, "Interleaved channel"},
    FieldInfo{"rtsp.length", FieldType::number, "Interleaved length"},
};

bool is_interleaved(Bytes bytes) { return bytes.size() >= 4 && bytes[0] == '$' && bytes[1] < 16; }

Step step(Bytes bytes, Packet&, std::size_t) {
    if (is_interleaved(bytes)) return {.header = bytes.size()};
    Lines lines(bytes);
    Line line;
    StartLine start;
    if (!lines.next(line) || !read_start_line(line, "RTSP/", start)) return {.refused = true};
    return {.header = bytes.size()};
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    if (packet.verbosity != 0 && !is_interleaved(bytes)) {
        out.put("RTSP, length: ");
        out.number(bytes.size());
        return write_text_lines(bytes, out);
    }
    out.put("RTSP: ");
    if (is_interleaved(bytes)) {
        out.put("interleaved channel ");
        out.number(bytes[1]);
        return;
    }
    Lines lines(bytes);
    Line line;
    if (lines.next(line)) out.escaped(as_bytes(line.text), 1024);
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes bytes = packet.bytes(layer);
    if (is_interleaved(bytes)) {
        sink.number(f_channel, bytes[1], 1, 1);
        Cursor in(bytes.subspan(2));
        sink.number(f_length, in.u16(), 2, 2);
        return;
    }
    Lines lines(bytes);
    Line line;
    StartLine start;
    if (!lines.next(line) || !read_start_line(line, "RTSP/", start)) return;
    put_part(sink, f_method, bytes, start.method);
    put_part(sink, f_uri, bytes, start.uri);
    put_part(sink, f_version, bytes, start.version);
    if (start.status.size() == 3)
        sink.number(f_status, decimal(start.status), place(bytes, start.status), 3, start.reason);
    put_part(sink, f_reason, bytes, start.reason);
    HeaderLine header;
    while (next_header(lines, header)) {
        Text text;
        text.escaped(as_bytes(header.name), 256);
        text.put(": ");
        text.escaped(as_bytes(header.value), 4096);
        sink.open(f_header, text.view(), header.offset, header.length);
        if (same_word(header.name, "CSeq")) put_part(sink, f_cseq, bytes, header.value);
        if (same_word(header.name, "Session")) put_part(sink, f_session, bytes, header.value);
        if (same_word(header.name, "Transport")) put_part(sink, f_transport, bytes, header.value);
        sink.close();
    }
}

}  // namespace

const Dissector rtsp_dissector{Protocol::rtsp, "rtsp", "Real-Time Streaming Protocol", fields, step, info, visit};

}  // namespace fid::packet
