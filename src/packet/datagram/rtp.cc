// SPDX-License-Identifier: MIT
// RTP and RTCP (RFC 3550).
#include <array>

#include "packet/datagram/family.h"
#include "packet/field_reader.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

enum RtpField : unsigned {
    r_version,
    r_padding,
    r_extension,
    r_csrc_count,
    r_marker,
    r_type,
    r_seq,
    r_timestamp,
    r_ssrc,
    r_csrc,
    r_profile,
    r_extension_data,
    r_payload
};
constexpr std::array rtp_fields{
    FieldInfo{"rtp.version", FieldType::number, "Version"},
    FieldInfo{"rtp.padding", FieldType::flag, "Padding"},
    FieldInfo{"rtp.ext", FieldType::flag, "Extension"},
    FieldInfo{"rtp.cc", FieldType::number, "Contributing sources"},
    FieldInfo{"rtp.marker", FieldType::flag, "Marker"},
    FieldInfo{"rtp.p_type", FieldType::number, "Payload type"},
    FieldInfo{"rtp.seq", FieldType::number, "Sequence number"},
    FieldInfo{"rtp.timestamp", FieldType::number, "Timestamp"},
    FieldInfo{"rtp.ssrc", FieldType::hex, "Synchronization source"},
    FieldInfo{"rtp.csrc", FieldType::hex, "Contributing source"},
    FieldInfo{"rtp.ext.profile", FieldType::hex, "Extension profile"},
    FieldInfo{"rtp.ext.data", FieldType::bytes, "Extension data"},
    FieldInfo{"rtp.payload", FieldType::bytes, "Payload"},
};
enum RtcpField : unsigned {
    c_packet,
    c_version,
    c_count,
    c_type,
    c_length,
    c_ssrc,
    c_ntp,
    c_timestamp,
    c_packets,
    c_octets,
    c_lost_fraction,
    c_lost,
    c_highest,
    c_jitter,
    c_lsr,
    c_dlsr,
    c_item,
    c_text,
    c_data
};
constexpr std::array rtcp_fields{
    FieldInfo{"rtcp.packet", FieldType::group, "Packet"},
    FieldInfo{"rtcp.version", FieldType::number, "Version"},
    FieldInfo{"rtcp.rc", FieldType::number, "Count"},
    FieldInfo{"rtcp.pt", FieldType::number, "Packet type"},
    FieldInfo{"rtcp.length", FieldType::number, "Length (words - 1)"},
    FieldInfo{"rtcp.ssrc", FieldType::hex, "Synchronization source"},
    FieldInfo{"rtcp.ntp", FieldType::hex, "NTP timestamp"},
    FieldInfo{"rtcp.timestamp", FieldType::number, "RTP timestamp"},
    FieldInfo{"rtcp.packets", FieldType::number, "Packets sent"},
    FieldInfo{"rtcp.octets", FieldType::number, "Octets sent"},
    FieldInfo{"rtcp.fraction_lost", FieldType::number, "Fraction lost (1/256)"},
    FieldInfo{"rtcp.lost", FieldType::number, "Packets lost"},
    FieldInfo{"rtcp.highest", FieldType::number, "Highest sequence number"},
    FieldInfo{"rtcp.jitter", FieldType::number, "Jitter"},
    FieldInfo{"rtcp.lsr", FieldType::hex, "Last sender report"},
    FieldInfo{"rtcp.dlsr", FieldType::number, "Delay since last sender report (1/65536 s)"},
    FieldInfo{"rtcp.sdes.type", FieldType::number, "Item"},
    FieldInfo{"rtcp.sdes.text", FieldType::text, "Text"},
    FieldInfo{"rtcp.data", FieldType::bytes, "Data"},
};

Step step_rtp(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.size() < 12) return too_short(bytes, packet);
    if (bytes[0] >> 6U != 2) return {.refused = true};
    std::size_t header = 12 + (bytes[0] & 15U) * std::size_t{4};
    if ((bytes[0] & 0x10U) != 0) {
        Cursor at(bytes);
        at.skip(header + 2);
        header += 4 + at.u16() * std::size_t{4};
        if (!at.ok()) return too_short(bytes, packet);
    }
    if (header > bytes.size()) return too_short(bytes, packet);
    return {.header = bytes.size()};
}

/// tcpdump's -T rtp: "udp/rtp 160 c0 * 1234 56789".
void info_rtp(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    if (bytes.size() < 12) return;
    Cursor at(bytes);
    at.skip(1);
    const unsigned second = at.u8();
    out.put("udp/rtp ");
    out.number(bytes.size() - 12);
    out.put(" c");
    out.number(second & 0x7fU);
    if ((second & 0x80U) != 0) out.put(" *");
    out.put(' ');
    out.number(at.u16());
    out.put(' ');
    out.number(at.u32());
}

