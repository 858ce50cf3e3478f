// SPDX-License-Identifier: MIT
// The parts of record data as dig writes them.
#include <chrono>

#include "dns/rdata.h"
#include "dns/rdata_parts.h"
#include "encoding/base64.h"

namespace fid::dns {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

/// In words of `split` characters, where it is not 0.
void put_words(Text& out, std::string_view text, unsigned split) {
    if (split == 0) return out.put(text);
    for (std::size_t at = 0; at < text.size(); at += split) {
        if (at != 0) out.put(' ');
        out.put(text.substr(at, split));
    }
}

std::string upper_hex(Bytes bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += hex_digits[byte >> 4U];
        text += hex_digits[byte & 15U];
    }
    return text;
}

/// RFC 4648 section 7, without padding (RFC 5155 section 3.3).
std::string base32hex(Bytes bytes) {
    std::string text;
    unsigned bits = 0;
    unsigned held = 0;
    for (const std::uint8_t byte : bytes) {
        held = (held << 8U | byte) & 0xfffU;
        bits += 8;
        for (; bits >= 5; bits -= 5) text += "0123456789ABCDEFGHIJKLMNOPQRSTUV"[held >> (bits - 5) & 31U];
    }
    if (bits != 0) text += "0123456789ABCDEFGHIJKLMNOPQRSTUV"[held << (5 - bits) & 31U];
    return text;
}

/// As dig quotes: " and \ behind a backslash, bytes outside ASCII's printable ones as \DDD.
void put_string(Text& out, Bytes bytes, std::string_view also_escaped = {}) {
    for (const std::uint8_t byte : bytes) {
        if (byte < 0x20 || byte >= 0x7f) {
            out.put('\\');
            out.padded(byte, 3);
            continue;
        }
        const char c = static_cast<char>(byte);
        if (c == '"' || c == '\\' || also_escaped.find(c) != std::string_view::npos) out.put('\\');
        out.put(c);
    }
}

void put_quoted(Text& out, Bytes bytes) {
    out.put('"');
    put_string(out, bytes);
    out.put('"');
}

bool put_strings(Text& out, Bytes rest) {
    packet::Cursor at(rest);
    while (at.remaining() != 0) {
        const Bytes one = at.take(at.u8());
        if (!at.ok()) return false;
        if (at.offset() != one.size() + 1) out.put(' ');
        put_quoted(out, one);
    }
    return true;
}

/// Blocks of an SVCB list, each behind its length, with commas between them and those inside behind a backslash, which
/// is then escaped once more (RFC 9460 appendix A.1).
bool put_alpn(Text& out, Bytes value) {
    packet::Cursor at(value);
    out.put('"');
    while (at.remaining() != 0) {
        if (at.offset() != 0) out.put(',');
        for (const std::uint8_t byte : at.take(at.u8())) {
            if (byte == ',' || byte == '\\') out.put("\\\\");
            if (byte == ' ')
                out.put("\\032");
            else
                put_string(out, Bytes(&byte, 1));
        }
        if (!at.ok()) return false;
    }
    out.put('"');
    return !value.empty();
}

/// Elements of `size` bytes with commas between them.
template <class Put>
bool put_list(Bytes value, std::size_t size, Text& out, Put put) {
    if (value.empty() || value.size() % size != 0) return false;
    for (std::size_t at = 0; at < value.size(); at += size) {
        if (at != 0) out.put(',');
        put(value.subspan(at, size));
    }
    return true;
}

std::uint16_t u16_of(Bytes bytes) { return static_cast<std::uint16_t>(bytes[0] << 8U | bytes[1]); }
void put_ipv4(Text& out, Bytes bytes) { out.ipv4(packet::Cursor(bytes).u32()); }
void put_ipv6(Text& out, Bytes bytes) { out.ipv6(bytes.first<16>()); }

bool put_param(Text& out, const SvcParam& param) {
    out.put(param_text(param.key));
    const Bytes value = param.value;
    if (param.key == svc::no_default_alpn) return value.empty();
    if (param.key > svc::dohpath && value.empty()) return true;
    out.put('=');
    switch (param.key) {
        case svc::mandatory:
            return put_list(value, 2, out, [&](Bytes one) { out.put(param_text(u16_of(one))); });
        case svc::alpn:
            return put_alpn(out, value);
        case svc::port:
            if (value.size() != 2) return false;
            out.number(u16_of(value));
            return true;
        case svc::ipv4hint:
            return put_list(value, 4, out, [&](Bytes one) { put_ipv4(out, one); });
        case svc::ipv6hint:
            return put_list(value, 16, out, [&](Bytes one) { put_ipv6(out, one); });
        case svc::ech:
            out.put(encoding::base64(as_text(value)));
            return true;
        default:
            put_quoted(out, value);
            return true;
    }
}

