// SPDX-License-Identifier: MIT
// Stream Control Transmission Protocol (RFC 9260): the common header and its chunks, which are all this layer's own.
#include <algorithm>
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/octets.h"
#include "packet/transport/family.h"

namespace fid::packet {
namespace {

constexpr std::size_t header_size = 12;

enum Field : unsigned {
    sport,
    dport,
    tag,
    checksum,
    chunk,
    chunk_type,
    chunk_flags,
    chunk_len,
    tsn,
    stream,
    stream_seq,
    ppid,
    payload,
    init_tag,
    rwnd,
    outbound,
    inbound,
    init_tsn,
    cumulative,
    gaps,
    duplicates,
    value
};
constexpr std::array fields{
    FieldInfo{"sctp.sport", FieldType::number, "Source port"},
    FieldInfo{"sctp.dport", FieldType::number, "Destination port"},
    FieldInfo{"sctp.tag", FieldType::hex, "Verification tag"},
    FieldInfo{"sctp.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"sctp.chunk", FieldType::group, "Chunk"},
    FieldInfo{"sctp.chunk.type", FieldType::number, "Type"},
    FieldInfo{"sctp.chunk.flags", FieldType::hex, "Flags"},
    FieldInfo{"sctp.chunk.len", FieldType::number, "Length"},
    FieldInfo{"sctp.tsn", FieldType::number, "Transmission sequence number"},
    FieldInfo{"sctp.stream", FieldType::number, "Stream identifier"},
    FieldInfo{"sctp.stream_seq", FieldType::number, "Stream sequence number"},
    FieldInfo{"sctp.ppid", FieldType::number, "Payload protocol identifier"},
    FieldInfo{"sctp.payload", FieldType::bytes, "Payload"},
    FieldInfo{"sctp.init_tag", FieldType::hex, "Initiate tag"},
    FieldInfo{"sctp.rwnd", FieldType::number, "Advertised receiver window"},
    FieldInfo{"sctp.outbound", FieldType::number, "Outbound streams"},
    FieldInfo{"sctp.inbound", FieldType::number, "Inbound streams"},
    FieldInfo{"sctp.init_tsn", FieldType::number, "Initial transmission sequence number"},
    FieldInfo{"sctp.cumulative_tsn", FieldType::number, "Cumulative acknowledgement"},
    FieldInfo{"sctp.gaps", FieldType::number, "Gap blocks"},
    FieldInfo{"sctp.duplicates", FieldType::number, "Duplicates"},
    FieldInfo{"sctp.chunk.value", FieldType::bytes, "Value"},
};

enum Type : std::uint8_t { data = 0, init = 1, init_ack = 2, sack = 3 };

std::string_view type_name(std::uint8_t kind) {
    constexpr std::array<std::string_view, 16> names{
        "DATA",     "INIT",     "INIT ACK",          "SACK",   "HB REQ",      "HB ACK",
        "ABORT",    "SHUTDOWN", "SHUTDOWN ACK",      "OP ERR", "COOKIE ECHO", "COOKIE ACK",
        "ECN ECHO", "CWR",      "SHUTDOWN COMPLETE", "AUTH"};
    if (kind < names.size()) return names[kind];
    switch (kind) {
        case 64:
            return "I-DATA";
        case 0x82:
            return "RE-CONFIG";
        case 0x84:
            return "PAD";
        case 0xc0:
            return "FORWARD TSN";
        case 0xc1:
            return "ASCONF";
        case 0x80:
            return "ASCONF-ACK";
        default:
            return {};
    }
}

/// Payload protocol identifiers as tcpdump names them.
std::string_view ppid_name(std::uint32_t id) {
    constexpr std::array<std::string_view, 12> names{"unspecified", "IUA",   "M2UA",          "M3UA", "SUA", "M2PA",
                                                     "V5UA",        "H.248", "BICC/Q.2150.3", "TALI", "DUA", "ASAP"};
    return id < names.size() ? names[id] : std::string_view{};
}

Step step(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.size() >= 4) set_ports(packet, be16(bytes, 0), be16(bytes, 2));
    return {.header = bytes.size(), .truncated = bytes.size() < header_size};
}

/// Takes the next chunk off the front: padded to 4 bytes. False at the end or where its length makes no sense.
bool next_chunk(Bytes& rest, Bytes& one) {
    if (rest.size() < 4) return false;
    const std::size_t length = be16(rest, 2);
    if (length < 4) return false;
    one = rest.first(std::min(length, rest.size()));
    rest = rest.subspan(std::min((length + 3) & ~std::size_t{3}, rest.size()));
    return true;
}

void write_data(Bytes one, Text& out) {
    const std::uint8_t bits = one[1];
    const bool first = (bits & 2U) != 0;
    const bool last = (bits & 1U) != 0;
    if ((bits & 4U) != 0) out.put("(U)");
    if (first) out.put("(B)");
    if (last) out.put("(E)");
    if ((bits & 7U) != 0) out.put(' ');
    if (one.size() < 16) return out.put("[|sctp]");
    out.put("[TSN: ");
    out.number(be32(one, 4));
    out.put("] [SID: ");
    out.number(be16(one, 8));
    out.put("] [SSEQ ");
    out.number(be16(one, 10));
    out.put("] [PPID ");
    const std::uint32_t id = be32(one, 12);
    if (const std::string_view name = ppid_name(id); !name.empty()) {
        out.put(name);
    } else {
        out.put("0x");
        out.hex(id, 8);
    }
    out.put("] ");
}

void write_init(Bytes one, Text& out) {
    if (one.size() < 20) return out.put("[|sctp]");
    const auto number = [&](std::string_view words, std::uint32_t number_value) {
        out.put(words);
        out.number(number_value);
        out.put("] ");
    };
    number("[init tag: ", be32(one, 4));
    number("[rwnd: ", be32(one, 8));
    number("[OS: ", be16(one, 12));
    number("[MIS: ", be16(one, 14));
    number("[init TSN: ", be32(one, 16));
}

void write_sack(Bytes one, Text& out) {
    if (one.size() < 16) return out.put("[|sctp]");
    out.put("[cum ack ");
    out.number(be32(one, 4));
    out.put("] [a_rwnd ");
    out.number(be32(one, 8));
    out.put("] [#gap acks ");
    out.number(be16(one, 12));
    out.put("] [#dup tsns ");
    out.number(be16(one, 14));
    out.put("] ");
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    write_extended_ports(packet, layer, out);
    if (bytes.size() < header_size) return out.put("[|sctp]");
    out.put("sctp");
    Bytes rest = bytes.subspan(header_size);
    Bytes one;
    for (unsigned count = 1; next_chunk(rest, one); ++count) {
        out.put(" (");
        out.number(count);
        out.put(") [");
        const std::string_view name = type_name(one[0]);
        if (name.empty()) {
            out.put("Unknown chunk type: 0x");
            out.hex(one[0]);
        } else {
            out.put(name);
        }
        out.put("] ");
        if (one[0] == data)
            write_data(one, out);
        else if (one[0] == init || one[0] == init_ack)
            write_init(one, out);
        else if (one[0] == sack)
            write_sack(one, out);
    }
    if (out.ends_with(" ")) out.truncate(out.size() - 1);
}

void visit_chunk(Bytes one, std::size_t at, FieldSink& sink) {
    FieldReader reader(one, sink, at);
    const std::uint8_t kind = one[0];
    sink.open(chunk, type_name(kind), at, one.size());
    reader.u8(chunk_type, type_name(kind));
    reader.u8(chunk_flags);
    reader.u16(chunk_len);
    if (kind == data) {
        reader.u32(tsn);
        reader.u16(stream);
        reader.u16(stream_seq);
        const std::uint32_t id = reader.u32();
        reader.part(ppid, id, ppid_name(id));
        reader.tail(payload);
    } else if (kind == init || kind == init_ack) {
        reader.u32(init_tag);
        reader.u32(rwnd);
        reader.u16(outbound);
        reader.u16(inbound);
        reader.u32(init_tsn);
    } else if (kind == sack) {
        reader.u32(cumulative);
        reader.u32(rwnd);
        reader.u16(gaps);
        reader.u16(duplicates);
    }
    reader.tail(value);
    sink.close();
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes bytes = packet.bytes(layer);
    FieldReader reader(bytes, sink);
    reader.u16(sport);
    reader.u16(dport);
    reader.u32(tag);
    reader.u32(checksum);
    Bytes rest = reader.ok() ? reader.rest() : Bytes{};
    Bytes one;
    std::size_t at = header_size;
    while (next_chunk(rest, one)) {
        visit_chunk(one, at, sink);
        at = bytes.size() - rest.size();
    }
}

}  // namespace

const Dissector sctp_dissector{Protocol::sctp, "sctp", "Stream Control Transmission Protocol", fields, step,
                               info,           visit};

}  // namespace fid::packet
