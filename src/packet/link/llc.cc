// SPDX-License-Identifier: MIT
// IEEE 802.2 logical link control and its SNAP extension (IEEE 802, 9.5).
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 12> sap_names{{{0x00, "Null"},
                                           {0x02, "802.1B I"},
                                           {0x03, "802.1B G"},
                                           {0x06, "IP"},
                                           {0x0e, "ProWay NM"},
                                           {0x42, "STP"},
                                           {0x7e, "ISO 8208"},
                                           {0xaa, "SNAP"},
                                           {0xe0, "IPX"},
                                           {0xf0, "NetBeui"},
                                           {0xfe, "ISO CLNS"},
                                           {0xff, "Global"}}};
constexpr std::array<Named, 7> unnumbered{
    {{0x03, "ui"}, {0x0f, "dm"}, {0x43, "disc"}, {0x63, "ua"}, {0x6f, "sabme"}, {0xaf, "xid"}, {0xe3, "test"}}};

enum LlcField : unsigned { llc_dsap, llc_ssap, llc_control };
constexpr std::array llc_fields{
    FieldInfo{"llc.dsap", FieldType::hex, "Destination SAP"},
    FieldInfo{"llc.ssap", FieldType::hex, "Source SAP"},
    FieldInfo{"llc.control", FieldType::hex, "Control"},
};

/// Unnumbered frames have one byte of control, the others two.
std::size_t llc_size(Bytes bytes) { return (bytes[2] & 3U) == 3 ? 3 : 4; }

Protocol behind_llc(Bytes bytes) {
    const unsigned dsap = bytes[0];
    const unsigned ssap = bytes[1] & 0xfeU;  // the low bit says command or response
    if (bytes[2] != 0x03) return Protocol::data;
    if (dsap == 0xaa && ssap == 0xaa) return Protocol::snap;
    if (dsap == 0x42 && ssap == 0x42) return Protocol::stp;
    if (dsap == 0x06 && ssap == 0x06) return Protocol::ip;
    // The ISO protocols are told by their first byte (ISO/IEC TR 9577).
    if (dsap == 0xfe && bytes.size() > 3 && bytes[3] == 0x83) return Protocol::isis;
    return Protocol::data;
}

Step step_llc(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < 3 || bytes.size() < llc_size(bytes)) return short_header(bytes, packet, offset);
    return {.header = llc_size(bytes), .next = behind_llc(bytes)};
}

void put_sap(Text& out, unsigned sap) {
    out.put(name_of(sap_names, sap, "Unknown"));
    out.put(" (0x");
    out.hex(sap, 2);
    out.put(')');
}

void info_llc(const Packet& packet, const Layer& layer, Text& out) {
    const Layer* inner = packet.inner(layer);
    if (layer.header < 3 || (inner != nullptr && inner->protocol != Protocol::data)) return;
    const Bytes bytes = packet.bytes(layer);
    out.put("dsap ");
    put_sap(out, bytes[0] & 0xfeU);
    out.put((bytes[0] & 1U) != 0 ? " Group, ssap " : " Individual, ssap ");
    put_sap(out, bytes[1] & 0xfeU);
    out.put((bytes[1] & 1U) != 0 ? " Response, ctrl 0x" : " Command, ctrl 0x");
    if (layer.header == 3) {
        out.hex(bytes[2], 2);
        out.put(": Unnumbered, ");
        out.put(name_of(unnumbered, bytes[2] & ~0x10U, "unknown"));
    } else {
        const unsigned control = bytes[2] | (static_cast<unsigned>(bytes[3]) << 8U);
        out.hex(control, 4);
        out.put((control & 1U) != 0 ? ": Supervisory" : ": Information");
    }
    out.put(", length ");
    out.number(wire_size(packet, layer));
}

void visit_llc(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    in.u8(llc_dsap, sap_names);
    const std::uint64_t ssap = in.u8();
    in.part(llc_ssap, ssap, name_of(sap_names, ssap & 0xfeU));
    if (layer.header >= 4)
        in.le16(llc_control);
    else
        in.u8(llc_control, unnumbered);
}

constexpr std::uint32_t cisco = 0x00000c;
constexpr std::array<Named, 6> oui_names{{{0x000000, "Ethernet"},
                                          {0x0000f8, "bridged Ethernet"},
                                          {cisco, "Cisco"},
                                          {0x0080c2, "802.1 bridging"},
                                          {0x080007, "AppleTalk"},
                                          {0x00000b, "Cisco MST"}}};
constexpr std::array<Named, 7> cisco_names{{{0x010b, "PVST"},
                                            {0x0111, "UDLD"},
                                            {0x2000, "CDP"},
                                            {0x2003, "VTP"},
                                            {0x2004, "DTP"},
                                            {0x200a, "VLAN bridge STP"},
                                            {0x0104, "PAgP"}}};

enum SnapField : unsigned { snap_oui, snap_pid };
constexpr std::array snap_fields{
    FieldInfo{"snap.oui", FieldType::hex, "Organization"},
    FieldInfo{"snap.pid", FieldType::hex, "Protocol"},
};

Step step_snap(Bytes bytes, Packet& packet, std::size_t offset) {
    Cursor in(bytes);
    const std::uint32_t oui = in.u24();
    const std::uint16_t pid = in.u16();
    if (!in.ok()) return short_header(bytes, packet, offset);
    Step step{.header = 5, .next = Protocol::data};
    if (oui == 0 || oui == 0x0000f8)
        step.next = by_ethertype(pid);
    else if (oui == cisco && pid == 0x2000)
        step.next = Protocol::cdp;
    else if ((oui == cisco && pid == 0x010b) || (oui == 0x0080c2 && pid == 0x000e))
        step.next = Protocol::stp;
    return step;
}

void info_snap(const Packet& packet, const Layer& layer, Text& out) {
    const Layer* inner = packet.inner(layer);
    if (inner != nullptr && inner->protocol != Protocol::data) return;
    Cursor in(packet.bytes(layer));
    const std::uint32_t oui = in.u24();
    const std::uint16_t pid = in.u16();
    if (!in.ok()) return;
    out.put("oui ");
    out.put(name_of(oui_names, oui, "Unknown"));
    out.put(" (0x");
    out.hex(oui, 6);
    out.put("), ");
    if (oui == 0) {
        const std::string_view name = ethertype_name(pid);
        out.put("ethertype ");
        out.put(name.empty() ? "Unknown" : name);
    } else {
        out.put("pid ");
        out.put(name_of(oui == cisco ? Names(cisco_names) : Names{}, pid, "Unknown"));
    }
    out.put(" (0x");
    out.hex(pid, 4);
    out.put("), length ");
    out.number(wire_size(packet, layer) - layer.header);
}

void visit_snap(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    const std::uint64_t oui = in.u24(snap_oui, oui_names);
    const std::uint16_t pid = in.u16();
    in.part(snap_pid, pid, oui == cisco ? name_of(cisco_names, pid) : ethertype_name(pid));
}

}  // namespace

constexpr Dissector llc_dissector{Protocol::llc, "llc",    "Logical Link Control", llc_fields, step_llc,
                                  info_llc,      visit_llc};
constexpr Dissector snap_dissector{Protocol::snap, "snap",    "Subnetwork Access Protocol", snap_fields, step_snap,
                                   info_snap,      visit_snap};

}  // namespace fid::packet
