// SPDX-License-Identifier: MIT
// Internet Group Management Protocol, versions 1 to 3 (RFC 1112, 2236, 3376).
#include <algorithm>
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/family.h"
#include "packet/network/group_records.h"
#include "packet/network/octets.h"
#include "packet/put.h"
#include "packet/verbose.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    type,
    max_resp,
    checksum,
    address,
    suppress,
    robustness,
    interval,
    source_count,
    source,
    record_count,
    record,
    record_type,
    auxiliary_length,
    auxiliary,
    data
};
constexpr std::array fields{
    FieldInfo{"igmp.type", FieldType::hex, "Type"},
    FieldInfo{"igmp.max_resp", FieldType::number, "Maximum response time (0.1 s)"},
    FieldInfo{"igmp.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"igmp.address", FieldType::ipv4, "Group address"},
    FieldInfo{"igmp.s", FieldType::flag, "Suppress router-side processing"},
    FieldInfo{"igmp.qrv", FieldType::number, "Querier's robustness"},
    FieldInfo{"igmp.qqic", FieldType::number, "Querier's interval (s)"},
    FieldInfo{"igmp.num_src", FieldType::number, "Sources"},
    FieldInfo{"igmp.source", FieldType::ipv4, "Source address"},
    FieldInfo{"igmp.num_grp_recs", FieldType::number, "Group records"},
    FieldInfo{"igmp.record", FieldType::group, "Group record"},
    FieldInfo{"igmp.record.type", FieldType::number, "Record type"},
    FieldInfo{"igmp.record.aux_data_len", FieldType::number, "Auxiliary data length"},
    FieldInfo{"igmp.record.aux_data", FieldType::bytes, "Auxiliary data"},
    FieldInfo{"igmp.data", FieldType::bytes, "Data"},
};

std::string_view type_name(std::uint8_t value) {
    switch (value) {
        case 0x11:
            return "query";
        case 0x12:
            return "v1 report";
        case 0x13:
            return "dvmrp";
        case 0x14:
            return "pimv1";
        case 0x16:
            return "v2 report";
        case 0x17:
            return "leave";
        case 0x1e:
            return "mtrace";
        case 0x1f:
            return "mtrace response";
        case 0x22:
            return "v3 report";
        default:
            return {};
    }
}

Step step(Bytes bytes, Packet&, std::size_t) { return {.header = bytes.size(), .truncated = bytes.size() < 8}; }

/// RFC 3376 4.1.1 and 4.1.7: from 128 on a mantissa of four bits and an exponent of three.
unsigned decoded(unsigned code) { return code < 128 ? code : ((code & 0x0fU) | 0x10U) << (((code & 0x70U) >> 4U) + 3); }

void write_v3_query(Bytes message, Text& out) {
    out.put(" v3");
    const unsigned code = message[1];
    const unsigned tenths = decoded(code);
    if (code != 100) {
        out.put(" [max resp time ");
        if (tenths < 600) {
            out.number(tenths / 10);
            out.put('.');
            out.number(tenths % 10);
            out.put('s');
        } else {
            write_duration(tenths / 10, out);
        }
        out.put(']');
    }
    if (be32(message, 4) == 0) return;
    out.put(" [gaddr ");
    put_address(out, message.subspan(4, 4));
    if (message.size() >= 12 && be16(message, 10) != 0) {
        out.put(", ");
        out.number(be16(message, 10));
        out.put(" source(s)");
    }
    out.put(']');
}

void write_query(Bytes message, std::size_t claimed, Text& out) {
    out.put("query");
    if (claimed >= 12) return write_v3_query(message, out);
    out.put(message[1] != 0 ? " v2" : " v1");
    if (message[1] != 0 && message[1] != 100) {
        out.put(" [max resp time ");
        out.number(message[1]);
        out.put(']');
    }
    if (be32(message, 4) == 0) return;
    out.put(" [gaddr ");
    put_address(out, message.subspan(4, 4));
    out.put(']');
}

void write_message(Bytes message, std::size_t claimed, std::uint8_t verbosity, Text& out) {
    out.put("igmp ");
    const std::uint8_t kind = message[0];
    if (kind == 0x11) return write_query(message, claimed, out);
    const std::string_view name = type_name(kind);
    if (name.empty()) {
        out.truncate(out.size() - 1);
        out.put('-');
        return out.number(kind);
    }
    out.put(name);
    if (kind == 0x22) {
        out.put(", ");
        out.number(be16(message, 6));
        out.put(" group record(s)");
        if (verbosity != 0)
            write_group_records(message, {.address_bytes = 4, .unknown_kind = "v3-report-#"}, verbosity > 1, out);
        return;
    }
    if (kind != 0x12 && kind != 0x16 && kind != 0x17) return;
    out.put(' ');
    put_address(out, message.subspan(4, 4));
    if (claimed == 8) return;
    out.put(" [len ");
    out.number(claimed);
    out.put(']');
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes message = packet.bytes(layer);
    if (message.size() < 8) return out.put("[|igmp]");
    const std::size_t claimed = claimed_length(packet, layer);
    write_message(message, claimed, packet.verbosity, out);
    if (packet.verbosity == 0) return;
    const Checksum sum = verify_checksum(packet, layer, claimed, 0, 2);
    if (!sum.known || sum.correct) return;
    out.put(" bad igmp cksum ");
    out.hex(sum.found);
    out.put('!');
}

void visit_reports(FieldReader& reader) {
    constexpr std::array<std::string_view, 7> kinds{"", "is in", "is exclude", "to in", "to exclude", "allow", "block"};
    reader.skip(2);
    std::size_t records = reader.u16(record_count);
    for (; records != 0 && reader.remaining() >= 8; --records) {
        const std::uint8_t kind = reader.peek();
        const std::size_t extra = std::size_t{reader.peek(1)} * 4;
        const std::size_t sources = reader.peek16(2);
        const std::size_t length = 8 + sources * 4 + extra;
        const std::string_view name = name_of(kinds, kind);
        reader.group(record, name, length, [&](FieldReader& one) {
            one.u8(record_type, name);
            one.u8(auxiliary_length);
            one.u16(source_count);
            one.bytes(address, 4);
            for (std::size_t left = sources; left != 0 && one.remaining() >= 4; --left) one.bytes(source, 4);
            one.tail(auxiliary);
        });
    }
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.bytes(layer), sink);
    const std::uint8_t kind = reader.peek();
    reader.u8(type, type_name(kind));
    const std::size_t claimed = claimed_length(packet, layer);
    const bool third = kind == 0x11 && claimed >= 12;
    const unsigned code = reader.u8();
    // The others have no such field.
    if (kind == 0x11 || kind == 0x12 || kind == 0x16 || kind == 0x17)
        reader.part(max_resp, third ? decoded(code) : code);
    reader.u16(checksum, checksum_verdict(packet, layer, claimed, 0));
    if (kind == 0x22) {
        visit_reports(reader);
    } else {
        reader.bytes(address, 4);
        if (third) {
            const unsigned flags = reader.u8();
            reader.part(suppress, (flags >> 3U) & 1U);
            reader.part(robustness, flags & 7U);
            const unsigned seconds = reader.u8();
            reader.part(interval, decoded(seconds));
            reader.u16(source_count);
            while (reader.remaining() >= 4) reader.bytes(source, 4);
        }
    }
    reader.tail(data);
}

}  // namespace

const Dissector igmp_dissector{Protocol::igmp, "igmp", "Internet Group Management Protocol", fields, step, info, visit};

}  // namespace fid::packet
