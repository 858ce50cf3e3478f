// SPDX-License-Identifier: MIT
// HTTP/2 frames (RFC 9113). Header blocks stay packed: HPACK needs the connection's whole history.
#include <algorithm>
#include <array>

#include "packet/names.h"
#include "packet/stream/family.h"

namespace fid::packet {
namespace {

enum Field : unsigned { f_preface, f_frame, f_length, f_type, f_flags, f_stream };
constexpr std::array fields{
    FieldInfo{"http2.preface", FieldType::flag, "Connection preface"},
    FieldInfo{"http2.frame", FieldType::group, "Frame"},
    FieldInfo{"http2.length", FieldType::number, "Length"},
    FieldInfo{"http2.type", FieldType::number, "Type"},
    FieldInfo{"http2.flags", FieldType::hex, "Flags"},
    FieldInfo{"http2.stream", FieldType::number, "Stream"},
};
constexpr std::array<Named, 11> type_names{{
    {0, "DATA"},
    {1, "HEADERS"},
    {2, "PRIORITY"},
    {3, "RST_STREAM"},
    {4, "SETTINGS"},
    {5, "PUSH_PROMISE"},
    {6, "PING"},
    {7, "GOAWAY"},
    {8, "WINDOW_UPDATE"},
    {9, "CONTINUATION"},
    {16, "PRIORITY_UPDATE"},
}};
constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

struct Frame {
    std::uint32_t length = 0;
    std::uint8_t type = 0, flags = 0;
    std::uint32_t stream = 0;
};

bool next_frame(Cursor& in, Frame& frame) {
    frame.length = in.u24();
    frame.type = in.u8();
    frame.flags = in.u8();
    frame.stream = in.u32() & 0x7fffffffU;
    if (!in.ok() || name_of(type_names, frame.type).empty()) return false;
    // Section 6: SETTINGS, PING and GOAWAY belong to the connection; their sizes are fixed or multiples of six.
    if ((frame.type == 4 && (frame.stream != 0 || frame.length % 6 != 0)) || (frame.type == 6 && frame.length != 8) ||
        ((frame.type == 3 || frame.type == 8) && frame.length != 4) || (frame.type <= 1 && frame.stream == 0))
        return false;
    in.skip(std::min<std::size_t>(frame.length, in.remaining()));
    return true;
}

Step step(Bytes bytes, Packet&, std::size_t) {
    if (as_text(bytes).starts_with(preface.substr(0, std::min(bytes.size(), preface.size()))))
        return {.header = bytes.size()};
    Cursor in(bytes);
    Frame frame;
    return {.header = bytes.size(), .refused = !next_frame(in, frame)};
}

Cursor frames_of(Bytes bytes) {
    Cursor in(bytes);
    if (as_text(bytes).starts_with(preface)) in.skip(preface.size());
    return in;
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in = frames_of(packet.bytes(layer));
    out.put("HTTP/2:");
    if (in.offset() != 0) out.put(" preface");
    Frame frame;
    while (in.remaining() != 0 && next_frame(in, frame)) {
        out.put(' ');
        out.put(name_of(type_names, frame.type));
        out.put('[');
        out.number(frame.stream);
        out.put(']');
    }
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    Cursor in = frames_of(packet.bytes(layer));
    if (in.offset() != 0) sink.number(f_preface, 1, 0, preface.size());
    Frame frame;
    while (in.remaining() != 0) {
        const std::size_t at = in.offset();
        if (!next_frame(in, frame)) return;
        sink.open(f_frame, name_of(type_names, frame.type), at, in.offset() - at);
        sink.number(f_length, frame.length, at, 3);
        sink.number(f_type, frame.type, at + 3, 1, name_of(type_names, frame.type));
        sink.number(f_flags, frame.flags, at + 4, 1);
        sink.number(f_stream, frame.stream, at + 5, 4);
        sink.close();
    }
}

}  // namespace

const Dissector http2_dissector{Protocol::http2, "http2", "Hypertext Transfer Protocol 2", fields, step, info, visit};

}  // namespace fid::packet
