// SPDX-License-Identifier: MIT
// IP Encapsulating Security Payload (RFC 4303): only its clear header can be told.
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/family.h"
#include "packet/network/octets.h"

namespace fid::packet {
namespace {

enum Field : unsigned { spi, seq };
constexpr std::array fields{
    FieldInfo{"esp.spi", FieldType::hex, "Security parameters index"},
    FieldInfo{"esp.seq", FieldType::number, "Sequence number"},
};

Step step(Bytes bytes, Packet&, std::size_t) {
    if (bytes.size() < 8) return {.header = bytes.size(), .truncated = true};
    return {.header = 8, .next = Protocol::data};
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes header = packet.header(layer);
    const std::size_t position = packet.index(layer);
    if (position > 0 && packet.layers()[position - 1].protocol == Protocol::udp) out.put("UDP-encap: ");
    if (header.size() < 8) return out.put("[|ESP]");
    out.put("ESP(spi=0x");
    out.hex(be32(header, 0), 8);
    out.put(",seq=0x");
    out.hex(be32(header, 4));
    out.put("), length ");
    out.number(claimed_length(packet, layer));
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    reader.u32(spi);
    reader.u32(seq);
}

}  // namespace

const Dissector esp_dissector{Protocol::esp, "esp", "Encapsulating Security Payload", fields, step, info, visit};

}  // namespace fid::packet
