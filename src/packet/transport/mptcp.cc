// SPDX-License-Identifier: MIT
#include "packet/transport/mptcp.h"

#include <array>

#include "packet/put.h"

namespace fid::packet {
namespace {

constexpr std::array<std::string_view, 9> subtypes{"capable", "join", "dss",        "add-addr", "rem-addr",
                                                   "prio",    "fail", "fast-close", "tcprst"};
enum Subtype : unsigned { capable, join, dss, add_address, remove_address, priority, fail, fast_close, reset };

constexpr std::array<std::string_view, 7> reset_reasons{"unspecified",
                                                        "MPTCP specific error",
                                                        "lack of resources",
                                                        "administratively prohibited",
                                                        "too much outstanding data",
                                                        "unacceptable performance",
                                                        "middlebox interference"};

/// The words and the fields that one option becomes.
struct Reader {
    FieldReader& in;
    const MptcpFields& fields;
    Text& words;

    void number(std::string_view before, unsigned field, std::size_t size) const {
        words.put(before);
        words.number(in.number(field, size));
    }
    void hex(std::string_view before, unsigned field, std::size_t size) const {
        words.put(before);
        words.put("0x");
        words.hex(in.number(field, size));
    }
    void mac(std::size_t size) const {
        words.put(" hmac 0x");
        words.hex_bytes(in.bytes(fields.mac, size));
    }

    /// RFC 8684 section 3.1: 2 bytes in a SYN of version 1, then one key, both, and a length with its checksum.
    [[nodiscard]] bool capable(unsigned low) const {
        in.part(fields.version, low);
        words.put(" v");
        words.number(low);
        if (low > 1) return true;
        const std::uint8_t flags = in.u8(fields.flags);
        if ((flags & 0x80U) != 0) words.put(" csum");
        const std::size_t left = in.remaining();
        if (left == 0) return low == 1;
        if (left != 8 && left != 16 && left != 18 && left != 20) return false;
        hex(" {", fields.sender_key, 8);
        if (left > 8) hex(",", fields.receiver_key, 8);
        words.put('}');
        if (left > 16) in.u16(fields.data_length);
        if (left > 18) in.u16(fields.checksum);
        return true;
    }

    [[nodiscard]] bool join(unsigned low) const {
        const std::size_t length = in.remaining() + 3;
        if (length == 24) {
            in.skip(1);
            mac(20);
            return true;
        }
        if (length != 12 && length != 16) return false;
        in.part(fields.backup, low & 1U);
        if ((low & 1U) != 0) words.put(" backup");
        number(" id ", fields.address_id, 1);
        if (length == 12)
            hex(" token ", fields.token, 4);
        else
            mac(8);
        hex(" nonce ", fields.nonce, 4);
        return true;
    }

    /// Flags: 0x10 the connection's end, 0x04 a mapping (0x08 of 8 bytes), 0x01 an acknowledgement (0x02 of 8 bytes).
    [[nodiscard]] bool dss() const {
        const std::uint8_t flags = in.u8(fields.flags);
        if ((flags & 0x10U) != 0) words.put(" fin");
        if ((flags & 0x01U) != 0) number(" ack ", fields.ack, (flags & 0x02U) != 0 ? 8 : 4);
        if ((flags & 0x04U) != 0) {
            number(" seq ", fields.sequence, (flags & 0x08U) != 0 ? 8 : 4);
            number(" subseq ", fields.subflow_sequence, 4);
            number(" len ", fields.data_length, 2);
            if (in.remaining() == 2) hex(" csum ", fields.checksum, 2);
        }
        return in.ok() && !in.more();
    }

    /// Version 0 has the IP version in the low bits; version 1 has the echo bit there, the size tells the rest, and
    /// an announcement that is no echo carries a digest of 8 bytes.
    [[nodiscard]] bool add_address(unsigned low) const {
        const std::size_t size = in.remaining() - 1;
        const bool old = low == 4 || low == 6;
        const bool echo = (low & 1U) != 0;
        const std::size_t digest = old || echo ? 0 : 8;
        if (in.remaining() == 0 || size < digest) return false;
        const std::size_t place = size - digest;
        if (place != 4 && place != 6 && place != 16 && place != 18) return false;
        if (!old) words.put(echo ? " v1-echo" : " v1");
        number(" id ", fields.address_id, 1);
        words.put(' ');
        const bool six = place >= 16;
        put_address(words, in.bytes(six ? fields.address6 : fields.address, six ? 16 : 4));
        if (place == 6 || place == 18) number(":", fields.port, 2);
        if (digest != 0) mac(digest);
        return true;
    }

    [[nodiscard]] bool remove_address() const {
        if (!in.more()) return false;
        words.put(" id");
        while (in.more()) number(" ", fields.address_id, 1);
        return true;
    }

    [[nodiscard]] bool priority(unsigned low) const {
        if (in.remaining() > 1) return false;
        in.part(fields.backup, low & 1U);
        words.put((low & 1U) != 0 ? " backup" : " non-backup");
        if (in.more()) number(" id ", fields.address_id, 1);
        return true;
    }
};

}  // namespace

bool read_mptcp(FieldReader& in, const MptcpFields& fields, Text& words) {
    if (!in.more()) return false;
    words.put(' ');
    words.number(in.remaining() + 2);
    const unsigned first = in.u8();
    const unsigned kind = first >> 4U;
    const unsigned low = first & 15U;
    in.part(fields.subtype, kind, subtypes);
    words.put(' ');
    words.put(name_of(subtypes, kind, "unknown"));
    const Reader reader{in, fields, words};
    switch (kind) {
        case capable:
            return reader.capable(low);
        case join:
            return reader.join(low);
        case dss:
            return reader.dss();
        case add_address:
            return reader.add_address(low);
        case remove_address:
            return reader.remove_address();
        case priority:
            return reader.priority(low);
        case fail:
            if (in.remaining() != 9) return false;
            in.skip(1);
            reader.number(" seq ", fields.sequence, 8);
            return true;
        case fast_close:
            if (in.remaining() != 9) return false;
            in.skip(1);
            reader.hex(" key ", fields.receiver_key, 8);
            return true;
        case reset:
            in.part(fields.flags, low);
            in.u8(fields.reason, reset_reasons);
            return in.ok();
        default:
            return true;
    }
}

}  // namespace fid::packet
