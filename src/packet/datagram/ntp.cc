// SPDX-License-Identifier: MIT
// NTP versions 1 to 4 (RFC 5905); modes 6 and 7 are control messages with another body.
#include <array>

#include "packet/datagram/family.h"
#include "packet/field_reader.h"
#include "packet/steps.h"
#include "report/calendar.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_leap,
    f_version,
    f_mode,
    f_stratum,
    f_poll,
    f_precision,
    f_delay,
    f_dispersion,
    f_refid,
    f_reference,
    f_origin,
    f_receive,
    f_transmit,
    f_key,
    f_mac,
    f_data,
};
constexpr std::array fields{
    FieldInfo{"ntp.leap", FieldType::number, "Leap indicator"},
    FieldInfo{"ntp.version", FieldType::number, "Version"},
    FieldInfo{"ntp.mode", FieldType::number, "Mode"},
    FieldInfo{"ntp.stratum", FieldType::number, "Stratum"},
    FieldInfo{"ntp.poll", FieldType::number, "Poll interval (log2 s)"},
    FieldInfo{"ntp.precision", FieldType::number, "Precision (two's complement log2 s)"},
    FieldInfo{"ntp.rootdelay", FieldType::text, "Root delay"},
    FieldInfo{"ntp.rootdispersion", FieldType::text, "Root dispersion"},
    FieldInfo{"ntp.refid", FieldType::bytes, "Reference ID"},
    FieldInfo{"ntp.reftime", FieldType::text, "Reference time"},
    FieldInfo{"ntp.org", FieldType::text, "Origin time"},
    FieldInfo{"ntp.rec", FieldType::text, "Receive time"},
    FieldInfo{"ntp.xmt", FieldType::text, "Transmit time"},
    FieldInfo{"ntp.keyid", FieldType::hex, "Key ID"},
    FieldInfo{"ntp.mac", FieldType::bytes, "Message authentication code"},
    FieldInfo{"ntp.data", FieldType::bytes, "Data"},
};
constexpr std::array<std::string_view, 8> modes{"unspecified", "Symmetric Active", "Symmetric Passive", "Client",
                                                "Server",      "Broadcast",        "Control Message",   "Reserved"};
constexpr std::array<std::string_view, 4> leaps{"", "+1s", "-1s", "clock unsynchronized"};

Step step(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.empty()) return {.refused = true};
    const unsigned version = bytes[0] >> 3U & 7U;
    const unsigned mode = bytes[0] & 7U;
    if (version == 0 || version > 4) return {.refused = true};
    const std::size_t least = mode == 6 ? 12 : mode == 7 ? 8 : 48;
    return bytes.size() < least ? too_short(bytes, packet) : Step{.header = bytes.size()};
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    if (bytes.empty()) return;
    out.put("NTPv");
    out.number(bytes[0] >> 3U & 7U);
    out.put(", ");
    out.put(modes[bytes[0] & 7U]);
    out.put(", length ");
    out.number(bytes.size());
}

/// Seconds since 1900 with a binary fraction, as RFC 3339 UTC with microseconds. Era 0 from 1968 on, era 1 from 2036
/// on.
void timestamp(FieldReader& at, Field field) {
    const std::size_t from = at.offset();
    const std::uint64_t seconds = at.u32();
    const std::uint64_t fraction = at.u32();
    if (!at.ok()) return;
    constexpr std::uint64_t unix_epoch = 2208988800;
    Text text;
    if (seconds == 0 && fraction == 0)
        text.put('0');
    else {
        const std::uint64_t era = seconds < 0x80000000U ? std::uint64_t{1} << 32U : 0;
        const std::uint64_t at_unix = seconds + era < unix_epoch ? 0 : seconds + era - unix_epoch;
        report::Calendar utc(report::Calendar::Zone::utc);
        const auto nanoseconds = static_cast<std::uint32_t>(fraction * 1'000'000'000 >> 32U);
        utc.rfc3339(static_cast<std::int64_t>(at_unix), nanoseconds, 6, text);
    }
    at.sink().text(field, text.view(), from, 8);
}

/// 16.16 fixed point seconds.
void interval(FieldReader& at, Field field) {
    const std::size_t from = at.offset();
    const std::uint64_t value = at.u32();
    if (!at.ok()) return;
    Text text;
    text.number(value >> 16U);
    text.put('.');
    text.padded((value & 0xffffU) * 1000000 >> 16U, 6);
    at.sink().text(field, text.view(), from, 4);
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader at(packet.bytes(layer), sink);
    const unsigned first = at.u8();
    const unsigned mode = first & 7U;
    // Mode 7 has a response and a more bit there.
    if (mode != 7) at.part(f_leap, first >> 6U, leaps);
    at.part(f_version, first >> 3U & 7U);
    at.part(f_mode, mode, modes);
    if (mode >= 6) return at.tail(f_data);
    const unsigned stratum = at.peek();
    at.u8(f_stratum, stratum == 0 ? "unspecified" : stratum == 1 ? "primary" : stratum == 16 ? "unsynchronized" : "");
    at.u8(f_poll);
    at.u8(f_precision);
    interval(at, f_delay);
    interval(at, f_dispersion);
    at.bytes(f_refid, 4);
    for (const Field field : {f_reference, f_origin, f_receive, f_transmit}) timestamp(at, field);
    // RFC 5905 section 7.3: a key and a digest of 16 or 20 bytes; anything else is extension fields.
    const std::size_t left = at.remaining();
    if (left == 20 || left == 24) {
        at.u32(f_key);
        return at.tail(f_mac);
    }
    at.tail(f_data);
}

}  // namespace

const Dissector ntp_dissector{Protocol::ntp, "ntp", "Network Time Protocol", fields, step, info, visit};

}  // namespace fid::packet
