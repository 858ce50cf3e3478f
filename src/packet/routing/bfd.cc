// SPDX-License-Identifier: MIT
// Bidirectional forwarding detection (RFC 5880) on ports 3784 and 4784, its echo on 3785, and its use on LAGs (RFC
// 7130).
#include <array>

#include "packet/field_reader.h"
#include "packet/put.h"
#include "packet/routing/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::uint16_t echo_port = 3785;
constexpr std::array<Named, 2> port_names{{{4784, "Multihop"}, {6784, "Lag"}}};
constexpr std::array<Named, 4> states{{{0, "AdminDown"}, {1, "Down"}, {2, "Init"}, {3, "Up"}}};
constexpr std::array<Named, 6> flag_names{{{0x20, "Poll"},
                                           {0x10, "Final"},
                                           {0x08, "Control Plane Independent"},
                                           {0x04, "Authentication Present"},
                                           {0x02, "Demand"},
                                           {0x01, "Multipoint"}}};
constexpr std::array<Named, 10> diagnostics{{{0, "No Diagnostic"},
                                             {1, "Control Detection Time Expired"},
                                             {2, "Echo Function Failed"},
                                             {3, "Neighbor Signaled Session Down"},
                                             {4, "Forwarding Plane Reset"},
                                             {5, "Path Down"},
                                             {6, "Concatenated Path Down"},
                                             {7, "Administratively Down"},
                                             {8, "Reverse Concatenated Path Down"},
                                             {9, "Misconnectivity Defect"}}};
constexpr std::array<Named, 5> auth_types{{{1, "Simple Password"},
                                           {2, "Keyed MD5"},
                                           {3, "Meticulous Keyed MD5"},
                                           {4, "Keyed SHA1"},
                                           {5, "Meticulous Keyed SHA1"}}};

enum Field : unsigned {
    version,
    diagnostic,
    state,
    flags,
    multiplier,
    length,
    mine,
    yours,
    desired_tx,
    required_rx,
    required_echo,
    auth_type,
    auth_length,
    auth_data,
    data
};
constexpr std::array bfd_fields{
    FieldInfo{"bfd.version", FieldType::number, "Version"},
    FieldInfo{"bfd.diag", FieldType::number, "Diagnostic"},
    FieldInfo{"bfd.sta", FieldType::number, "State"},
    FieldInfo{"bfd.flags", FieldType::hex, "Flags"},
    FieldInfo{"bfd.detect_time_multiplier", FieldType::number, "Detection multiplier"},
    FieldInfo{"bfd.message_length", FieldType::number, "Length"},
    FieldInfo{"bfd.my_discriminator", FieldType::hex, "My discriminator"},
    FieldInfo{"bfd.your_discriminator", FieldType::hex, "Your discriminator"},
    FieldInfo{"bfd.desired_min_tx_interval", FieldType::number, "Desired transmit interval (us)"},
    FieldInfo{"bfd.required_min_rx_interval", FieldType::number, "Required receive interval (us)"},
    FieldInfo{"bfd.required_min_echo_interval", FieldType::number, "Required echo interval (us)"},
    FieldInfo{"bfd.auth.type", FieldType::number, "Authentication"},
    FieldInfo{"bfd.auth.len", FieldType::number, "Authentication length"},
    FieldInfo{"bfd.auth.data", FieldType::bytes, "Authentication data"},
    FieldInfo{"bfd.data", FieldType::bytes, "Data"},
};

constexpr std::size_t control_size = 24;
constexpr unsigned auth_present = 0x04;

/// The port of the UDP header just outside, which says echo, multihop or LAG; 0 where there is none.
std::uint16_t port_of(const Packet& packet, const Layer& layer) {
    const Layer* outer = packet.outer(layer);
    if (outer == nullptr || outer->protocol != Protocol::udp || outer->header < 4) return 0;
    return Cursor(packet.bytes(*outer).subspan(2)).u16();
}

Step step_bfd(Bytes bytes, Packet& packet, std::size_t offset) {
    if (packet.inner_destination_port == echo_port) return {.header = bytes.size()};
    if (bytes.size() < control_size) return short_header(bytes, packet, offset);
    if (bytes[0] >> 5U > 1 || bytes[3] < control_size) return {.refused = true};
    return {.header = std::min<std::size_t>(bytes.size(), bytes[3]), .payload = 0};
}

void info_bfd(const Packet& packet, const Layer& layer, Text& out) {
    if (port_of(packet, layer) == echo_port) {
        out.put("BFD, Echo, length: ");
        out.number(wire_size(packet, layer));
        return;
    }
    const Bytes bytes = packet.bytes(layer);
    if (bytes.size() < control_size) return;
    out.put("BFDv");
    out.number(bytes[0] >> 5U);
    out.put(", ");
    out.put(name_of(port_names, port_of(packet, layer), "Control"));
    out.put(", State ");
    out.put(name_of(states, bytes[1] >> 6U));
    out.put(", Flags: [");
    put_flags(out, flag_names, bytes[1] & 0x3fU);
    out.put("], length: ");
    out.number(wire_size(packet, layer));
}

void visit_bfd(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.header(layer), sink);
    if (port_of(packet, layer) == echo_port) return in.tail(data);
    const std::uint64_t first = in.u8();
    in.part(version, first >> 5U);
    in.part(diagnostic, first & 31U, diagnostics);
    const std::uint64_t second = in.u8();
    in.part(state, second >> 6U, states);
    Text names;
    put_flags(names, flag_names, second & 0x3fU);
    in.part(flags, second & 0x3fU, names.view());
    in.u8(multiplier);
    in.u8(length);
    for (const unsigned field : {mine, yours, desired_tx, required_rx, required_echo}) in.u32(field);
    if ((second & auth_present) != 0 && in.remaining() >= 2) {
        in.u8(auth_type, auth_types);
        in.u8(auth_length);
        in.tail(auth_data);
    }
    in.tail(data);
}

}  // namespace

constexpr Dissector bfd_dissector{Protocol::bfd, "bfd",    "Bidirectional Forwarding Detection", bfd_fields, step_bfd,
                                  info_bfd,      visit_bfd};

}  // namespace fid::packet
