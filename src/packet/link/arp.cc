// SPDX-License-Identifier: MIT
// Address resolution (RFC 826), reverse (RFC 903) and inverse (RFC 2390), for any lengths of hardware and protocol
// address.
#include <algorithm>
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/put.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 6> hardware{
    {{1, "Ethernet"}, {6, "IEEE 802"}, {15, "Frame Relay"}, {19, "ATM"}, {24, "IEEE 1394"}, {32, "InfiniBand"}}};
constexpr std::array<Named, 7> opcodes{{{1, "Request"},
                                        {2, "Reply"},
                                        {3, "Reverse Request"},
                                        {4, "Reverse Reply"},
                                        {8, "Inverse Request"},
                                        {9, "Inverse Reply"},
                                        {10, "NACK Reply"}}};

enum Field : unsigned {
    hw_type,
    proto_type,
    hw_size,
    proto_size,
    opcode,
    src_hw,
    src_ip,
    src_proto,
    dst_hw,
    dst_ip,
    dst_proto
};
constexpr std::array arp_fields{
    FieldInfo{"arp.hw.type", FieldType::number, "Hardware type"},
    FieldInfo{"arp.proto.type", FieldType::hex, "Protocol type"},
    FieldInfo{"arp.hw.size", FieldType::number, "Hardware size"},
    FieldInfo{"arp.proto.size", FieldType::number, "Protocol size"},
    FieldInfo{"arp.opcode", FieldType::number, "Opcode"},
    FieldInfo{"arp.src.hw_mac", FieldType::mac, "Sender hardware address"},
    FieldInfo{"arp.src.proto_ipv4", FieldType::ipv4, "Sender IP address"},
    FieldInfo{"arp.src.proto", FieldType::bytes, "Sender protocol address"},
    FieldInfo{"arp.dst.hw_mac", FieldType::mac, "Target hardware address"},
    FieldInfo{"arp.dst.proto_ipv4", FieldType::ipv4, "Target IP address"},
    FieldInfo{"arp.dst.proto", FieldType::bytes, "Target protocol address"},
};

/// The fixed part and the four addresses behind it.
struct Arp {
    explicit Arp(Bytes bytes) : in(bytes) {
        hardware = in.u16();
        protocol = in.u16();
        hlen = in.u8();
        plen = in.u8();
        operation = in.u16();
        sender_hw = in.take(hlen);
        sender = in.take(plen);
        target_hw = in.take(hlen);
        target = in.take(plen);
    }
    Cursor in;
    std::uint8_t hlen, plen;
    std::uint16_t hardware, protocol, operation;
    Bytes sender_hw, sender, target_hw, target;
};

Step step_arp(Bytes bytes, Packet& packet, std::size_t offset) {
    const Arp arp(bytes);
    if (!arp.in.ok()) return short_header(bytes, packet, offset);
    return {.header = arp.in.offset(), .payload = 0};
}

bool is_zero(Bytes bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

/// tcpdump's words: one address, a verb, another.
struct Sentence {
    std::uint16_t operation;
    std::string_view start;
    Bytes Arp::* first;
    std::string_view middle;
    Bytes Arp::* second;
};
constexpr std::array sentences{
    Sentence{1, "Request who-has ", &Arp::target, " tell ", &Arp::sender},
    Sentence{2, "Reply ", &Arp::sender, " is-at ", &Arp::sender_hw},
    Sentence{3, "Reverse Request who-is ", &Arp::target_hw, " tell ", &Arp::sender_hw},
    Sentence{4, "Reverse Reply ", &Arp::target_hw, " at ", &Arp::target},
    Sentence{8, "Inverse Request who-is ", &Arp::target_hw, " tell ", &Arp::sender_hw},
    Sentence{9, "Inverse Reply ", &Arp::sender_hw, " at ", &Arp::sender},
};

void info_arp(const Packet& packet, const Layer& layer, Text& out) {
    const Arp arp(packet.bytes(layer));
    if (!arp.in.ok()) return;
    out.put("ARP, ");
    if (packet.verbosity != 0) {
        // The kinds of addresses with their widths.
        out.put(arp.hardware == 1 ? "Ethernet" : arp.hardware == 6 ? "TokenRing" : "Unknown Hardware");
        out.put(" (len ");
        out.number(arp.hlen);
        out.put(arp.protocol == 0x0800 ? "), IPv4 (len " : "), Unknown Protocol (len ");
        out.number(arp.plen);
        out.put("), ");
    }
    if (const auto* const sentence = std::ranges::find(sentences, arp.operation, &Sentence::operation);
        sentence != sentences.end()) {
        out.put(sentence->start);
        put_address(out, arp.*sentence->first);
        if (arp.operation == 1 && !is_zero(arp.target_hw)) {
            out.put(" (");
            out.mac(arp.target_hw);
            out.put(')');
        }
        out.put(sentence->middle);
        put_address(out, arp.*sentence->second);
    } else {
        out.put("Unknown (");
        out.number(arp.operation);
        out.put(')');
    }
    out.put(", length ");
    out.number(packet.wire_length - layer.offset);
}

void visit_arp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    in.u16(hw_type, hardware);
    const std::uint16_t type = in.u16();
    in.part(proto_type, type, ethertype_name(type));
    const std::size_t hlen = in.u8(hw_size);
    const std::size_t plen = in.u8(proto_size);
    in.u16(opcode, opcodes);
    in.bytes(src_hw, hlen);
    in.bytes(plen == 4 ? src_ip : src_proto, plen);
    in.bytes(dst_hw, hlen);
    in.bytes(plen == 4 ? dst_ip : dst_proto, plen);
}

}  // namespace

constexpr Dissector arp_dissector{Protocol::arp, "arp", "ARP", arp_fields, step_arp, info_arp, visit_arp};

}  // namespace fid::packet
