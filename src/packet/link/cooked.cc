// SPDX-License-Identifier: MIT
// Linux "cooked" captures (LINKTYPE_LINUX_SLL and _SLL2): what the any device gives instead of link headers.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 5> packet_types{{{0, "In"}, {1, "B"}, {2, "M"}, {3, "P"}, {4, "Out"}}};
constexpr std::array<Named, 8> hardware_types{{{1, "Ethernet"},
                                               {512, "PPP"},
                                               {772, "loopback"},
                                               {778, "GRE"},
                                               {801, "802.11"},
                                               {803, "802.11 with radiotap"},
                                               {824, "netlink"},
                                               {65534, "none"}}};

/// Protocols below 0x600 are Linux's own (if_ether.h), and some hardware types change what follows.
Protocol behind_cooked(std::uint16_t hardware, std::uint16_t protocol) {
    if (hardware == 803) return Protocol::radiotap;
    if (hardware == 801) return Protocol::ieee80211;
    if (hardware == 824) return Protocol::data;
    if (protocol == 0x0004) return Protocol::llc;
    return protocol >= 0x600 ? by_ethertype(protocol) : Protocol::data;
}

enum Field : unsigned { type, hardware, halen, address, ifindex, etype };
constexpr std::array sll_fields{
    FieldInfo{"sll.pkttype", FieldType::number, "Packet type"},
    FieldInfo{"sll.hatype", FieldType::number, "Hardware type"},
    FieldInfo{"sll.halen", FieldType::number, "Address length"},
    FieldInfo{"sll.src", FieldType::mac, "Source"},
    FieldInfo{"sll.ifindex", FieldType::number, "Interface"},
    FieldInfo{"sll.etype", FieldType::hex, "Protocol"},
};
constexpr std::array sll2_fields{
    FieldInfo{"sll2.pkttype", FieldType::number, "Packet type"},
    FieldInfo{"sll2.hatype", FieldType::number, "Hardware type"},
    FieldInfo{"sll2.halen", FieldType::number, "Address length"},
    FieldInfo{"sll2.src", FieldType::mac, "Source"},
    FieldInfo{"sll2.ifindex", FieldType::number, "Interface"},
    FieldInfo{"sll2.etype", FieldType::hex, "Protocol"},
};

Step step_sll(Bytes bytes, Packet& packet, std::size_t offset) {
    Cursor in(bytes);
    in.skip(2);
    const std::uint16_t hatype = in.u16();
    in.skip(10);
    const std::uint16_t protocol = in.u16();
    if (!in.ok()) return short_header(bytes, packet, offset);
    return {.header = in.offset(), .next = behind_cooked(hatype, protocol)};
}

Step step_sll2(Bytes bytes, Packet& packet, std::size_t offset) {
    Cursor in(bytes);
    const std::uint16_t protocol = in.u16();
    in.skip(6);
    const std::uint16_t hatype = in.u16();
    in.skip(10);
    if (!in.ok()) return short_header(bytes, packet, offset);
    return {.header = in.offset(), .next = behind_cooked(hatype, protocol)};
}

void report_protocol(FieldReader& in) {
    const std::uint16_t protocol = in.u16();
    in.part(etype, protocol, ethertype_name(protocol));
}

void report_address(FieldReader& in, std::uint64_t length) {
    const std::size_t used = std::min<std::size_t>(length, 8);
    if (used != 0) in.bytes(address, used);
    in.skip(8 - used);
}

void visit_sll(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    in.u16(type, packet_types);
    in.u16(hardware, hardware_types);
    report_address(in, in.u16(halen));
    report_protocol(in);
}

void visit_sll2(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    report_protocol(in);
    in.skip(2);
    in.u32(ifindex);
    in.u16(hardware, hardware_types);
    in.u8(type, packet_types);
    report_address(in, in.u8(halen));
}

}  // namespace

constexpr Dissector sll_dissector{Protocol::sll, "sll",    "Linux cooked capture", sll_fields, step_sll,
                                  no_info,       visit_sll};
constexpr Dissector sll2_dissector{Protocol::sll2, "sll2",    "Linux cooked capture v2", sll2_fields, step_sll2,
                                   no_info,        visit_sll2};

}  // namespace fid::packet
