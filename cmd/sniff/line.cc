// SPDX-License-Identifier: MIT
#include "cmd/sniff/line.h"

#include <algorithm>

#include "packet/dissector.h"
#include "packet/line.h"
#include "packet/link/dissectors.h"

namespace fid::cmd::sniff {
namespace {

using packet::Layer;
using packet::Packet;
using packet::Protocol;

std::uint16_t read16(Bytes bytes, std::size_t offset) {
    return static_cast<std::uint16_t>(bytes[offset] << 8U | bytes[offset + 1]);
}

constexpr std::uint16_t least_ethertype = 0x0600;  // below it is a length (IEEE 802.3 3.2.6)

/// A packet that no layer has words for still gets a line.
void put_unknown(const Packet& packet, Text& out) {
    for (const Layer& layer : packet.layers()) {
        const Bytes header = packet.bytes(layer);
        if (layer.protocol != Protocol::ethernet || header.size() < 14 || read16(header, 12) < least_ethertype)
            continue;
        out.put("ethertype 0x");
        out.hex(read16(header, 12), 4);
        out.put(", ");
        break;
    }
    const Protocol highest = packet.highest();
    if (highest == Protocol::data) {
        out.put("link type ");
        out.number(packet.link_type);
        out.put(", ");
    }
    out.put("length ");
    out.number(packet.wire_length);
    out.put(": ");
    const bool ends_in_data = packet.layers().empty() || packet.layers().back().protocol == Protocol::data;
    out.put(ends_in_data ? "data" : packet::dissector(highest).name);
}

void put_ethertype(std::uint16_t type, Text& out) {
    out.put(", ethertype ");
    const std::string_view name = packet::ethertype_name(type);
    out.put(name.empty() ? "Unknown" : name);
    out.put(" (0x");
    out.hex(type, 4);
    out.put(')');
}

/// "vlan 200, p 0, ethertype ARP (0x0806), "
void put_tag(Bytes tag, Text& out) {
    if (tag.size() < 4) return;
    const unsigned control = read16(tag, 0);
    out.put("vlan ");
    out.number(control & 0xfffU);
    out.put(", p ");
    out.number(control >> 13U);
    if ((control & 0x1000U) != 0) out.put(", DEI");
    if (const std::uint16_t type = read16(tag, 2); type >= least_ethertype) put_ethertype(type, out);
    out.put(", ");
}

}  // namespace

void put_info(const Packet& packet, Text& out) {
    const std::size_t start = out.size();
    packet::write_line(packet, out);
    if (out.size() == start) put_unknown(packet, out);
}

void put_summary(const Packet& packet, Text& out) {
    const std::size_t start = out.size();
    packet::write_line_without_ends(packet, out);
    if (out.size() == start && !packet.has_addresses) put_unknown(packet, out);
}

bool put_link_header(const Packet& packet, Text& out) {
    if (packet.layers().empty()) return false;
    const Layer& link = packet.layers().front();
    const Bytes header = packet.bytes(link);
    if (link.protocol != Protocol::ethernet || header.size() < 14) return false;
    out.mac(header.subspan(6, 6));
    out.put(" > ");
    out.mac(header.first(6));
    const std::uint16_t type = read16(header, 12);
    if (type >= least_ethertype)
        put_ethertype(type, out);
    else
        out.put(", 802.3");
    out.put(", length ");
    out.number(packet.wire_length);
    out.put(": ");
    for (const Layer& tag : packet.layers())
        if (tag.protocol == Protocol::vlan) put_tag(packet.header(tag), out);
    return true;
}

Bytes above_link(const Packet& packet) {
    for (const Layer& layer : packet.layers()) {
        switch (layer.protocol) {
            case Protocol::ethernet:
            case Protocol::vlan:
            case Protocol::llc:
            case Protocol::snap:
            case Protocol::sll:
            case Protocol::sll2:
            case Protocol::null:
            case Protocol::ppp:
                continue;
            case Protocol::chdlc:
                // Its keepalives are read with the header.
                if (packet.inner(layer) != nullptr) continue;
                return packet.data.subspan(std::min<std::size_t>(layer.offset + 4, packet.data.size()));
            default:
                return packet.data.subspan(layer.offset);
        }
    }
    return packet.data;
}

}  // namespace fid::cmd::sniff
