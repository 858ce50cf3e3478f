// SPDX-License-Identifier: MIT
#include "packet/network/icmp6_error.h"

#include <array>

#include "packet/network/octets.h"
#include "packet/put.h"

namespace fid::packet {
namespace {

void write_unreachable(std::uint8_t reason, const QuotedPacket& about, Text& out) {
    constexpr std::array<std::string_view, 5> names{", unreachable route ", ", unreachable prohibited ",
                                                    ", beyond scope ", ", unreachable address ",
                                                    ", unreachable port, "};
    if (reason >= names.size()) {
        out.put(", unknown unreach code (");
        out.number(reason);
        return out.put(')');
    }
    out.put(names[reason]);
    put_address(out, about.to());
    if (reason == 2) {
        out.put(", source address ");
        put_address(out, about.from());
    }
    if (reason != 4 || about.ports == 0) return;
    if (about.protocol == 6 || about.protocol == 17) {
        out.put(about.protocol == 6 ? " tcp port " : " udp port ");
    } else {
        out.put(" protocol ");
        out.number(about.protocol);
        out.put(" port ");
    }
    out.number(be16(about.bytes, about.ports + 2));
    if (about.protocol != 6 && about.protocol != 17) out.put(" unreachable");
}

}  // namespace

void write_icmp6_error(Bytes message, Text& out) {
    const std::uint8_t reason = message[1];
    const QuotedPacket about(message);
    const auto number = [&](std::string_view words, std::uint64_t value) {
        out.put(words);
        out.number(value);
    };
    if (message[0] == 1) return write_unreachable(reason, about, out);
    if (message[0] == 2) return number(", mtu ", be32(message, 4));
    if (message[0] == 3) {
        if (reason == 0) {
            out.put(" for ");
            return put_address(out, about.to());
        }
        if (reason == 1) return out.put(" (reassembly)");
        number(", unknown code (", reason);
        return out.put(')');
    }
    constexpr std::array<std::string_view, 3> words{", erroneous - octet ", ", next header - octet ",
                                                    ", option - octet "};
    if (reason < words.size())
        number(words[reason], be32(message, 4));
    else
        number(", code-#", reason);
}

}  // namespace fid::packet
