// SPDX-License-Identifier: MIT
#include "packet/network/enclosing.h"

#include <array>

#include "packet/network/octets.h"
#include "packet/put.h"

namespace fid::packet {
namespace {

bool is_extension(Protocol protocol) {
    return protocol == Protocol::ip6_hop || protocol == Protocol::ip6_route || protocol == Protocol::ip6_fragment ||
           protocol == Protocol::ip6_destination || protocol == Protocol::ah;
}

bool has_ports(Protocol protocol) {
    return protocol == Protocol::tcp || protocol == Protocol::udp || protocol == Protocol::sctp ||
           protocol == Protocol::dccp;
}

/// Length of the whole IP datagram as its header claims it.
std::size_t datagram_length(const Packet& packet, const Layer& ip) {
    const Bytes header = packet.bytes(ip);
    const std::size_t field = ip.protocol == Protocol::ip ? be16(header, 2) : be16(header, 4);
    // 0 is what segmentation offload and jumbograms leave behind: as long as the packet is.
    if (field == 0) return packet.wire_length > ip.offset ? packet.wire_length - ip.offset : ip.length;
    return ip.protocol == Protocol::ip ? field : field + 40;
}

/// -v: "(rtalert: 0x0000) (padn) ", the options of a hop-by-hop or destination header (RFC 8200 section 4.2).
void write_extension_options(Protocol protocol, Bytes header, Text& out) {
    if ((protocol != Protocol::ip6_hop && protocol != Protocol::ip6_destination) || header.size() < 2) return;
    Cursor at(header);
    at.skip(2);
    while (at.ok() && at.remaining() != 0) {
        const std::uint8_t type = at.u8();
        if (type == 0) {
            out.put("(pad1) ");
            continue;
        }
        const Bytes value = at.take(at.u8());
        if (!at.ok()) return;
        if (type == 1) {
            out.put("(padn) ");
        } else if (type == 5 && value.size() == 2) {
            out.put("(rtalert: 0x");
            out.hex(be16(value, 0), 4);
            out.put(") ");
        } else if (type == 0xc2 && value.size() == 4) {
            out.put("(jumbo: ");
            out.number(be32(value, 0));
            out.put(") ");
        } else {
            out.put("(opt_type 0x");
            out.hex(type, 2);
            out.put(": len=");
            out.number(value.size());
            out.put(") ");
        }
    }
}

/// The sum over the layer and its pseudo header.
std::uint32_t checksum_sum(const Packet& packet, const Layer& layer, std::size_t covered, std::uint8_t protocol) {
    std::uint32_t sum = checksum_add(packet.bytes(layer).first(covered));
    const Layer* ip = enclosing_ip(packet, layer);
    if (protocol == 0 || ip == nullptr) return sum;
    const bool v4 = ip->protocol == Protocol::ip;
    sum = checksum_add(packet.bytes(*ip).subspan(v4 ? 12 : 8, v4 ? 8 : 32), sum);
    return sum + static_cast<std::uint32_t>(covered) + protocol;
}

}  // namespace

const Layer* enclosing_ip(const Packet& packet, const Layer& layer) {
    const Layer* outer = packet.outer(layer);
    while (outer != nullptr && is_extension(outer->protocol)) outer = packet.outer(*outer);
    if (outer == nullptr) return nullptr;
    const std::size_t least = outer->protocol == Protocol::ip ? 20 : 40;
    const bool ip = outer->protocol == Protocol::ip || outer->protocol == Protocol::ip6;
    return ip && outer->length >= least ? outer : nullptr;
}

std::size_t claimed_length(const Packet& packet, const Layer& layer) {
    const Layer* ip = enclosing_ip(packet, layer);
    if (ip == nullptr) return layer.length;
    const std::size_t total = datagram_length(packet, *ip);
    const std::size_t before = layer.offset - ip->offset;
    return total > before ? total - before : layer.length;
}

void write_extension_word(const Packet& packet, const Layer& extension, Text& out) {
    const Bytes header = packet.header(extension);
    if (extension.protocol == Protocol::ip6_hop) out.put("HBH ");
    if (extension.protocol == Protocol::ip6_destination) out.put("DSTOPT ");
    if (packet.verbosity != 0) write_extension_options(extension.protocol, header, out);
    if (extension.protocol == Protocol::ip6_route && header.size() >= 4) {
        out.put("srcrt (len=");
        out.number(header[1]);
        out.put(", type=");
        out.number(header[2]);
        out.put(", segleft=");
        out.number(header[3]);
        out.put(") ");
    }
    if (extension.protocol == Protocol::ip6_fragment && header.size() >= 8) {
        out.put("frag (");
        out.number(be16(header, 2) & 0xfff8U);
        out.put('|');
        const std::size_t claimed = claimed_length(packet, extension);
        out.number(claimed > 8 ? claimed - 8 : 0);
        out.put(") ");
    }
}

bool write_extension_words(const Packet& packet, const Layer& layer, Text& out) {
    const Layer* first = packet.outer(layer);
    while (first != nullptr && is_extension(first->protocol) && first->protocol != Protocol::ah)
        first = packet.outer(*first);
    if (first == nullptr || packet.outer(layer) == first) return false;
    for (first = packet.inner(*first); first != &layer; first = packet.inner(*first))
        write_extension_word(packet, *first, out);
    return true;
}

std::uint32_t checksum_add(Bytes bytes, std::uint32_t sum) {
    std::size_t i = 0;
    for (; i + 1 < bytes.size(); i += 2) sum += be16(bytes, i);
    if (i < bytes.size()) sum += std::uint32_t{bytes[i]} << 8U;
    return sum;
}

std::uint16_t checksum_fold(std::uint32_t sum) {
    while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
    return static_cast<std::uint16_t>(~sum);
}

Checksum verify_checksum(const Packet& packet, const Layer& layer, std::size_t covered, std::uint8_t protocol,
                         std::size_t at) {
    const std::string_view verdict = checksum_verdict(packet, layer, covered, protocol);
    if (verdict.empty() || covered < at + 2) return {};
    Checksum sum{.known = true, .correct = verdict == "correct", .found = be16(packet.bytes(layer), at)};
    sum.expected = sum.found;
    if (sum.correct) return sum;
    // What the checksum would have to be to make the sum zero (RFC 1624).
    const std::uint16_t left = checksum_fold(checksum_sum(packet, layer, covered, protocol));
    sum.expected = static_cast<std::uint16_t>(~checksum_fold(std::uint32_t{sum.found} + left));
    return sum;
}

void write_checksum(const Checksum& checksum, Text& out) {
    if (!checksum.known) return;
    out.put("cksum 0x");
    out.hex(checksum.found, 4);
    if (checksum.correct) return out.put(" (correct)");
    out.put(" (incorrect -> 0x");
    out.hex(checksum.expected, 4);
    out.put(')');
}

void write_checksum_note(const Checksum& checksum, std::string_view name, Text& out) {
    if (!checksum.known) return;
    out.put(checksum.correct ? "[" : "[bad ");
    out.put(name);
    if (checksum.correct) return out.put(" sum ok] ");
    out.put(" cksum 0x");
    out.hex(checksum.found, 4);
    out.put(" -> 0x");
    out.hex(checksum.expected, 4);
    out.put("!] ");
}

std::string_view checksum_verdict(const Packet& packet, const Layer& layer, std::size_t covered,
                                  std::uint8_t protocol) {
    const Layer* ip = enclosing_ip(packet, layer);
    if (ip == nullptr || packet.fragment || covered > layer.length || covered > 0xffff) return {};
    // A routing header with segments left changes the address the sum is over: not known here.
    for (const Layer* each = packet.inner(*ip); protocol != 0 && each != &layer; each = packet.inner(*each))
        if (each->protocol == Protocol::ip6_route) return {};
    const std::uint32_t sum = checksum_sum(packet, layer, covered, protocol);
    return checksum_fold(sum) == 0 ? "correct" : "incorrect";
}

void write_ends(const Packet& packet, const Layer& layer, Bytes source, Bytes destination, Text& out) {
    const Layer* inner = packet.inner(layer);
    const bool ports = inner != nullptr && has_ports(inner->protocol) && inner->header >= 4;
    put_address(out, source);
    if (ports) {
        out.put('.');
        out.number(be16(packet.header(*inner), 0));
    }
    out.put(" > ");
    put_address(out, destination);
    if (ports) {
        out.put('.');
        out.number(be16(packet.header(*inner), 2));
    }
}

void write_unknown_upper(const Packet& packet, const Layer& layer, std::uint8_t protocol, bool with_length, Text& out) {
    out.put("ip-proto-");
    out.number(protocol);
    if (!with_length) return;
    const std::size_t claimed = claimed_length(packet, layer);
    out.put(' ');
    out.number(claimed);
}

std::string_view ip_protocol_word(std::uint8_t number) {
    constexpr std::array<std::pair<std::uint8_t, std::string_view>, 9> others{{{0, "Options"},
                                                                               {4, "IPIP"},
                                                                               {9, "IGRP"},
                                                                               {43, "Routing"},
                                                                               {44, "Fragment"},
                                                                               {55, "Mobile IP"},
                                                                               {60, "Options"},
                                                                               {108, "Compressed IP"},
                                                                               {113, "PGM"}}};
    for (const auto& [other, word] : others)
        if (other == number) return word;
    const std::string_view name = ip_protocol_name(number);
    return name.empty() ? "unknown" : name;
}

std::string_view ip_protocol_name(std::uint8_t number) {
    switch (number) {
        case 0:
            return "HOPOPT";
        case 1:
            return "ICMP";
        case 2:
            return "IGMP";
        case 4:
            return "IPv4";
        case 6:
            return "TCP";
        case 8:
            return "EGP";
        case 9:
            return "IGP";
        case 17:
            return "UDP";
        case 33:
            return "DCCP";
        case 41:
            return "IPv6";
        case 43:
            return "IPv6-Route";
        case 44:
            return "IPv6-Frag";
        case 46:
            return "RSVP";
        case 47:
            return "GRE";
        case 50:
            return "ESP";
        case 51:
            return "AH";
        case 58:
            return "ICMPv6";
        case 59:
            return "IPv6-NoNxt";
        case 60:
            return "IPv6-Opts";
        case 88:
            return "EIGRP";
        case 89:
            return "OSPF";
        case 94:
            return "IPIP";
        case 97:
            return "EtherIP";
        case 103:
            return "PIM";
        case 108:
            return "IPComp";
        case 112:
            return "VRRP";
        case 115:
            return "L2TP";
        case 124:
            return "IS-IS";
        case 132:
            return "SCTP";
        case 135:
            return "Mobility";
        case 136:
            return "UDP-Lite";
        case 137:
            return "MPLS";
        default:
            return {};
    }
}

}  // namespace fid::packet