void visit_rtp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader at(packet.bytes(layer), sink);
    const unsigned first = at.u8();
    at.part(r_version, first >> 6U);
    at.part(r_padding, first >> 5U & 1U);
    at.part(r_extension, first >> 4U & 1U);
    at.part(r_csrc_count, first & 15U);
    const unsigned second = at.u8();
    at.part(r_marker, second >> 7U);
    at.part(r_type, second & 0x7fU);
    at.u16(r_seq);
    at.u32(r_timestamp);
    at.u32(r_ssrc);
    for (unsigned i = 0; i < (first & 15U); ++i) at.u32(r_csrc);
    if ((first & 0x10U) != 0) {
        at.u16(r_profile);
        const std::size_t words = at.u16();
        at.bytes(r_extension_data, words * 4);
    }
    at.tail(r_payload);
}

std::string_view rtcp_name(unsigned type) {
    static constexpr std::array<std::string_view, 8> names{"sr", "rr", "sdes", "bye", "app", "rtpfb", "psfb", "xr"};
    return type < 200 ? std::string_view{} : name_of(names, type - 200);
}

Step step_rtcp(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.size() < 4) return too_short(bytes, packet);
    if (bytes[0] >> 6U != 2 || rtcp_name(bytes[1]).empty()) return {.refused = true};
    Cursor at(bytes);
    while (at.ok() && at.remaining() != 0) {
        at.skip(2);
        at.skip(at.u16() * std::size_t{4});
    }
    return whole_message(bytes, packet, !at.ok());
}

void info_rtcp(const Packet& packet, const Layer& layer, Text& out) {
    Cursor at(packet.bytes(layer));
    out.put("udp/rtcp");
    while (at.remaining() >= 4) {
        at.skip(1);
        const unsigned type = at.u8();
        const std::size_t length = at.u16() * std::size_t{4};
        out.put(' ');
        if (const auto name = rtcp_name(type); !name.empty())
            out.put(name);
        else
            out.number(type);
        out.put(' ');
        out.number(length + 4);
        at.skip(length);
        if (!at.ok()) return;
    }
}

void visit_report(FieldReader& at) {
    at.u32(c_ssrc);
    at.u8(c_lost_fraction);
    at.u24(c_lost);
    at.u32(c_highest);
    at.u32(c_jitter);
    at.u32(c_lsr);
    at.u32(c_dlsr);
}

/// RFC 3550 section 6.5: chunks of a source and items, each chunk ended by zeros up to a word.
void visit_sdes(FieldReader& at, unsigned chunks) {
    static constexpr std::array<std::string_view, 9> items{"",    "CNAME", "NAME", "EMAIL", "PHONE",
                                                           "LOC", "TOOL",  "NOTE", "PRIV"};
    for (unsigned i = 0; i < chunks && at.more(); ++i) {
        at.u32(c_ssrc);
        while (at.more() && at.peek() != 0) {
            at.u8(c_item, items);
            at.bytes(c_text, at.u8());
        }
        at.skip(4 - at.offset() % 4);
    }
}

void visit_rtcp_packet(FieldReader& at) {
    const unsigned first = at.u8();
    at.part(c_version, first >> 6U);
    at.part(c_count, first & 31U);
    const unsigned type = at.u8(c_type, rtcp_name(at.peek()));
    at.u16(c_length);
    if (type == 200 || type == 201) {
        at.u32(c_ssrc);
        if (type == 200) {
            at.u64(c_ntp);
            at.u32(c_timestamp);
            at.u32(c_packets);
            at.u32(c_octets);
        }
        for (unsigned i = 0; i < (first & 31U) && at.more(); ++i) visit_report(at);
    } else if (type == 202)
        visit_sdes(at, first & 31U);
    at.tail(c_data);
}

void visit_rtcp(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader all(packet.bytes(layer), sink);
    while (all.remaining() >= 4) {
        const std::size_t length = (std::size_t{all.peek16(2)} + 1) * 4;
        if (length > all.remaining()) return;
        all.group(c_packet, rtcp_name(all.peek(1)), length, visit_rtcp_packet);
    }
}

}  // namespace

const Dissector rtp_dissector{Protocol::rtp, "rtp",    "Real-time Transport Protocol", rtp_fields, step_rtp,
                              info_rtp,      visit_rtp};
const Dissector rtcp_dissector{Protocol::rtcp, "rtcp",    "RTP Control Protocol", rtcp_fields, step_rtcp,
                               info_rtcp,      visit_rtcp};

}  // namespace fid::packet
