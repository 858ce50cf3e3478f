// SPDX-License-Identifier: MIT
// Link layers that are (nearly) nothing: the BSD loopback's address family, and IP without any header before it.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

/// AF_INET is 2 everywhere; AF_INET6 depends on the system that captured.
constexpr std::array<Named, 6> address_families{{{2, "IPv4"},
                                                 {10, "IPv6 (Linux)"},
                                                 {24, "IPv6 (NetBSD, OpenBSD)"},
                                                 {28, "IPv6 (FreeBSD)"},
                                                 {30, "IPv6 (macOS)"},
                                                 {7, "OSI"}}};

constexpr std::array null_fields{FieldInfo{"null.family", FieldType::number, "Address family"}};

/// In the byte order of the machine that captured (NULL) or in network order (LOOP): a family is a small number.
std::uint32_t family_of(Bytes bytes) {
    const std::uint32_t little = Cursor(bytes).le32();
    return little < 0x10000 ? little : Cursor(bytes).u32();
}

Step step_null(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < 4) return short_header(bytes, packet, offset);
    switch (family_of(bytes)) {
        case 2:
            return {.header = 4, .next = Protocol::ip};
        case 10:
        case 24:
        case 28:
        case 30:
            return {.header = 4, .next = Protocol::ip6};
        default:
            return {.header = 4, .next = Protocol::data};
    }
}

void visit_null(const Packet& packet, const Layer& layer, FieldSink& sink) {
    if (layer.length < 4) return;
    const std::uint32_t family = family_of(packet.bytes(layer));
    sink.number(0, family, 0, 4, name_of(address_families, family));
}

Step step_raw(Bytes bytes, Packet&, std::size_t) {
    const unsigned version = bytes.empty() ? 0 : bytes[0] >> 4U;
    return {.header = 0, .next = version == 4 ? Protocol::ip : version == 6 ? Protocol::ip6 : Protocol::data};
}
void visit_raw(const Packet&, const Layer&, FieldSink&) {}

}  // namespace

constexpr Dissector null_dissector{Protocol::null, "null", "BSD loopback", null_fields, step_null, no_info, visit_null};
constexpr Dissector raw_dissector{Protocol::raw, "raw", "Raw IP", {}, step_raw, no_info, visit_raw};

}  // namespace fid::packet
