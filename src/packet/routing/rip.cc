// SPDX-License-Identifier: MIT
// RIP version 1 (RFC 1058) and 2 (RFC 2453).
#include <array>

#include "packet/field_reader.h"
#include "packet/routing/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 4> commands{
    {{1, "Request"}, {2, "Response"}, {9, "Update Request"}, {10, "Update Response"}}};
constexpr std::array<Named, 3> families{{{0, "unspecified"}, {2, "IP"}, {0xffff, "authentication"}}};

enum Field : unsigned { command, version, entry, family, tag, address, mask, next_hop, metric, auth_type, auth, data };
constexpr std::array rip_fields{
    FieldInfo{"rip.command", FieldType::number, "Command"},
    FieldInfo{"rip.version", FieldType::number, "Version"},
    FieldInfo{"rip.entry", FieldType::group, "Route"},
    FieldInfo{"rip.family", FieldType::number, "Address family"},
    FieldInfo{"rip.route_tag", FieldType::number, "Route tag"},
    FieldInfo{"rip.ip", FieldType::ipv4, "Address"},
    FieldInfo{"rip.netmask", FieldType::ipv4, "Mask"},
    FieldInfo{"rip.next_hop", FieldType::ipv4, "Next hop"},
    FieldInfo{"rip.metric", FieldType::number, "Metric"},
    FieldInfo{"rip.auth.type", FieldType::number, "Authentication type"},
    FieldInfo{"rip.auth.data", FieldType::bytes, "Authentication data"},
    FieldInfo{"rip.data", FieldType::bytes, "Data"},
};

constexpr std::size_t entry_size = 20;
constexpr std::uint64_t authentication = 0xffff;

Step step_rip(Bytes bytes, Packet& packet, std::size_t offset) { return whole_layer(bytes, packet, offset, 4); }

void info_rip(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    if (bytes.size() < 4) return;
    out.put("RIPv");
    out.number(bytes[1]);
    out.put(", ");
    out.put(name_of(commands, bytes[0], "unknown command"));
    out.put(", length: ");
    const std::size_t size = wire_size(packet, layer);
    out.number(size);
    if (bytes[0] != 2) return;
    out.put(", routes: ");
    out.number((size - 4) / entry_size);
}

void visit_entry(FieldReader& in) {
    if (in.u16(family, families) == authentication) {
        in.u16(auth_type);
        in.tail(auth);
        return;
    }
    in.u16(tag);
    in.bytes(address, 4);
    in.bytes(mask, 4);
    in.bytes(next_hop, 4);
    in.u32(metric);
}

void visit_rip(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    in.u8(command, commands);
    in.u8(version);
    in.skip(2);
    while (in.remaining() >= entry_size) in.group(entry, {}, entry_size, visit_entry);
    in.tail(data);
}

}  // namespace

constexpr Dissector rip_dissector{Protocol::rip, "rip",    "Routing Information Protocol", rip_fields, step_rip,
                                  info_rip,      visit_rip};

}  // namespace fid::packet
