// SPDX-License-Identifier: MIT
#include "packet/packet.h"

#include <algorithm>
#include <utility>

#include "packet/dissector.h"

namespace fid::packet {

const Layer* Packet::find(Protocol protocol) const {
    for (const Layer& layer : layers())
        if (layer.protocol == protocol) return &layer;
    return nullptr;
}

Protocol Packet::highest() const {
    for (std::size_t i = count_; i-- > 0;)
        if (layers_[i].protocol != Protocol::data) return layers_[i].protocol;
    return Protocol::data;
}

Address Packet::source() const {
    if (family == Family::v4) return Address::from_bytes(data.subspan(source_offset).first<4>());
    return Address::from_bytes(data.subspan(source_offset).first<16>());
}

Address Packet::destination() const {
    if (family == Family::v4) return Address::from_bytes(data.subspan(destination_offset).first<4>());
    return Address::from_bytes(data.subspan(destination_offset).first<16>());
}

void Packet::clear(Bytes bytes, std::uint32_t wire, std::uint16_t link) {
    data = bytes;
    wire_length = wire;
    link_type = link;
    has_addresses = has_ports = fragment = false;
    source_port = destination_port = inner_source_port = inner_destination_port = 0;
    source_offset = destination_offset = 0;
    sequence_base = acknowledgement_base = 0;
    pending = Protocol::none;
    count_ = 0;
}

bool Packet::add(const Layer& layer) {
    if (count_ == max_layers) return false;
    layers_[count_++] = layer;
    return true;
}

namespace {

enum class Depth : std::uint8_t { ports, all };

void dissect_layers(Packet& packet, Protocol protocol, std::size_t offset, std::size_t length, Depth depth) {
    const Bytes data = packet.data;
    while (protocol != Protocol::none && (length != 0 || offset == 0)) {
        if (depth == Depth::ports && is_application(protocol)) {
            packet.pending = protocol;
            packet.pending_offset = static_cast<std::uint32_t>(offset);
            packet.pending_length = static_cast<std::uint32_t>(length);
            return;
        }
        const Bytes bytes = data.subspan(offset, length);
        Layer layer{.protocol = protocol,
                    .offset = static_cast<std::uint32_t>(offset),
                    .header = static_cast<std::uint32_t>(length),
                    .length = static_cast<std::uint32_t>(length)};
        const Dissector& reader = dissector(protocol);
        Step step = reader.step(bytes, packet, offset);
        if (step.refused) {
            layer.protocol = Protocol::data;
            packet.add(layer);
            return;
        }
        step.header = std::min(step.header, length);
        step.payload = std::min(step.payload, length - step.header);
        layer.protocol = reader.protocol;
        layer.header = static_cast<std::uint32_t>(step.header);
        layer.length = static_cast<std::uint32_t>(step.header + step.payload);
        layer.malformed = step.malformed;
        layer.truncated = step.truncated;
        if (!packet.add(layer)) return;
        // A header of no bytes followed by itself would never end.
        if (step.header == 0 && step.next == protocol) return;
        offset += step.header;
        length = step.payload;
        protocol = step.next;
        if (length == 0) return;
    }
}

}  // namespace

void dissect(Packet& packet, Bytes data, std::uint32_t wire_length, std::uint16_t link_type) {
    packet.clear(data, wire_length, link_type);
    dissect_layers(packet, by_link_type(link_type, data), 0, data.size(), Depth::all);
}

void dissect_to_ports(Packet& packet, Bytes data, std::uint32_t wire_length, std::uint16_t link_type) {
    packet.clear(data, wire_length, link_type);
    dissect_layers(packet, by_link_type(link_type, data), 0, data.size(), Depth::ports);
}

void dissect_applications(Packet& packet) {
    const Protocol next = std::exchange(packet.pending, Protocol::none);
    dissect_layers(packet, next, packet.pending_offset, packet.pending_length, Depth::all);
}

void dissect_as(Packet& packet, Bytes data, std::uint32_t wire_length, Protocol first) {
    packet.clear(data, wire_length, 0);
    dissect_layers(packet, first, 0, data.size(), Depth::all);
}

}  // namespace fid::packet
