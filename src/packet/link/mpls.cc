// SPDX-License-Identifier: MIT
// An MPLS label stack (RFC 3032). It does not say what it carries; the first nibble behind it tells (RFC 4928).
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 5> reserved_labels{
    {{0, "IPv4 explicit NULL"}, {1, "router alert"}, {2, "IPv6 explicit NULL"}, {3, "implicit NULL"}, {13, "GAL"}}};

enum Field : unsigned { entry, label, traffic_class, bottom, ttl, control_word };
constexpr std::array mpls_fields{
    FieldInfo{"mpls", FieldType::group, "Label stack entry"},
    FieldInfo{"mpls.label", FieldType::number, "Label"},
    FieldInfo{"mpls.exp", FieldType::number, "Traffic class"},
    FieldInfo{"mpls.bottom", FieldType::flag, "Bottom of stack"},
    FieldInfo{"mpls.ttl", FieldType::number, "Time to live"},
    FieldInfo{"mpls.control_word", FieldType::hex, "Pseudo-wire control word"},
};

constexpr std::size_t entry_size = 4;

/// Does a pseudo-wire's Ethernet frame stand here? Only an EtherType we know, or a fitting length, makes it one.
bool looks_like_ethernet(Bytes bytes) {
    if (bytes.size() < 14) return false;
    const auto type = static_cast<std::uint16_t>((bytes[12] << 8U) | bytes[13]);
    return type >= 0x600 ? by_ethertype(type) != Protocol::data : type >= 3 && type <= bytes.size() - 14;
}

Step step_mpls(Bytes bytes, Packet& packet, std::size_t offset) {
    std::size_t at = 0;
    bool last = false;
    while (!last) {
        if (bytes.size() - at < entry_size) return short_header(bytes, packet, offset);
        last = (bytes[at + 2] & 1U) != 0;
        at += entry_size;
    }
    const Bytes rest = bytes.subspan(at);
    Step step{.header = at, .next = Protocol::data};
    if (rest.empty()) return step;
    switch (rest[0] >> 4U) {
        case 4:
            step.next = Protocol::ip;
            break;
        case 6:
            step.next = Protocol::ip6;
            break;
        case 0:
            // A control word (RFC 4385) before an Ethernet frame; its first nibble is zero.
            if (rest.size() > 4 && looks_like_ethernet(rest.subspan(4)))
                return {.header = at + 4, .next = Protocol::ethernet};
            [[fallthrough]];
        default:
            if (rest[0] == 0x83)
                step.next = Protocol::isis;
            else if (looks_like_ethernet(rest))
                step.next = Protocol::ethernet;
    }
    return step;
}

/// "MPLS (label 18, tc 0, ttl 63) (label 100, tc 0, [S], ttl 255)".
void info_mpls(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in(packet.header(layer));
    out.put("MPLS");
    bool last = false;
    while (!last && in.remaining() >= entry_size) {
        const std::uint32_t word = in.u32();
        last = (word & 0x100U) != 0;
        out.put(" (label ");
        out.number(word >> 12U);
        if (const std::string_view name = name_of(reserved_labels, word >> 12U); !name.empty()) {
            out.put(" (");
            out.put(name);
            out.put(')');
        }
        out.put(", tc ");
        out.number((word >> 9U) & 7U);
        out.put(last ? ", [S], ttl " : ", ttl ");
        out.number(word & 0xffU);
        out.put(')');
    }
    if (packet.verbosity != 0 && packet.inner(layer) != nullptr) out.put("\n\t");
}

void visit_mpls(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.header(layer), sink);
    bool last = false;
    while (!last && in.remaining() >= entry_size) {
        in.group(entry, {}, entry_size, [&](FieldReader& one) {
            const std::uint64_t word = one.u32();
            last = (word & 0x100U) != 0;
            one.part(label, word >> 12U, reserved_labels);
            one.part(traffic_class, (word >> 9U) & 7U);
            one.part(bottom, last ? 1 : 0);
            one.part(ttl, word & 0xffU);
        });
    }
    if (last && in.remaining() == 4) in.u32(control_word);
}

}  // namespace

constexpr Dissector mpls_dissector{Protocol::mpls, "mpls",    "MPLS label stack", mpls_fields,
                                   step_mpls,      info_mpls, visit_mpls};

}  // namespace fid::packet
