// SPDX-License-Identifier: MIT
// Ethernet within IP (RFC 3378): two bytes, then a frame.
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/family.h"

namespace fid::packet {
namespace {

enum Field : unsigned { version };
constexpr std::array fields{FieldInfo{"etherip.version", FieldType::number, "Version"}};

Step step(Bytes bytes, Packet&, std::size_t) {
    if (bytes.size() < 2) return {.header = bytes.size(), .truncated = true};
    if (bytes[0] >> 4U != 3) return {.header = 2, .next = Protocol::data, .malformed = true};
    return {.header = 2, .next = Protocol::ethernet};
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes header = packet.header(layer);
    if (header.size() < 2) return out.put("[|etherip]");
    out.put("etherip ");
    out.number(header[0] >> 4U);
    out.put(", length ");
    out.number(claimed_length(packet, layer));
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    const std::uint64_t first = reader.u16();
    reader.part(version, first >> 12U);
}

}  // namespace

const Dissector etherip_dissector{Protocol::etherip, "etherip", "Ethernet within IP", fields, step, info, visit};

}  // namespace fid::packet
