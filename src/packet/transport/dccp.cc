// SPDX-License-Identifier: MIT
// Datagram Congestion Control Protocol (RFC 4340).
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/octets.h"
#include "packet/transport/family.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    sport,
    dport,
    offset_,
    ccval,
    coverage,
    checksum,
    type,
    extended,
    seq,
    ack,
    service,
    reset_code,
    options
};
constexpr std::array fields{
    FieldInfo{"dccp.sport", FieldType::number, "Source port"},
    FieldInfo{"dccp.dport", FieldType::number, "Destination port"},
    FieldInfo{"dccp.offset", FieldType::number, "Header length"},
    FieldInfo{"dccp.ccval", FieldType::number, "Congestion control value"},
    FieldInfo{"dccp.coverage", FieldType::number, "Checksum coverage"},
    FieldInfo{"dccp.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"dccp.type", FieldType::number, "Type"},
    FieldInfo{"dccp.extended", FieldType::flag, "Extended sequence numbers"},
    FieldInfo{"dccp.seq", FieldType::number, "Sequence number"},
    FieldInfo{"dccp.ack", FieldType::number, "Acknowledgement number"},
    FieldInfo{"dccp.service", FieldType::hex, "Service code"},
    FieldInfo{"dccp.reset_code", FieldType::number, "Reset code"},
    FieldInfo{"dccp.options", FieldType::bytes, "Options"},
};

enum Type : unsigned { request, response, data, ack_type, data_ack, close_request, close, reset, sync, sync_ack };
constexpr std::array<std::string_view, 10> names{"DCCP-Request", "DCCP-Response", "DCCP-Data",  "DCCP-Ack",
                                                 "DCCP-DataAck", "DCCP-CloseReq", "DCCP-Close", "DCCP-Reset",
                                                 "DCCP-Sync",    "DCCP-SyncAck"};
constexpr std::array<std::string_view, 12> reset_codes{
    "no_error",     "aborted",         "no_connection",      "packet_error",
    "option_error", "mandatory_error", "connection_refused", "bad_service_code",
    "too_busy",     "bad_init_cookie", "aggression_penalty", "unspecified"};

std::size_t generic_length(Bytes bytes) { return (bytes[8] & 1U) != 0 ? 16 : 12; }
unsigned type_of(Bytes bytes) { return (bytes[8] >> 1U) & 15U; }
bool has_ack(unsigned kind) { return kind != request && kind != data && kind <= sync_ack; }

Step step(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.size() >= 4) set_ports(packet, be16(bytes, 0), be16(bytes, 2));
    if (bytes.size() < 12) return {.header = bytes.size(), .truncated = true};
    const std::size_t header = std::size_t{bytes[4]} * 4;
    if (header < generic_length(bytes)) return {.header = bytes.size(), .malformed = true};
    if (header > bytes.size()) return {.header = bytes.size(), .truncated = true};
    return {.header = header, .next = Protocol::data};
}

/// The sequence number stands in 3 bytes, or in 6 where X is set; acknowledgements in the same behind a reserved part.
std::uint64_t read_sequence(Cursor& cursor, bool wide) { return wide ? cursor.u48() : cursor.u24(); }

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.header(layer);
    write_extended_ports(packet, layer, out);
    if (bytes.size() < 12 || layer.malformed) return out.put("[|dccp]");
    const unsigned kind = type_of(bytes);
    const bool wide = (bytes[8] & 1U) != 0;
    out.put("DCCP (CCVal ");
    out.number(bytes[5] >> 4U);
    out.put(", CsCov ");
    out.number(bytes[5] & 15U);
    out.put(") ");
    if (kind < names.size()) {
        out.put(names[kind]);
    } else {
        out.put("unknown packet type ");
        out.number(kind);
    }
    Cursor cursor(bytes);
    cursor.skip(wide ? 10 : 9);
    const std::uint64_t sequence = read_sequence(cursor, wide);
    std::uint64_t acknowledged = 0;
    if (has_ack(kind)) {
        cursor.skip(wide ? 2 : 1);
        acknowledged = read_sequence(cursor, wide);
    }
    if (kind == request || kind == response) {
        out.put(" (service=");
        out.number(cursor.u32());
        out.put(')');
    }
    if (kind == reset) {
        const std::uint8_t code = cursor.u8();
        out.put(" (code=");
        out.put(name_of(reset_codes, code, "reserved"));
        out.put(')');
    }
    if (has_ack(kind)) {
        out.put(" (ack=");
        out.number(acknowledged);
        out.put(')');
    }
    out.put(" seq ");
    out.number(sequence);
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    reader.u16(sport);
    reader.u16(dport);
    const std::uint64_t units = reader.u8();
    reader.part(offset_, units * 4);
    const std::uint64_t control = reader.u8();
    reader.part(ccval, control >> 4U);
    reader.part(coverage, control & 15U);
    reader.u16(checksum);
    const std::uint64_t byte = reader.u8();
    const auto kind = static_cast<unsigned>((byte >> 1U) & 15U);
    const bool wide = (byte & 1U) != 0;
    reader.part(type, kind, names);
    reader.part(extended, byte & 1U);
    if (wide) reader.skip(1);
    reader.number(seq, wide ? 6 : 3);
    if (has_ack(kind)) {
        reader.skip(wide ? 2 : 1);
        reader.number(ack, wide ? 6 : 3);
    }
    if (kind == request || kind == response) reader.u32(service);
    if (kind == reset) {
        reader.u8(reset_code, name_of(reset_codes, reader.peek(), "reserved"));
        reader.skip(3);
    }
    reader.tail(options);
}

}  // namespace

const Dissector dccp_dissector{Protocol::dccp, "dccp", "Datagram Congestion Control Protocol", fields, step,
                               info,           visit};

}  // namespace fid::packet
