// SPDX-License-Identifier: MIT
// EIGRP (RFC 7868): the head and its type-length-values.
#include <array>

#include "packet/field_reader.h"
#include "packet/routing/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 8> opcodes{{{1, "Update"},
                                        {2, "Request"},
                                        {3, "Query"},
                                        {4, "Reply"},
                                        {5, "Hello"},
                                        {6, "IPX SAP"},
                                        {10, "SIA Query"},
                                        {11, "SIA Reply"}}};
constexpr std::array<Named, 10> types{{{0x0001, "General Parameters"},
                                       {0x0002, "Authentication"},
                                       {0x0003, "Sequence"},
                                       {0x0004, "Software Version"},
                                       {0x0005, "Next Multicast Sequence"},
                                       {0x0102, "IP Internal routes"},
                                       {0x0103, "IP External routes"},
                                       {0x0402, "IPv6 Internal routes"},
                                       {0x0403, "IPv6 External routes"},
                                       {0x0602, "Internal routes"}}};

enum Field : unsigned {
    version,
    opcode,
    checksum,
    flags,
    sequence,
    acknowledge,
    router,
    system,
    tlv,
    tlv_type,
    tlv_length,
    value
};
constexpr std::array eigrp_fields{
    FieldInfo{"eigrp.version", FieldType::number, "Version"},
    FieldInfo{"eigrp.opcode", FieldType::number, "Opcode"},
    FieldInfo{"eigrp.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"eigrp.flags", FieldType::hex, "Flags"},
    FieldInfo{"eigrp.seq", FieldType::number, "Sequence"},
    FieldInfo{"eigrp.ack", FieldType::number, "Acknowledge"},
    FieldInfo{"eigrp.vrid", FieldType::number, "Virtual router"},
    FieldInfo{"eigrp.as", FieldType::number, "Autonomous system"},
    FieldInfo{"eigrp.tlv", FieldType::group, "TLV"},
    FieldInfo{"eigrp.tlv.type", FieldType::hex, "Type"},
    FieldInfo{"eigrp.tlv.len", FieldType::number, "Length"},
    FieldInfo{"eigrp.tlv.value", FieldType::bytes, "Value"},
};

constexpr std::size_t header_size = 20;

Step step_eigrp(Bytes bytes, Packet& packet, std::size_t offset) {
    return whole_layer(bytes, packet, offset, header_size);
}

void info_eigrp(const Packet& packet, const Layer& layer, Text& out) {
    if (layer.length < 2) return;
    out.put("EIGRP ");
    out.put(name_of(opcodes, packet.bytes(layer)[1], "unknown"));
    out.put(", length: ");
    out.number(wire_size(packet, layer));
}

void visit_eigrp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    in.u8(version);
    in.u8(opcode, opcodes);
    in.u16(checksum);
    for (const unsigned field : {flags, sequence, acknowledge}) in.u32(field);
    for (const unsigned field : {router, system}) in.u16(field);
    while (in.more()) {
        // The length counts its own four bytes; less would not advance.
        const std::size_t size = std::max<std::size_t>(in.peek16(2), 4);
        in.group(tlv, name_of(types, in.peek16()), size, [](FieldReader& one) {
            one.u16(tlv_type, types);
            one.u16(tlv_length);
            one.tail(value);
        });
    }
}

}  // namespace

constexpr Dissector eigrp_dissector{Protocol::eigrp, "eigrp",    "Enhanced Interior Gateway Routing Protocol",
                                    eigrp_fields,    step_eigrp, info_eigrp,
                                    visit_eigrp};

}  // namespace fid::packet
