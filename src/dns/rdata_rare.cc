// SPDX-License-Identifier: MIT
#include "dns/rdata_rare.h"

#include <algorithm>
#include <array>

#include "address/address.h"
#include "packet/cursor.h"

namespace fid::dns {
namespace {

using packet::Cursor;

constexpr std::uint16_t wks = 11, loc = 29, apl = 42;

/// RFC 1876 section 2: a digit and a power of ten, in centimetres.
bool put_size(Cursor& at, Text& out) {
    const unsigned coded = at.u8();
    const unsigned mantissa = coded >> 4U, exponent = coded & 15U;
    if (mantissa > 9 || exponent > 9) return false;
    std::uint64_t centimetres = mantissa;
    for (unsigned i = 0; i < exponent; ++i) centimetres *= 10;
    out.put(' ');
    out.number(centimetres / 100);
    if (centimetres < 100) {
        out.put('.');
        out.padded(centimetres % 100, 2);
    }
    out.put('m');
    return true;
}

/// Thousandths of a second of arc from 2^31 on.
bool put_angle(std::uint32_t coded, std::uint32_t most_degrees, std::string_view letters, Text& out) {
    constexpr std::uint32_t zero = 1U << 31U;
    const bool positive = coded >= zero;
    const std::uint32_t thousandths = positive ? coded - zero : zero - coded;
    if (thousandths > most_degrees * 3600000U) return false;
    out.number(thousandths / 3600000);
    out.put(' ');
    out.number(thousandths / 60000 % 60);
    out.put(' ');
    out.number(thousandths / 1000 % 60);
    out.put('.');
    out.padded(thousandths % 1000, 3);
    out.put(' ');
    out.put(letters[positive ? 0 : 1]);
    out.put(' ');
    return true;
}

/// RFC 1876.
bool put_location(Bytes rdata, Text& out) {
    Cursor at(rdata);
    Text sizes;
    if (rdata.size() != 16 || at.u8() != 0) return false;
    if (!put_size(at, sizes) || !put_size(at, sizes) || !put_size(at, sizes)) return false;
    if (!put_angle(at.u32(), 90, "NS", out) || !put_angle(at.u32(), 180, "EW", out)) return false;
    constexpr std::int64_t sea_level = 10000000;  // centimetres above the zero of the numbers
    const std::int64_t altitude = std::int64_t{at.u32()} - sea_level;
    const auto height = static_cast<std::uint64_t>(altitude < 0 ? -altitude : altitude);
    if (altitude < 0) out.put('-');
    out.number(height / 100);
    out.put('.');
    out.padded(height % 100, 2);
    out.put('m');
    out.put(sizes.view());
    return true;
}

/// RFC 3123: address prefixes, without the zeros at their end.
bool put_prefixes(Bytes rdata, Text& out) {
    Cursor at(rdata);
    while (at.remaining() != 0) {
        const bool first = at.offset() == 0;
        const unsigned family = at.u16();
        const unsigned length = at.u8();
        const unsigned coded = at.u8();
        const Bytes given = at.take(coded & 0x7fU);
        const std::size_t size = family == 1 ? 4 : 16;
        if (!at.ok() || (family != 1 && family != 2) || given.size() > size || length > size * 8) return false;
        std::array<std::uint8_t, 16> bytes{};
        std::ranges::copy(given, bytes.begin());
        if (!first) out.put(' ');
        if ((coded & 0x80U) != 0) out.put('!');
        out.number(family);
        out.put(':');
        const std::span<const std::uint8_t, 16> whole(bytes);
        (size == 4 ? Address::from_bytes(whole.first<4>()) : Address::from_bytes(whole)).write(out);
        out.put('/');
        out.number(length);
    }
    return true;
}

/// RFC 1035 section 3.4.2: an address, a protocol, and a bit for each port.
bool put_services(Bytes rdata, Text& out) {
    constexpr std::size_t most_bitmap = 8192;
    Cursor at(rdata);
    out.ipv4(at.u32());
    out.put(' ');
    out.number(at.u8());
    const Bytes bits = at.rest();
    if (!at.ok() || bits.size() > most_bitmap) return false;
    for (std::size_t port = 0; port < bits.size() * 8; ++port) {
        if ((bits[port / 8] >> (7 - port % 8) & 1U) == 0) continue;
        out.put(' ');
        out.number(port);
    }
    return true;
}

}  // namespace

bool is_rare(std::uint16_t type) { return type == wks || type == loc || type == apl; }

bool put_rare(std::uint16_t type, Bytes rdata, Text& out) {
    if (type == wks) return put_services(rdata, out);
    if (type == loc) return put_location(rdata, out);
    return type == apl && put_prefixes(rdata, out);
}

}  // namespace fid::dns