bool put_params(Text& out, Bytes rest) {
    int last = -1;
    while (!rest.empty()) {
        const auto param = take_param(rest);
        if (!param || param->key <= last) return false;
        last = param->key;
        out.put(' ');
        if (!put_param(out, *param)) return false;
    }
    return true;
}

void put_groups(Text& out, Bytes bytes) {
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        if (i != 0) out.put(':');
        out.hex(u16_of(bytes.subspan(i)));
    }
}

/// Seconds since 1970 as YYYYMMDDHHMMSS; the numbers wrap in 2106, which is taken as after now (RFC 4034 section 3.1.5
/// compares them in serial arithmetic), as dig does until then.
void put_time(Text& out, std::uint64_t seconds) {
    const auto day = std::chrono::sys_days(std::chrono::days(seconds / 86400));
    const std::chrono::year_month_day date(day);
    const auto within = static_cast<unsigned>(seconds % 86400);
    out.padded(static_cast<unsigned>(static_cast<int>(date.year())), 4);
    out.padded(static_cast<unsigned>(date.month()), 2);
    out.padded(static_cast<unsigned>(date.day()), 2);
    out.padded(within / 3600, 2);
    out.padded(within / 60 % 60, 2);
    out.padded(within % 60, 2);
}

void put_or_number(Text& out, std::string_view name, std::uint64_t number) {
    if (name.empty())
        out.number(number);
    else
        out.put(name);
}

bool put_types(Text& out, Bytes bitmap) {
    bool first = true;
    return walk_types(bitmap, [&](std::uint16_t type) {
        if (!first) out.put(' ');
        first = false;
        out.put(type_text(type));
    });
}

}  // namespace

bool write_part(Part part, const Piece& piece, Text& out, unsigned split) {
    switch (part) {
        case Part::u8:
        case Part::u16:
        case Part::u32:
        case Part::u48:
            out.number(piece.number);
            return true;
        case Part::ipv4:
            put_ipv4(out, piece.bytes);
            return true;
        case Part::ipv6:
            put_ipv6(out, piece.bytes);
            return true;
        case Part::name:
            piece.name->write(out);
            return true;
        case Part::string:
        case Part::text:
            put_quoted(out, piece.bytes);
            return true;
        case Part::word:
            put_string(out, piece.bytes);
            return true;
        case Part::strings:
            return put_strings(out, piece.bytes);
        case Part::hex:
            put_words(out, upper_hex(piece.bytes), split);
            return true;
        case Part::base64:
        case Part::base64_last:
            put_words(out, encoding::base64(as_text(piece.bytes)), split);
            return true;
        case Part::counted:
            out.number(piece.bytes.size());
            out.put(' ');  // dig has it where nothing follows, too
            put_words(out, encoding::base64(as_text(piece.bytes)), split);
            return true;
        case Part::error:
            out.put(tsig_error_text(static_cast<unsigned>(piece.number)));
            return true;
        case Part::salt:
            out.put(piece.bytes.empty() ? "-" : upper_hex(piece.bytes));
            return true;
        case Part::hash:
            out.put(base32hex(piece.bytes));
            return !piece.bytes.empty();
        case Part::types:
            return put_types(out, piece.bytes);
        case Part::type:
            out.put(type_text(static_cast<std::uint16_t>(piece.number)));
            return true;
        case Part::time:
            put_time(out, piece.number);
            return true;
        case Part::certificate:
            put_or_number(out, certificate_name(piece.number), piece.number);
            return true;
        case Part::algorithm:
            put_or_number(out, algorithm_name(piece.number), piece.number);
            return true;
        case Part::eui:
            out.hex_bytes(piece.bytes, "-");
            return piece.bytes.size() == 6 || piece.bytes.size() == 8;
        case Part::groups:
            put_groups(out, piece.bytes);
            return true;
        case Part::nsap:
            out.put("0x");
            out.hex_bytes(piece.bytes);
            return true;
        case Part::params:
            return put_params(out, piece.bytes);
    }
    return false;
}

}  // namespace fid::dns
