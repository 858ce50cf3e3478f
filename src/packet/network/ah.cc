// SPDX-License-Identifier: MIT
// IP Authentication Header (RFC 4302): names the header it protects, so decoding goes on behind it.
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/family.h"
#include "packet/network/octets.h"

namespace fid::packet {
namespace {

enum Field : unsigned { nxt, len, spi, seq, icv };
constexpr std::array fields{
    FieldInfo{"ah.nxt", FieldType::number, "Next header"},
    FieldInfo{"ah.len", FieldType::number, "Length in 4-byte units"},
    FieldInfo{"ah.spi", FieldType::hex, "Security parameters index"},
    FieldInfo{"ah.seq", FieldType::number, "Sequence number"},
    FieldInfo{"ah.icv", FieldType::bytes, "Integrity check value"},
};

Step step(Bytes bytes, Packet&, std::size_t) {
    if (bytes.size() < 12) return {.header = bytes.size(), .truncated = true};
    const std::size_t header = (std::size_t{bytes[1]} + 2) * 4;
    if (header < 12) return {.header = bytes.size(), .malformed = true};
    if (header > bytes.size()) return {.header = bytes.size(), .truncated = true};
    return {.header = header, .next = by_ip_protocol(bytes[0])};
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes header = packet.header(layer);
    if (header.size() < 12) return out.put("[|AH]");
    out.put("AH(spi=0x");
    out.hex(be32(header, 4), 8);
    out.put(",seq=0x");
    out.hex(be32(header, 8));
    out.put(",icv=0x");
    out.hex_bytes(header.subspan(12));
    out.put(')');
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    reader.u8(nxt, ip_protocol_name(reader.peek()));
    reader.u8(len);
    reader.skip(2);
    reader.u32(spi);
    reader.u32(seq);
    reader.tail(icv);
}

}  // namespace

const Dissector ah_dissector{Protocol::ah, "ah", "Authentication Header", fields, step, info, visit};

}  // namespace fid::packet
