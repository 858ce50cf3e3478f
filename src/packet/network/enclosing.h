// SPDX-License-Identifier: MIT
// What a layer needs to know of the IP header it stands in: its claimed length, its checksum's pseudo header, and the
// words tcpdump puts between the addresses and the upper layer.
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

/// The IP or IPv6 layer around `layer`, stepping over extension headers and AH; null where something else is around it.
[[nodiscard]] const Layer* enclosing_ip(const Packet& packet, const Layer& layer);

/// Bytes of `layer` on the wire as the IP header claims them (more than layer.length where the capture cut it short).
[[nodiscard]] std::size_t claimed_length(const Packet& packet, const Layer& layer);

/// "HBH ", "frag (0|1448) ": the extension headers between the IPv6 header and `layer`. True if there are any.
bool write_extension_words(const Packet& packet, const Layer& layer, Text& out);
/// The words of one extension header, with the blank behind them.
void write_extension_word(const Packet& packet, const Layer& extension, Text& out);

/// RFC 1071, over bytes of any number; `sum` carries a partial sum in.
[[nodiscard]] std::uint32_t checksum_add(Bytes bytes, std::uint32_t sum = 0);
[[nodiscard]] std::uint16_t checksum_fold(std::uint32_t sum);
/// A checksum over the layer's first `covered` bytes, which stands at `at` among them.
struct Checksum {
    bool known = false;  ///< false where it cannot be known: cut short, a fragment, no IP around it
    bool correct = false;
    std::uint16_t found = 0, expected = 0;
};
/// protocol 0 means there is no pseudo header.
[[nodiscard]] Checksum verify_checksum(const Packet& packet, const Layer& layer, std::size_t covered,
                                       std::uint8_t protocol, std::size_t at);
/// "cksum 0x1234 (correct)", "cksum 0x1234 (incorrect -> 0x5678)"; nothing where it is not known.
void write_checksum(const Checksum& checksum, Text& out);
/// "[udp sum ok] ", "[bad udp cksum 0x1234 -> 0x5678!] "; nothing where it is not known.
void write_checksum_note(const Checksum& checksum, std::string_view name, Text& out);
/// "correct", "incorrect", or "" where it cannot be known (cut short, a fragment, no IP around it).
/// `covered` is the number of bytes the checksum is over; protocol 0 means there is no pseudo header.
[[nodiscard]] std::string_view checksum_verdict(const Packet& packet, const Layer& layer, std::size_t covered,
                                                std::uint8_t protocol);

/// "a.443 > b.5000": the ports only where the layer directly inside has them.
void write_ends(const Packet& packet, const Layer& layer, Bytes source, Bytes destination, Text& out);
/// ": ip-proto-253 20": what stands behind the addresses where the upper layer is not decoded.
void write_unknown_upper(const Packet& packet, const Layer& layer, std::uint8_t protocol, bool with_length, Text& out);

/// "TCP", "OSPF"; "" where there is no name.
[[nodiscard]] std::string_view ip_protocol_name(std::uint8_t number);
/// The same in tcpdump's words, as -v has them ("IPIP", "unknown").
[[nodiscard]] std::string_view ip_protocol_word(std::uint8_t number);

}  // namespace fid::packet
