// SPDX-License-Identifier: MIT
#include "packet/naming/dns_name.h"

namespace fid::packet {
namespace {

constexpr unsigned max_hops = 128;
constexpr std::size_t max_wire = 255;

}  // namespace

DnsName::DnsName(Cursor& cursor, Bytes message) {
    // Where `cursor` walks over a part of the message (rdata), its start in the message is the difference of the views.
    const auto base =
        cursor.all().empty() ? std::size_t{0} : static_cast<std::size_t>(cursor.all().data() - message.data());
    std::size_t limit = base + cursor.offset();
    std::size_t wire = 0;
    unsigned hops = 0;
    Cursor jumped(message);
    Cursor* at = &cursor;
    while (true) {
        const std::uint8_t length = at->u8();
        if (!at->ok() || length == 0) break;
        if (length >= 0xc0) {
            const std::size_t target = (std::size_t{length} & 0x3fU) << 8U | at->u8();
            if (!at->ok() || target >= limit || ++hops > max_hops) {
                cursor.fail();
                break;
            }
            limit = target;
            jumped.seek(target);
            at = &jumped;
            continue;
        }
        wire += std::size_t{length} + 1;
        const Bytes bytes = at->take(length);
        if (length >= 0x40 || !at->ok() || wire >= max_wire) {
            cursor.fail();
            break;
        }
        label(bytes);
        put('.');
    }
    if (!at->ok()) cursor.fail();
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
