// SPDX-License-Identifier: MIT
// Words are decided from a layer's own bytes, at the offsets their RFCs give, without asking the dissectors.
#include <algorithm>

#include "packet/cursor.h"
#include "packet/filter/program.h"

namespace fid::packet::filter {
namespace {

std::uint32_t read(Bytes bytes, std::size_t offset, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = (value << 8U) | bytes[offset + i];
    return value;
}

/// Joins what the two ends say: `source or destination` unless a side was asked for.
template <class Test>
bool on_side(Side side, Test&& test) {
    switch (side) {
        case Side::source:
            return test(true);
        case Side::destination:
            return test(false);
        case Side::both:
            return test(true) && test(false);
        case Side::either:
            break;
    }
    return test(true) || test(false);
}

bool wanted(const Node& node, const Layer& layer) {
    return node.protocol == Protocol::none || node.protocol == layer.protocol;
}

bool in_range(const Range& range, Bytes bytes, std::size_t offset) {
    if (range.family == Family::v4) {
        const std::uint32_t number = read(bytes, offset, 4);
        return number >= range.first && number <= range.last;
    }
    Uint128 number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = (number << 32U) | read(bytes, offset + 4 * i, 4);
    return number >= range.first && number <= range.last;
}

bool has_host(const Node& node, const Packet& packet) {
    const bool v4 = node.range.family == Family::v4;
    for (const Layer& layer : packet.layers()) {
        if (!wanted(node, layer)) continue;
        const Bytes bytes = packet.bytes(layer);
        const auto at = [&](std::size_t source, std::size_t destination) {
            return on_side(node.side,
                           [&](bool first) { return in_range(node.range, bytes, first ? source : destination); });
        };
        if (v4 && layer.protocol == Protocol::ip && bytes.size() >= 20 && at(12, 16)) return true;
        if (!v4 && layer.protocol == Protocol::ip6 && bytes.size() >= 40 && at(8, 24)) return true;
        if (v4 && layer.protocol == Protocol::arp && bytes.size() >= 8 && bytes[5] == 4) {
            const std::size_t hardware = bytes[4];
            if (bytes.size() >= 16 + 2 * hardware && at(8 + hardware, 12 + 2 * hardware)) return true;
        }
    }
    return false;
}

bool has_port(const Node& node, const Packet& packet) {
    for (const Layer& layer : packet.layers()) {
        const bool carries = layer.protocol == Protocol::tcp || layer.protocol == Protocol::udp ||
                             layer.protocol == Protocol::sctp || layer.protocol == Protocol::dccp;
        if (!carries || !wanted(node, layer) || layer.length < 4) continue;
        const Bytes bytes = packet.bytes(layer);
        const auto test = [&](bool first) {
            const std::uint32_t port = read(bytes, first ? 0 : 2, 2);
            return port >= node.low && port <= node.high;
        };
        if (on_side(node.side, test)) return true;
    }
    return false;
}

bool has_hardware(const Node& node, const Packet& packet) {
    for (const Layer& layer : packet.layers()) {
        const Bytes bytes = packet.bytes(layer);
        // IEEE 802.3: destination, source. IEEE 802.11 data and management frames: receiver, transmitter.
        const bool ethernet = layer.protocol == Protocol::ethernet && bytes.size() >= 12;
        const bool radio = layer.protocol == Protocol::ieee80211 && bytes.size() >= 16;
        if (!ethernet && !radio) continue;
        const std::size_t start = radio ? 4 : 0;
        const auto test = [&](bool first) {
            return std::ranges::equal(bytes.subspan(first ? start + 6 : start, 6), node.mac);
        };
        if (on_side(node.side, test)) return true;
    }
    return false;
}

bool has_cast(const Node& node, const Packet& packet) {
    for (const Layer& layer : packet.layers()) {
        const Bytes bytes = packet.bytes(layer);
        const bool ethernet = layer.protocol == Protocol::ethernet && bytes.size() >= 6;
        const bool ip = layer.protocol == Protocol::ip && bytes.size() >= 20;
        switch (static_cast<Cast>(node.low)) {
            case ether_broadcast:
                if (ethernet && std::ranges::all_of(bytes.first(6), [](std::uint8_t b) { return b == 0xff; }))
                    return true;
                break;
            case ether_multicast:
                if (ethernet && (bytes[0] & 1U) != 0) return true;
                break;
            case ip_broadcast:
                if (ip && read(bytes, 16, 4) == 0xffffffffU) return true;
                break;
            case ip_multicast:
                if (ip && (bytes[16] & 0xf0U) == 0xe0 && node.protocol != Protocol::ip6) return true;
                if (layer.protocol == Protocol::ip6 && bytes.size() >= 40 && bytes[24] == 0xff &&
                    node.protocol != Protocol::ip)
                    return true;
                break;
        }
    }
    return false;
}

bool has_tag(const Node& node, const Packet& packet) {
    for (const Layer& layer : packet.layers()) {
        if (layer.protocol != node.protocol) continue;
        const Bytes bytes = packet.header(layer);
        if (layer.protocol == Protocol::vlan && bytes.size() >= 2 && (read(bytes, 0, 2) & 0xfffU) == node.low)
            return true;
        if (layer.protocol == Protocol::pppoe && bytes.size() >= 4 && read(bytes, 2, 2) == node.low) return true;
        if (layer.protocol != Protocol::mpls) continue;
        for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4)
            if (read(bytes, at, 4) >> 12U == node.low) return true;
    }
    return false;
}

bool has_ip_protocol(const Node& node, const Packet& packet) {
    for (const Layer& layer : packet.layers()) {
        const Bytes bytes = packet.bytes(layer);
        const bool v4 = node.protocol != Protocol::ip6;
        const bool v6 = node.protocol != Protocol::ip;
        switch (layer.protocol) {
            case Protocol::ip:
                if (v4 && bytes.size() >= 10 && bytes[9] == node.low) return true;
                break;
            case Protocol::ip6:
                if (v6 && bytes.size() >= 7 && bytes[6] == node.low) return true;
                break;
            case Protocol::ip6_hop:
            case Protocol::ip6_route:
            case Protocol::ip6_fragment:
            case Protocol::ip6_destination:
            case Protocol::ah:
                if (v6 && !bytes.empty() && bytes[0] == node.low) return true;
                break;
            default:
                break;
        }
    }
    return false;
}

bool has_ether_type(const Node& node, const Packet& packet) {
    for (const Layer& layer : packet.layers()) {
        const Bytes bytes = packet.bytes(layer);
        std::size_t at = 0;
        switch (layer.protocol) {
            case Protocol::ethernet:
                at = 12;
                break;
            case Protocol::vlan:
                at = 2;
                break;
            case Protocol::sll:
                at = 14;
                break;
            case Protocol::sll2:
                at = 0;
                break;
            case Protocol::gre:
                at = 2;
                break;
            default:
                continue;
        }
        if (bytes.size() >= at + 2 && read(bytes, at, 2) == node.low) return true;
    }
    return false;
}

bool has_bytes(const ByteTest& test, const Packet& packet) {
    for (const Layer& layer : packet.layers()) {
        if (layer.protocol != test.protocol) continue;
        const Bytes bytes = packet.data.subspan(layer.offset, layer.length);
        if (test.offset > bytes.size() || bytes.size() - test.offset < test.size) continue;
        if (holds(test.relation, read(bytes, test.offset, test.size) & test.mask, test.value)) return true;
    }
    return false;
}

bool evaluate_node(const Program& program, std::uint32_t index, const Packet& packet, const Frame& frame) {
    const Node& node = program.nodes[index];
    switch (node.op) {
        case Op::chain: {
            bool value = false;
            for (std::uint32_t i = 0; i < node.right; ++i) {
                const Link& link = program.links[node.left + i];
                if (i != 0 && value != link.is_and) continue;  // decided already
                value = evaluate_node(program, link.node, packet, frame);
            }
            return value;
        }
        case Op::negate:
            return !evaluate_node(program, node.left, packet, frame);
        case Op::protocol:
            return packet.has(node.protocol);
        case Op::tag:
            return has_tag(node, packet);
        case Op::host:
            return has_host(node, packet);
        case Op::hardware:
            return has_hardware(node, packet);
        case Op::cast:
            return has_cast(node, packet);
        case Op::port:
            return has_port(node, packet);
        case Op::ip_protocol:
            return has_ip_protocol(node, packet);
        case Op::ether_type:
            return has_ether_type(node, packet);
        case Op::shorter:
            return frame.length <= node.low;
        case Op::longer:
            return frame.length >= node.low;
        case Op::direction:
            return frame.direction == node.low;
        case Op::compare:
            return compare(program.comparisons[node.left], packet, frame);
        case Op::bytes:
            return has_bytes(program.byte_tests[node.left], packet);
    }
    return false;
}

}  // namespace

bool evaluate(const Program& program, const Packet& packet, const Frame& frame) {
    return evaluate_node(program, program.root, packet, frame);
}

}  // namespace fid::packet::filter
