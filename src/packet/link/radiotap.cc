// SPDX-License-Identifier: MIT
// What a wireless adapter says of a received frame, before the frame: radiotap, and its elders Prism and AVS.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/put.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::uint16_t link_type_prism = 119;
constexpr std::uint16_t link_type_avs = 163;

enum Field : unsigned {
    version,
    length,
    present,
    tsft,
    flags,
    rate,
    frequency,
    channel_flags,
    signal,
    noise,
    antenna,
    db_signal,
    rest
};
constexpr std::array radiotap_fields{
    FieldInfo{"radiotap.version", FieldType::number, "Version"},
    FieldInfo{"radiotap.length", FieldType::number, "Length"},
    FieldInfo{"radiotap.present", FieldType::hex, "Present"},
    FieldInfo{"radiotap.mactime", FieldType::number, "MAC time (us)"},
    FieldInfo{"radiotap.flags", FieldType::hex, "Flags"},
    FieldInfo{"radiotap.datarate", FieldType::number, "Rate (500 kb/s)"},
    FieldInfo{"radiotap.channel.freq", FieldType::number, "Channel frequency (MHz)"},
    FieldInfo{"radiotap.channel.flags", FieldType::hex, "Channel flags"},
    FieldInfo{"radiotap.dbm_antsignal", FieldType::text, "Signal (dBm)"},
    FieldInfo{"radiotap.dbm_antnoise", FieldType::text, "Noise (dBm)"},
    FieldInfo{"radiotap.antenna", FieldType::number, "Antenna"},
    FieldInfo{"radiotap.db_antsignal", FieldType::number, "Signal (dB)"},
    FieldInfo{"radiotap.data", FieldType::bytes, "Other fields"},
};

constexpr std::array<Named, 7> flag_names{{{0x01, "CFP"},
                                           {0x02, "short preamble"},
                                           {0x04, "WEP"},
                                           {0x08, "fragmented"},
                                           {0x10, "FCS at end"},
                                           {0x20, "padded"},
                                           {0x40, "bad FCS"}}};
constexpr std::uint8_t fcs_at_end = 0x10;
constexpr std::size_t fcs_size = 4;

/// Fields by their bit in the first presence word: size and alignment (radiotap.org/fields/defined).
struct Shape {
    std::uint8_t size, align;
};
constexpr std::array<Shape, 14> shapes{
    {{8, 8}, {1, 1}, {1, 1}, {4, 2}, {2, 2}, {1, 1}, {1, 1}, {2, 2}, {2, 2}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, {1, 1}}};

/// Calls body(bit, offset) for the fields of the first presence word that we know, in order, while they fit.
template <class Body>
void each_field(Bytes header, Body body) {
    Cursor in(header);
    in.skip(4);
    const std::uint32_t bits = in.le32();
    // Bit 31 says that another presence word follows.
    for (std::uint32_t word = bits; in.ok() && (word & 0x80000000U) != 0;) word = in.le32();
    if (!in.ok()) return;
    std::size_t at = in.offset();
    for (unsigned bit = 0; bit < shapes.size(); ++bit) {
        if ((bits >> bit & 1U) == 0) continue;
        const Shape shape = shapes[bit];
        at = (at + shape.align - 1U) / shape.align * shape.align;
        if (at + shape.size > header.size()) return;
        body(bit, at);
        at += shape.size;
    }
}

std::size_t header_length(Bytes bytes, std::uint16_t link_type) {
    Cursor in(bytes);
    if (link_type == link_type_avs || link_type == link_type_prism) {
        const std::uint32_t magic = in.u32();
        if ((magic & 0xfffff000U) == 0x80211000U) return in.u32();  // AVS, big-endian
        return in.le32();
    }
    in.skip(2);
    return in.le16();
}

Step step_radiotap(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < 8) return short_header(bytes, packet, offset);
    const std::size_t length_claimed = header_length(bytes, packet.link_type);
    if (length_claimed < 8) return {.header = bytes.size(), .malformed = true};
    if (length_claimed > bytes.size()) return short_header(bytes, packet, offset);
    Step step{.header = length_claimed, .next = Protocol::ieee80211};
    if (packet.link_type == link_type_avs || packet.link_type == link_type_prism) return step;
    each_field(bytes.first(length_claimed), [&](unsigned bit, std::size_t at) {
        // The checksum is there only if all of the frame is.
        if (bit != 1 || (bytes[at] & fcs_at_end) == 0 || packet.wire_length > packet.data.size()) return;
        const std::size_t frame = bytes.size() - length_claimed;
        if (frame >= fcs_size) step.payload = frame - fcs_size;
    });
    return step;
}

void put_signed(FieldSink& sink, unsigned field, std::uint8_t byte, std::size_t at) {
    Text text;
    text.number_signed(static_cast<std::int8_t>(byte));
    sink.text(field, text.view(), at, 1);
}

void visit_radiotap(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes header = packet.header(layer);
    FieldReader in(header, sink);
    if (packet.link_type == link_type_avs || packet.link_type == link_type_prism) return in.tail(rest);
    in.u8(version);
    in.skip(1);
    in.le16(length);
    in.le32(present);
    if (!in.ok()) return;
    std::size_t end = in.offset();
    each_field(header, [&](unsigned bit, std::size_t at) {
        Cursor field(header);
        field.seek(at);
        switch (bit) {
            case 0:
                sink.number(tsft, field.le64(), at, 8);
                break;
            case 1: {
                Text names;
                put_flags(names, flag_names, header[at]);
                sink.number(flags, header[at], at, 1, names.view());
                break;
            }
            case 2:
                sink.number(rate, header[at], at, 1);
                break;
            case 3:
                sink.number(frequency, field.le16(), at, 2);
                sink.number(channel_flags, field.le16(), at + 2, 2);
                break;
            case 5:
                put_signed(sink, signal, header[at], at);
                break;
            case 6:
                put_signed(sink, noise, header[at], at);
                break;
            case 11:
                sink.number(antenna, header[at], at, 1);
                break;
            case 12:
                sink.number(db_signal, header[at], at, 1);
                break;
            default:
                break;
        }
        end = at + shapes[bit].size;
    });
    if (end < header.size()) sink.bytes(rest, header.subspan(end), end);
}

}  // namespace

constexpr Dissector radiotap_dissector{Protocol::radiotap, "radiotap", "Radiotap",    radiotap_fields,
                                       step_radiotap,      no_info,    visit_radiotap};

}  // namespace fid::packet
