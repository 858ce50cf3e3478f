// SPDX-License-Identifier: MIT
// ICMPv6's error messages (RFC 4443 section 3) and the packet they quote.
#pragma once

#include "packet/packet.h"

namespace fid::packet {

/// The packet behind the header of an error message; ports only where its transport header follows at once.
struct QuotedPacket {
    explicit QuotedPacket(Bytes message) : bytes(message.size() > 8 ? message.subspan(8) : Bytes{}) {
        valid = bytes.size() >= 40 && bytes[0] >> 4U == 6;
        if (!valid) return;
        protocol = bytes[6];
        const bool with_ports = protocol == 6 || protocol == 17 || protocol == 33 || protocol == 132;
        ports = with_ports && bytes.size() >= 44 ? 40 : 0;
    }
    [[nodiscard]] Bytes from() const { return valid ? bytes.subspan(8, 16) : Bytes{}; }
    [[nodiscard]] Bytes to() const { return valid ? bytes.subspan(24, 16) : Bytes{}; }
    Bytes bytes;
    std::uint8_t protocol = 0;
    std::size_t ports = 0;
    bool valid = false;
};

/// tcpdump's words behind the name of message types 1 to 4. `message` has at least eight bytes.
void write_icmp6_error(Bytes message, Text& out);

}  // namespace fid::packet
