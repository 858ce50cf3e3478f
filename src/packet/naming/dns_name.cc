// SPDX-License-Identifier: MIT
#include "packet/naming/dns_name.h"

namespace fid::packet {
DnsName::DnsName(Cursor& cursor, Bytes message) {
    walk_dns_name(cursor, message, [this](Bytes bytes) {
        label(bytes);
        put('.');
    });
    if (size_ == 0) put('.');
}

void DnsName::decimal(std::uint8_t byte) {
    put('\\');
    put(static_cast<char>('0' + byte / 100));
    put(static_cast<char>('0' + byte / 10 % 10));
    put(static_cast<char>('0' + byte % 10));
}

void DnsName::label(Bytes bytes) {
    const bool utf8 = is_utf8(bytes);
    for (const std::uint8_t byte : bytes) {
        if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) {
            decimal(byte);
            continue;
        }
        if (byte == '.' || byte == '\\') put('\\');
        if (byte >= 0x80) ascii_ = false;
        put(static_cast<char>(byte));
    }
}

void DnsName::write(Text& out) const {
    // ASCII is safe already, and its backslashes must not be doubled.
    if (ascii_)
        out.put(text());
    else
        out.escaped(text());
}

void skip_dns_name(Cursor& cursor) {
    while (cursor.ok()) {
        const std::uint8_t length = cursor.u8();
        if (length == 0) return;
        if (length >= 0xc0) return cursor.skip(1);
        if (length >= 0x40) return cursor.fail();
        cursor.skip(length);
    }
}

}  // namespace fid::packet
