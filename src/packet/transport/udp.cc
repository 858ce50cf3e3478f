// SPDX-License-Identifier: MIT
// User Datagram Protocol (RFC 768).
#include <algorithm>
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/octets.h"
#include "packet/transport/family.h"

namespace fid::packet {
namespace {

constexpr std::size_t header_size = 8;

enum Field : unsigned { sport, dport, len, checksum };
constexpr std::array fields{
    FieldInfo{"udp.sport", FieldType::number, "Source port"},
    FieldInfo{"udp.dport", FieldType::number, "Destination port"},
    FieldInfo{"udp.len", FieldType::number, "Length"},
    FieldInfo{"udp.checksum", FieldType::hex, "Checksum"},
};

Step step(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.size() >= 4) set_ports(packet, be16(bytes, 0), be16(bytes, 2));
    if (bytes.size() < header_size) return {.header = bytes.size(), .truncated = true};
    std::size_t length = be16(bytes, 4);
    if (length == 0) length = bytes.size();  // a jumbogram (RFC 2675) or segmentation offload
    if (length < header_size) return {.header = header_size, .payload = 0, .malformed = true};
    const std::size_t payload = std::min(length, bytes.size()) - header_size;
    if (payload == 0) return {.header = header_size, .payload = 0};
    return {.header = header_size,
            .payload = payload,
            .next = udp_application(packet, bytes.subspan(header_size, payload))};
}

/// -v on the checksum; over IPv4, where it is optional and often left to the card, only -vv says that it is right.
void write_note(const Packet& packet, const Layer& layer, std::size_t length, Text& out) {
    const Layer* ip = enclosing_ip(packet, layer);
    if (ip == nullptr || (ip->protocol == Protocol::ip && packet.verbosity < 2)) return;
    if (be16(packet.header(layer), 6) == 0) return out.put("[no cksum] ");
    write_checksum_note(verify_checksum(packet, layer, length, 17, 6), "udp", out);
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.header(layer);
    const std::size_t claimed = claimed_length(packet, layer);
    write_extended_ports(packet, layer, out);
    if (bytes.size() < header_size) {
        if (claimed >= header_size) return out.put("[|udp]");
        out.put("truncated-udp ");
        return out.number(claimed);
    }
    std::size_t length = be16(bytes, 4);
    if (length == 0) length = claimed;
    if (length < header_size) {
        out.put("truncated-udplength ");
        return out.number(length);
    }
    if (packet.verbosity != 0 && !packet.fragment) write_note(packet, layer, length, out);
    const Layer* inner = packet.inner(layer);
    if (inner != nullptr && inner->protocol != Protocol::data) return;
    // The IP header's claim is only known where there is one; a fragment's is of the fragment.
    const bool bad = enclosing_ip(packet, layer) != nullptr && !packet.fragment && length > claimed;
    out.put(bad ? "UDP, bad length " : "UDP, length ");
    out.number(length - header_size);
    if (!bad) return;
    out.put(" > ");
    out.number(claimed > header_size ? claimed - header_size : 0);
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader reader(packet.header(layer), sink);
    reader.u16(sport);
    reader.u16(dport);
    const std::uint64_t length = reader.u16(len);
    const bool none = reader.peek() == 0 && reader.peek(1) == 0;
    const std::size_t covered = length == 0 ? claimed_length(packet, layer) : static_cast<std::size_t>(length);
    reader.u16(checksum, none ? "not used" : checksum_verdict(packet, layer, covered, 17));
}

}  // namespace

const Dissector udp_dissector{Protocol::udp, "udp", "User Datagram Protocol", fields, step, info, visit};

}  // namespace fid::packet
