// SPDX-License-Identifier: MIT
// The headers of NetFlow v5, v9 (RFC 3954) and IPFIX (RFC 7011), and their sets or v5 flow records.
#include <array>

#include "packet/datagram/family.h"
#include "packet/field_reader.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_version,
    f_count,
    f_length,
    f_uptime,
    f_seconds,
    f_nanoseconds,
    f_sequence,
    f_source,
    f_sampling,
    f_set,
    f_set_id,
    f_set_length,
    f_set_data,
    f_flow,
    f_src,
    f_dst,
    f_next_hop,
    f_packets,
    f_octets,
    f_sport,
    f_dport,
    f_tcp_flags,
    f_protocol
};
constexpr std::array fields{
    FieldInfo{"netflow.version", FieldType::number, "Version"},
    FieldInfo{"netflow.count", FieldType::number, "Records"},
    FieldInfo{"netflow.length", FieldType::number, "Length"},
    FieldInfo{"netflow.uptime", FieldType::number, "System uptime (ms)"},
    FieldInfo{"netflow.seconds", FieldType::number, "Export time (s)"},
    FieldInfo{"netflow.nanoseconds", FieldType::number, "Export time (ns)"},
    FieldInfo{"netflow.sequence", FieldType::number, "Sequence number"},
    FieldInfo{"netflow.source", FieldType::number, "Source or domain"},
    FieldInfo{"netflow.sampling", FieldType::number, "Sampling"},
    FieldInfo{"netflow.set", FieldType::group, "Set"},
    FieldInfo{"netflow.set.id", FieldType::number, "Set ID"},
    FieldInfo{"netflow.set.length", FieldType::number, "Set length"},
    FieldInfo{"netflow.set.data", FieldType::bytes, "Set data"},
    FieldInfo{"netflow.flow", FieldType::group, "Flow"},
    FieldInfo{"netflow.flow.src", FieldType::ipv4, "Source"},
    FieldInfo{"netflow.flow.dst", FieldType::ipv4, "Destination"},
    FieldInfo{"netflow.flow.nexthop", FieldType::ipv4, "Next hop"},
    FieldInfo{"netflow.flow.packets", FieldType::number, "Packets"},
    FieldInfo{"netflow.flow.octets", FieldType::number, "Octets"},
    FieldInfo{"netflow.flow.sport", FieldType::number, "Source port"},
    FieldInfo{"netflow.flow.dport", FieldType::number, "Destination port"},
    FieldInfo{"netflow.flow.tcp_flags", FieldType::hex, "TCP flags"},
    FieldInfo{"netflow.flow.protocol", FieldType::number, "Protocol"},
};
constexpr std::size_t flow5_size = 48;

std::size_t header_size(unsigned version) { return version == 5 ? 24 : version == 9 ? 20 : version == 10 ? 16 : 0; }

Step step(Bytes bytes, Packet& packet, std::size_t) {
    Cursor at(bytes);
    const unsigned version = at.u16();
    const unsigned second = at.u16();
    if (!at.ok()) return too_short(bytes, packet);
    const std::size_t least = header_size(version);
    if (least == 0) return {.refused = true};
    if (bytes.size() < least) return too_short(bytes, packet);
    const std::size_t wanted = version == 5 ? least + second * flow5_size : version == 10 ? second : least;
    if (version == 10 && second < least) return {.refused = true};
    return whole_message(bytes, packet, wanted > bytes.size());
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    Cursor at(packet.bytes(layer));
    const unsigned version = at.u16();
    const unsigned count = at.u16();
    if (version == 10)
        out.put("IPFIX");
    else {
        out.put("NetFlow v");
        out.number(version);
        out.put(", ");
        out.number(count);
        out.put(version == 5 ? " recs" : " records");
    }
    out.put(", length ");
    out.number(layer.length);
}

void visit_flow(FieldReader& at) {
    at.bytes(f_src, 4);
    at.bytes(f_dst, 4);
    at.bytes(f_next_hop, 4);
    at.skip(4);
    at.u32(f_packets);
    at.u32(f_octets);
    at.skip(8);
    at.u16(f_sport);
    at.u16(f_dport);
    at.skip(1);
    at.u8(f_tcp_flags);
    at.u8(f_protocol);
}

void visit_sets(FieldReader& at, unsigned version) {
    while (at.remaining() >= 4) {
        const std::size_t length = at.peek16(2);
        if (length < 4 || length > at.remaining()) return;
        const unsigned id = at.peek16();
        const unsigned first = version == 9 ? 0 : 2;
        const std::string_view name = id == first       ? "templates"
                                      : id == first + 1 ? "option templates"
                                      : id >= 256       ? "data"
                                                        : "";
        at.group(f_set, name, length, [&](FieldReader& set) {
            set.u16(f_set_id, name);
            set.u16(f_set_length);
            set.tail(f_set_data);
        });
    }
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader at(packet.bytes(layer), sink);
    const unsigned version = at.u16(f_version);
    const std::uint64_t count = at.u16(version == 10 ? f_length : f_count);
    if (version != 10) at.u32(f_uptime);
    at.u32(f_seconds);
    if (version == 5) at.u32(f_nanoseconds);
    at.u32(f_sequence);
    if (version != 5) {
        at.u32(f_source);
        return visit_sets(at, version);
    }
    at.u16(f_source);
    at.u16(f_sampling);
    for (std::uint64_t i = 0; i < count && at.remaining() >= flow5_size; ++i)
        at.group(f_flow, {}, flow5_size, visit_flow);
}

}  // namespace

const Dissector netflow_dissector{Protocol::netflow, "netflow", "NetFlow and IPFIX", fields, step, info, visit};

}  // namespace fid::packet
