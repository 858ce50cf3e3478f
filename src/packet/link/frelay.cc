// SPDX-License-Identifier: MIT
// Frame relay: the Q.922 address of two to four bytes, then RFC 2427's control and protocol byte or Cisco's EtherType.
#include <array>
#include <optional>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/put.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 9> nlpids{{{0x08, "Q.933"},
                                       {0x80, "SNAP"},
                                       {0x81, "CLNP"},
                                       {0x82, "ESIS"},
                                       {0x83, "ISIS"},
                                       {0x8e, "IPv6"},
                                       {0xb1, "FRF.15"},
                                       {0xcc, "IPv4"},
                                       {0xcf, "PPP"}}};
/// Bits of Head::flags, in tcpdump's order and words.
constexpr unsigned command_bit = 1, discard_bit = 2, backward_bit = 4, forward_bit = 8, core_bit = 16;
constexpr std::array<Named, 5> flag_names{
    {{command_bit, "C!"}, {discard_bit, "DE"}, {backward_bit, "BECN"}, {forward_bit, "FECN"}, {core_bit, "sdlcore"}}};

enum Field : unsigned { dlci, command, forward, backward, discard, control, nlpid, type };
constexpr std::array frelay_fields{
    FieldInfo{"fr.dlci", FieldType::number, "Data link connection"},
    FieldInfo{"fr.cr", FieldType::flag, "Command or response"},
    FieldInfo{"fr.fecn", FieldType::flag, "Forward congestion"},
    FieldInfo{"fr.becn", FieldType::flag, "Backward congestion"},
    FieldInfo{"fr.de", FieldType::flag, "Discard eligible"},
    FieldInfo{"fr.control", FieldType::hex, "Control"},
    FieldInfo{"fr.nlpid", FieldType::hex, "Protocol"},
    FieldInfo{"fr.type", FieldType::hex, "Type"},
};

struct Head {
    std::size_t address = 2;  ///< bytes of the address
    std::uint32_t dlci = 0;
    unsigned flags = 0;
    bool cisco = false;      ///< an EtherType stands where RFC 2427 has its control byte
    std::uint16_t next = 0;  ///< EtherType or NLPID
    std::size_t size = 0;    ///< of all of it; ISO protocols count the NLPID as their own
};

/// Each byte of the address ends with a bit that is set in the last one (Q.922 3.2); nothing where none of four has it,
/// where the first has, or where the bytes run out.
std::optional<Head> read_head(Bytes bytes) {
    Cursor in(bytes);
    Head head;
    const unsigned first = in.u8();
    const unsigned second = in.u8();
    if ((first & 1U) != 0) return {};
    head.dlci = ((first & 0xfcU) << 2U) | (second >> 4U);
    if ((first & 2U) != 0) head.flags |= command_bit;
    head.flags |= second & (forward_bit | backward_bit | discard_bit);
    if ((second & 1U) == 0) {
        const unsigned third = in.u8();
        head.address = 3;
        unsigned last = third;
        if ((third & 1U) == 0) {
            head.dlci = (head.dlci << 7U) | (third >> 1U);
            last = in.u8();
            head.address = 4;
            if ((last & 1U) == 0) return {};
        }
        if ((last & 2U) != 0)
            head.flags |= core_bit;
        else
            head.dlci = (head.dlci << 6U) | (last >> 2U);
    }
    head.cisco = in.peek() != 0x03;
    if (head.cisco) {
        head.next = in.u16();
    } else {
        in.skip(in.peek(1) == 0 ? 2 : 1);  // a byte of padding where the address is even
        head.next = in.u8();
    }
    if (!in.ok()) return {};
    head.size = in.offset();
    return head;
}

Protocol behind(const Head& head) {
    if (head.cisco) return by_ethertype(head.next);
    switch (head.next) {
        case 0x80:
            return Protocol::snap;
        case 0x83:
            return Protocol::isis;
        case 0x8e:
            return Protocol::ip6;
        case 0xcc:
            return Protocol::ip;
        case 0xcf:
            return Protocol::ppp;
        default:
            return Protocol::data;
    }
}

Step step_frelay(Bytes bytes, Packet& packet, std::size_t offset) {
    const std::optional<Head> head = read_head(bytes);
    if (!head) return short_header(bytes, packet, offset);
    const Protocol next = behind(*head);
    return {.header = next == Protocol::isis && !head->cisco ? head->size - 1 : head->size, .next = next};
}

void info_frelay(const Packet& packet, const Layer& layer, Text& out) {
    const std::optional<Head> head = read_head(packet.bytes(layer));
    if (!head) return out.put("Q.922, invalid address");
    const Layer* inner = packet.inner(layer);
    if (inner != nullptr && inner->protocol != Protocol::data) return;
    out.put("Q.922, hdr-len ");
    out.number(head->address);
    out.put(", DLCI ");
    out.number(head->dlci);
    out.put(", Flags [");
    put_flags(out, flag_names, head->flags);
    out.put(head->cisco ? "], cisco-ethertype " : "], NLPID ");
    const std::string_view name = head->cisco ? ethertype_name(head->next) : name_of(nlpids, head->next);
    out.put(name.empty() ? "unknown" : name);
    out.put(" (0x");
    out.hex(head->next, head->cisco ? 4 : 2);
    out.put("), length ");
    out.number(wire_size(packet, layer));
}

void visit_frelay(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes bytes = packet.bytes(layer);
    const std::optional<Head> head = read_head(bytes);
    if (!head) return;
    FieldReader in(bytes, sink);
    in.take(head->address);
    in.part(dlci, head->dlci);
    in.part(command, head->flags & 1U);
    in.part(forward, (head->flags >> 3U) & 1U);
    in.part(backward, (head->flags >> 2U) & 1U);
    in.part(discard, (head->flags >> 1U) & 1U);
    if (head->cisco) {
        in.u16(type, ethertype_name(head->next));
        return;
    }
    in.u8(control);
    if (in.peek() == 0) in.skip(1);
    in.u8(nlpid, nlpids);
}

}  // namespace

constexpr Dissector frelay_dissector{Protocol::frelay, "frelay",    "Frame Relay", frelay_fields,
                                     step_frelay,      info_frelay, visit_frelay};

}  // namespace fid::packet
