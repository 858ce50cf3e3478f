// SPDX-License-Identifier: MIT
#include "packet/transport/tcp_options.h"

#include <algorithm>
#include <array>

#include "packet/network/octets.h"

namespace fid::packet {
namespace {

enum Kind : std::uint8_t {
    eol = 0,
    nop = 1,
    mss = 2,
    wscale = 3,
    sack_permitted = 4,
    sack = 5,
    echo = 6,
    echo_reply = 7,
    timestamp = 8,
    cc = 11,
    cc_new = 12,
    cc_echo = 13,
    md5 = 19,
    scps = 20,
    user_timeout = 28,
    authentication = 29,
    mptcp = 30,
    fast_open = 34,
    experiment1 = 253,
    experiment2 = 254
};
/// RFC 6994's identifier of fast open before it had a kind.
constexpr std::uint16_t fast_open_experiment = 0xf989;

/// tcpdump's names.
std::string_view kind_name(std::uint8_t kind) {
    switch (kind) {
        case eol:
            return "eol";
        case nop:
            return "nop";
        case mss:
            return "mss";
        case wscale:
            return "wscale";
        case sack_permitted:
            return "sackOK";
        case sack:
            return "sack";
        case echo:
            return "echo";
        case echo_reply:
            return "echoreply";
        case timestamp:
            return "TS";
        case cc:
            return "cc";
        case cc_new:
            return "ccnew";
        case cc_echo:
            return "ccecho";
        case md5:
            return "md5";
        case scps:
            return "scps";
        case user_timeout:
            return "uto";
        case authentication:
            return "tcp-ao";
        case mptcp:
            return "mptcp";
        case fast_open:
            return "tfo";
        case experiment1:
        case experiment2:
            return "exp";
        default:
            return {};
    }
}

void write_cookie(Bytes cookie, Text& out) {
    if (cookie.empty()) return out.put(" cookiereq");
    if (cookie.size() % 2 != 0 || cookie.size() < 4 || cookie.size() > 16) return out.put(" (invalid)");
    out.put(" cookie ");
    out.hex_bytes(cookie);
}

void write_sack(Bytes body, std::uint32_t base, Text& out) {
    out.put(' ');
    out.number(body.size() / 8);
    out.put(' ');
    for (; body.size() >= 8; body = body.subspan(8)) {
        out.put('{');
        out.number(be32(body, 0) - base);
        out.put(':');
        out.number(be32(body, 4) - base);
        out.put('}');
    }
}

bool write_mptcp(Bytes body, Text& out) {
    IgnoreFields ignore;
    FieldReader in(body, ignore);
    return read_mptcp(in, {}, out);
}

/// False where the option's length does not fit its kind.
bool write_body(std::uint8_t kind, Bytes body, std::uint32_t base, Text& out) {
    const auto number = [&](std::string_view before, std::uint64_t value) {
        out.put(before);
        out.number(value);
    };
    switch (kind) {
        case mss:
            if (body.size() != 2) return false;
            number(" ", be16(body, 0));
            return true;
        case wscale:
            if (body.size() != 1) return false;
            number(" ", body[0]);
            return true;
        case sack_permitted:
            return body.empty();
        case sack:
            if (body.size() % 8 != 0) return false;
            write_sack(body, base, out);
            return true;
        case echo:
        case echo_reply:
        case cc:
        case cc_new:
        case cc_echo:
            if (body.size() != 4) return false;
            number(" ", be32(body, 0));
            return true;
        case timestamp:
            if (body.size() != 8) return false;
            number(" val ", be32(body, 0));
            number(" ecr ", be32(body, 4));
            return true;
        case md5:
            if (body.size() != 16) return false;
            out.put(" 0x");
            out.hex_bytes(body);
            return true;
        case user_timeout:
            if (body.size() != 2) return false;
            out.put(" 0x");
            out.hex(be16(body, 0));
            return true;
        case authentication:
            if (body.size() < 2) return false;
            number(" keyid ", body[0]);
            number(" rnextkeyid ", body[1]);
            out.put(" mac 0x");
            out.hex_bytes(body.subspan(2));
            return true;
        case mptcp:
            return write_mptcp(body, out);
        case fast_open:
            write_cookie(body, out);
            return true;
        case experiment1:
        case experiment2:
            // RFC 6994.
            if (body.size() < 2) return false;
            out.put('-');
            out.hex(be16(body, 0), 4);
            if (be16(body, 0) == fast_open_experiment) {
                out.put(" tfo");
                write_cookie(body.subspan(2), out);
            } else if (body.size() > 2) {
                out.put(" 0x");
                out.hex_bytes(body.subspan(2));
            }
            return true;
        default:
            if (body.empty()) return true;
            out.put(" 0x");
            out.hex_bytes(body);
            return true;
    }
}

}  // namespace

void write_tcp_options(Bytes options, std::uint32_t base, Text& out) {
    bool first = true;
    while (!options.empty()) {
        if (!first) out.put(',');
        first = false;
        const std::uint8_t kind = options[0];
        const std::string_view name = kind_name(kind);
        if (name.empty()) {
            out.put("unknown-");
            out.number(kind);
        } else {
            out.put(name);
        }
        if (kind == eol) return;
        if (kind == nop) {
            options = options.subspan(1);
            continue;
        }
        const std::size_t length = options.size() > 1 ? options[1] : 0;
        if (length < 2 || length > options.size()) return out.put("[bad opt]");
        if (!write_body(kind, options.subspan(2, length - 2), base, out)) {
            out.put("[len ");
            out.number(length);
            out.put(']');
        }
        options = options.subspan(length);
    }
}

namespace {

void visit_body(FieldReader& option, std::uint8_t kind, const TcpOptionFields& fields) {
    switch (kind) {
        case mss:
            option.u16(fields.mss);
            break;
        case wscale:
            option.u8(fields.wscale);
            break;
        case sack:
            while (option.remaining() >= 8) {
                option.u32(fields.left);
                option.u32(fields.right);
            }
            break;
        case timestamp:
            option.u32(fields.value);
            option.u32(fields.echo);
            break;
        case fast_open:
            option.tail(fields.cookie);
            break;
        case experiment1:
        case experiment2:
            if (option.peek() != fast_open_experiment >> 8U || option.peek(1) != (fast_open_experiment & 0xffU)) break;
            option.skip(2);
            option.bytes(fields.cookie, option.remaining());
            break;
        case mptcp: {
            Text words;
            static_cast<void>(read_mptcp(option, fields.mptcp, words));
            break;
        }
        default:
            break;
    }
    option.tail(fields.data);
}

}  // namespace

void visit_tcp_options(FieldReader& reader, const TcpOptionFields& fields) {
    while (reader.ok() && reader.remaining() != 0) {
        const std::uint8_t kind = reader.peek();
        const std::size_t length = kind <= nop ? 1 : reader.peek(1);
        if (length == 0 || (kind > nop && length < 2) || length > reader.remaining()) return;
        Text summary;
        write_tcp_options(reader.rest().first(length), 0, summary);
        reader.group(fields.option, summary.view(), length, [&](FieldReader& option) {
            option.u8(fields.kind, kind_name(kind));
            if (kind == nop || kind == eol) return;
            option.u8(fields.len);
            visit_body(option, kind, fields);
        });
        if (kind == eol) return;
    }
}

}  // namespace fid::packet
