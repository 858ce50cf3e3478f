// SPDX-License-Identifier: MIT
// What -v tells of neighbour discovery, in tcpdump's words.
#include <algorithm>
#include <array>
#include <string_view>

#include "packet/naming/dns_name.h"
#include "packet/network/enclosing.h"
#include "packet/network/neighbor.h"
#include "packet/network/octets.h"
#include "packet/put.h"
#include "packet/verbose.h"

namespace fid::packet {
namespace {

constexpr std::array<std::string_view, 4> preferences{"medium", "high", "rsv", "low"};

std::string_view option_name(std::uint8_t type) {
    switch (type) {
        case 1:
            return "source link-address";
        case 2:
            return "destination link-address";
        case 3:
            return "prefix info";
        case 4:
            return "redirected header";
        case 5:
            return "mtu";
        case 7:
            return "advertisement interval";
        case 8:
            return "homeagent information";
        case 24:
            return "route info";
        case 25:
            return "rdnss";
        case 31:
            return "dnssl";
        default:
            return "unknown";
    }
}

void write_lifetime(std::uint32_t seconds, Text& out) {
    if (seconds == 0xffffffffU) return out.put("infinity");
    out.number(seconds);
    out.put('s');
}

void write_prefix(Bytes option, Text& out) {
    constexpr std::array<Named, 3> flags{{{0x80, "onlink"}, {0x40, "auto"}, {0x20, "router"}}};
    if (option.size() < 32) return;
    put_address(out, option.subspan(16, 16));
    out.put('/');
    out.number(option[2]);
    out.put(", Flags [");
    put_flags(out, flags, option[3]);
    out.put("], valid time ");
    write_lifetime(be32(option, 4), out);
    out.put(", pref. time ");
    write_lifetime(be32(option, 8), out);
}

void write_servers(Bytes option, Text& out) {
    out.put(" lifetime ");
    out.number(be32(option, 4));
    out.put("s,");
    for (std::size_t at = 8; at + 16 <= option.size(); at += 16) {
        out.put(" addr: ");
        put_address(out, option.subspan(at, 16));
    }
}

void write_search_list(Bytes option, Text& out) {
    out.put(" lifetime ");
    out.number(be32(option, 4));
    out.put("s, domain(s):");
    Cursor at(option);
    at.skip(8);
    while (at.remaining() != 0 && at.peek() != 0) {
        out.put(' ');
        DnsName(at, option).write(out);
        if (!at.ok()) return;
    }
}

void write_route(Bytes option, Text& out) {
    std::array<std::uint8_t, 16> prefix{};
    const Bytes given = option.subspan(8);
    if (given.size() > prefix.size()) return;
    std::ranges::copy(given, prefix.begin());
    out.put(' ');
    put_address(out, prefix);
    out.put('/');
    out.number(option[2]);
    out.put(", pref=");
    out.put(preferences[option[3] >> 3U & 3U]);
    out.put(", lifetime=");
    write_lifetime(be32(option, 4), out);
}

/// `option` is all of it, a multiple of 8 bytes. False where it is not decoded.
bool write_option(Bytes option, Text& out) {
    switch (option[0]) {
        case 1:
        case 2:
            out.hex_bytes(option.subspan(2), ":");
            return true;
        case 3:
            write_prefix(option, out);
            return true;
        case 4:
            write_hex_rows(option, "\n\t    ", false, out);
            return true;
        case 5:
            out.put(' ');
            out.number(be32(option, 4));
            return true;
        case 7:
            out.put(' ');
            out.number(be32(option, 4));
            out.put("ms");
            return true;
        case 8:
            out.put(" preference ");
            out.number(be16(option, 4));
            out.put(", lifetime ");
            out.number(be16(option, 6));
            return true;
        case 24:
            write_route(option, out);
            return true;
        case 25:
            write_servers(option, out);
            return true;
        case 31:
            write_search_list(option, out);
            return true;
        default:
            return false;
    }
}

}  // namespace

void write_neighbor_options(Bytes options, Text& out) {
    while (options.size() >= 2) {
        const std::size_t length = std::size_t{options[1]} * 8;
        if (length == 0 || length > options.size()) return out.put("[ndp opt]");
        out.put("\n\t  ");
        out.put(option_name(options[0]));
        out.put(" option (");
        out.number(options[0]);
        out.put("), length ");
        out.number(length);
        out.put(" (");
        out.number(options[1]);
        out.put("): ");
        if (!write_option(options.first(length), out))
            write_hex_rows(options.subspan(2, length - 2), "\n\t  ", false, out);
        options = options.subspan(length);
    }
}

void write_router_advertisement(Bytes message, Text& out) {
    constexpr std::array<Named, 3> flags{{{0x80, "managed"}, {0x40, "other stateful"}, {0x20, "home agent"}}};
    if (message.size() < 16) return;
    out.put("\n\thop limit ");
    out.number(message[4]);
    out.put(", Flags [");
    put_flags(out, flags, message[5]);
    out.put("], pref ");
    out.put(preferences[message[5] >> 3U & 3U]);
    out.put(", router lifetime ");
    out.number(be16(message, 6));
    out.put("s, reachable time ");
    out.number(be32(message, 8));
    out.put("ms, retrans timer ");
    out.number(be32(message, 12));
    out.put("ms");
    write_neighbor_options(message.subspan(16), out);
}

}  // namespace fid::packet
