// SPDX-License-Identifier: MIT
#include "packet/line.h"

#include <string>

#include "packet/dissector.h"
#include "packet/field_text.h"

namespace fid::packet {
namespace {

/// The layer that packet.source() was taken from.
bool gives_ends(const Packet& packet, const Layer& layer) {
    if (!packet.has_addresses) return false;
    const std::uint32_t at = packet.source_offset - layer.offset;
    return (layer.protocol == Protocol::ip && at == 12) || (layer.protocol == Protocol::ip6 && at == 8);
}

/// "IP a.1 > b.2: rest" written behind `start` becomes "rest"; words between "IP" and the addresses stay.
void remove_ends(std::size_t start, Text& out) {
    constexpr std::string_view arrow = " > ";
    const std::string_view text = out.view().substr(start);
    const std::size_t middle = text.find(arrow);
    if (middle == std::string_view::npos) return;
    const std::size_t family = std::min(text.find(' '), middle) + 1;
    const std::size_t address = text.rfind(' ', middle - 1) + 1;
    const std::size_t colon = text.find(": ", middle);
    std::string kept;
    if (address > family) kept.append(text.substr(family, address - family));
    if (colon != std::string_view::npos) kept.append(text.substr(colon + 2));
    if (kept.ends_with(' ')) kept.pop_back();
    out.truncate(start);
    out.put(kept);
}

/// From which verbosity on a layer's fields follow its words; 0 means never, because its words tell all there is.
unsigned fields_from(Protocol protocol) {
    switch (protocol) {
        // tcpdump's -v goes through all of these; fid has its own names for what is in them.
        case Protocol::stp:
        case Protocol::lldp:
        case Protocol::cdp:
        case Protocol::lacp:
        case Protocol::ospf:
        case Protocol::pim:
        case Protocol::eigrp:
        case Protocol::isis:
        case Protocol::rip:
        case Protocol::bgp:
        case Protocol::ldp:
        case Protocol::ntp:
        case Protocol::dhcp6:
        case Protocol::radius:
            return 1;
        case Protocol::none:
        case Protocol::data:
        case Protocol::ethernet:
        case Protocol::llc:
        case Protocol::snap:
        case Protocol::vlan:
        case Protocol::sll:
        case Protocol::sll2:
        case Protocol::null:
        case Protocol::raw:
        case Protocol::ppp:
        case Protocol::chdlc:
        case Protocol::mpls:
        case Protocol::arp:
        case Protocol::ip:
        case Protocol::ip6:
        case Protocol::ip6_hop:
        case Protocol::ip6_route:
        case Protocol::ip6_fragment:
        case Protocol::ip6_destination:
        case Protocol::icmp:
        case Protocol::icmp6:
        case Protocol::igmp:
        case Protocol::tcp:
        case Protocol::udp:
        case Protocol::dns:
        case Protocol::mdns:
        case Protocol::llmnr:
        case Protocol::dhcp:
        case Protocol::http:
        case Protocol::sip:
        case Protocol::ssdp:
        case Protocol::rtsp:
        case Protocol::ftp:
        case Protocol::smtp:
        case Protocol::pop:
        case Protocol::imap:
        case Protocol::irc:
        case Protocol::memcached:
        case Protocol::telnet:
        case Protocol::redis:
            return 0;
        default:
            return 2;
    }
}

void write_layers(const Packet& packet, bool ends, Text& out) {
    const std::size_t start = out.size();
    for (const Layer& layer : packet.layers()) {
        const std::size_t before = out.size();
        const char last = before == start ? ' ' : out.view().back();
        if (last != ' ' && last != '\n' && last != '\t') out.put(": ");
        const std::size_t behind = out.size();
        dissector(layer.protocol).info(packet, layer, out);
        if (!ends && gives_ends(packet, layer)) remove_ends(behind, out);
        if (packet.verbosity != 0) {
            const unsigned from = fields_from(layer.protocol);
            if (from != 0 && packet.verbosity >= from) write_fields(packet, layer, out);
        }
        if (out.size() == behind) out.truncate(before);
    }
}

}  // namespace

void write_line(const Packet& packet, Text& out) { write_layers(packet, true, out); }

void write_line_without_ends(const Packet& packet, Text& out) { write_layers(packet, false, out); }

}  // namespace fid::packet
