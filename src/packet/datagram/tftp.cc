// SPDX-License-Identifier: MIT
// TFTP (RFC 1350) with options (RFC 2347).
#include <algorithm>
#include <array>

#include "packet/datagram/family.h"
#include "packet/field_reader.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

enum Field : unsigned { f_opcode, f_file, f_mode, f_option, f_value, f_block, f_error, f_message, f_data };
constexpr std::array fields{
    FieldInfo{"tftp.opcode", FieldType::number, "Opcode"},
    FieldInfo{"tftp.file", FieldType::text, "File"},
    FieldInfo{"tftp.mode", FieldType::text, "Mode"},
    FieldInfo{"tftp.option.name", FieldType::text, "Option"},
    FieldInfo{"tftp.option.value", FieldType::text, "Option value"},
    FieldInfo{"tftp.block", FieldType::number, "Block"},
    FieldInfo{"tftp.error.code", FieldType::number, "Error"},
    FieldInfo{"tftp.error.message", FieldType::text, "Error message"},
    FieldInfo{"tftp.data", FieldType::bytes, "Data"},
};
enum Opcode : unsigned { rrq = 1, wrq, data, ack, error, oack };
constexpr std::array<std::string_view, 7> opcodes{"", "RRQ", "WRQ", "DATA", "ACK", "ERROR", "OACK"};
constexpr std::array<std::string_view, 9> errors{
    "undefined",           "file not found",    "access violation",
    "disk full",           "illegal operation", "unknown transfer ID",
    "file already exists", "no such user",      "failed to negotiate options"};

Step step(Bytes bytes, Packet& packet, std::size_t) {
    Cursor at(bytes);
    const unsigned opcode = at.u16();
    if (!at.ok()) return too_short(bytes, packet);
    if (opcode < rrq || opcode > oack) return {.refused = true};
    if (opcode != oack && bytes.size() < 4) return too_short(bytes, packet);
    if (opcode == ack && bytes.size() != 4) return {.refused = true};
    return {.header = bytes.size()};
}

/// A text ended by a zero byte, which is skipped; the end of the bytes ends it too.
Bytes zero_ended(Cursor& at) {
    const Bytes rest = at.rest();
    const auto size = static_cast<std::size_t>(std::ranges::find(rest, 0) - rest.begin());
    const Bytes text = at.take(size);
    if (at.remaining() != 0) at.skip(1);
    return text;
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    Cursor at(bytes);
    const unsigned opcode = at.u16();
    out.put("TFTP, length ");
    out.number(bytes.size());
    if (!at.ok()) return out.put(" [|tftp]");
    out.put(", ");
    out.put(name_of(opcodes, opcode));
    switch (opcode) {
        case rrq:
        case wrq:
            out.put(" \"");
            out.escaped(zero_ended(at));
            out.put('"');
            [[fallthrough]];
        case oack:
            while (at.remaining() != 0) {
                const Bytes text = zero_ended(at);
                out.put(' ');
                out.escaped(text);
            }
            return;
        case data:
        case ack:
            out.put(" block ");
            return out.number(at.u16());
        default: {
            const unsigned code = at.u16();
            out.put(' ');
            out.put(name_of(errors, code));
            out.put(" \"");
            out.escaped(zero_ended(at));
            out.put('"');
        }
    }
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader at(packet.bytes(layer), sink);
    const unsigned opcode = at.peek(1);
    at.u16(f_opcode, opcodes);
    const auto text = [&](Field field) {
        Cursor ahead(at.rest());
        at.bytes(field, zero_ended(ahead).size());
        if (at.more()) at.skip(1);
    };
    switch (opcode) {
        case rrq:
        case wrq:
            text(f_file);
            if (at.more()) text(f_mode);
            [[fallthrough]];
        case oack:
            while (at.more()) {
                text(f_option);
                if (at.more()) text(f_value);
            }
            return;
        case data:
            at.u16(f_block);
            return at.tail(f_data);
        case ack:
            at.u16(f_block);
            return;
        default:
            at.u16(f_error, errors);
            if (at.more()) text(f_message);
    }
}

}  // namespace

const Dissector tftp_dissector{Protocol::tftp, "tftp", "Trivial File Transfer Protocol", fields, step, info, visit};

}  // namespace fid::packet
