// SPDX-License-Identifier: MIT
// The Cisco discovery protocol: what a device says of itself, as type-length-values.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/put.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 17> types{{{0x01, "Device-ID"},
                                       {0x02, "Address"},
                                       {0x03, "Port-ID"},
                                       {0x04, "Capability"},
                                       {0x05, "Version String"},
                                       {0x06, "Platform"},
                                       {0x07, "Prefixes"},
                                       {0x08, "Protocol-Hello"},
                                       {0x09, "VTP Management Domain"},
                                       {0x0a, "Native VLAN ID"},
                                       {0x0b, "Duplex"},
                                       {0x0e, "ATA-186 VoIP VLAN"},
                                       {0x10, "Power consumption"},
                                       {0x11, "MTU"},
                                       {0x12, "AVVID trust bitmap"},
                                       {0x14, "System Name"},
                                       {0x16, "Management Addresses"}}};
constexpr std::array<Named, 7> capability_names{{{0x01, "Router"},
                                                 {0x02, "TB Bridge"},
                                                 {0x04, "SR Bridge"},
                                                 {0x08, "L2 Switch"},
                                                 {0x10, "L3 capable"},
                                                 {0x20, "IGMP snooping"},
                                                 {0x40, "L1 capable"}}};
constexpr std::array<Named, 2> duplexes{{{0, "half"}, {1, "full"}}};

enum Field : unsigned {
    version,
    ttl,
    checksum,
    tlv,
    tlv_type,
    tlv_length,
    device,
    port,
    software,
    platform,
    capabilities,
    native_vlan,
    duplex,
    value
};
constexpr std::array cdp_fields{
    FieldInfo{"cdp.version", FieldType::number, "Version"},
    FieldInfo{"cdp.ttl", FieldType::number, "Time to live (s)"},
    FieldInfo{"cdp.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"cdp.tlv", FieldType::group, "TLV"},
    FieldInfo{"cdp.tlv.type", FieldType::hex, "Type"},
    FieldInfo{"cdp.tlv.len", FieldType::number, "Length"},
    FieldInfo{"cdp.deviceid", FieldType::text, "Device"},
    FieldInfo{"cdp.portid", FieldType::text, "Port"},
    FieldInfo{"cdp.software_version", FieldType::text, "Software"},
    FieldInfo{"cdp.platform", FieldType::text, "Platform"},
    FieldInfo{"cdp.capabilities", FieldType::hex, "Capabilities"},
    FieldInfo{"cdp.native_vlan", FieldType::number, "Native VLAN"},
    FieldInfo{"cdp.duplex", FieldType::number, "Duplex"},
    FieldInfo{"cdp.tlv.value", FieldType::bytes, "Value"},
};

constexpr std::uint16_t device_type = 0x01;

Step step_cdp(Bytes bytes, Packet& packet, std::size_t offset) { return whole_layer(bytes, packet, offset, 4); }

void info_cdp(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in(packet.bytes(layer));
    const std::uint8_t number = in.u8();
    const std::uint8_t seconds = in.u8();
    in.skip(2);
    if (!in.ok()) return;
    out.put("CDPv");
    out.number(number);
    out.put(", ttl: ");
    out.number(seconds);
    out.put('s');
    while (in.remaining() >= 4) {
        const std::uint16_t type = in.u16();
        const std::uint16_t length = in.u16();
        const Bytes bytes = in.take(length < 4 ? 0U : length - 4U);
        if (!in.ok() || length < 4) return;
        if (type != device_type) continue;
        out.put(", Device-ID '");
        out.escaped(bytes);
        out.put('\'');
    }
}

void visit_value(FieldReader& in, std::uint64_t type) {
    switch (type) {
        case device_type:
            in.tail(device);
            break;
        case 0x03:
            in.tail(port);
            break;
        case 0x04: {
            const std::uint64_t bits = in.u32();
            Text names;
            put_flags(names, capability_names, bits);
            in.part(capabilities, bits, names.view());
            break;
        }
        case 0x05:
            in.tail(software);
            break;
        case 0x06:
            in.tail(platform);
            break;
        case 0x0a:
            in.u16(native_vlan);
            break;
        case 0x0b:
            in.u8(duplex, duplexes);
            break;
        default:
            break;
    }
    in.tail(value);
}

void visit_cdp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    in.u8(version);
    in.u8(ttl);
    in.u16(checksum);
    while (in.more()) {
        // The length counts the four bytes of type and length; less would not advance.
        const std::size_t size = std::max<std::size_t>(in.peek16(2), 4);
        in.group(tlv, name_of(types, in.peek16()), size, [](FieldReader& one) {
            const std::uint64_t type = one.u16(tlv_type, types);
            one.u16(tlv_length);
            visit_value(one, type);
        });
    }
}

}  // namespace

constexpr Dissector cdp_dissector{Protocol::cdp, "cdp", "CDP", cdp_fields, step_cdp, info_cdp, visit_cdp};

}  // namespace fid::packet
