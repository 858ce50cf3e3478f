// SPDX-License-Identifier: MIT
// What an address says besides itself: its reverse name, the IPv4 or MAC address embedded in it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "address/prefix.h"

namespace fid {

/// "1.2.0.192.in-addr.arpa", "1.0.0...8.b.d.0.1.0.0.2.ip6.arpa"; no final dot.
[[nodiscard]] std::string reverse_name(const Address& address);
/// The zones that together cover the prefix, on octet (IPv4) or nibble (IPv6) edges: one for 10.0.0.0/8, four for
/// 10.0.0.0/22, and never more than 128. "in-addr.arpa" for 0.0.0.0/0.
[[nodiscard]] std::vector<std::string> reverse_zones(const Prefix& prefix);
/// RFC 2317's zone for an IPv4 prefix of length 25 to 31: "64/26.2.0.192.in-addr.arpa".
[[nodiscard]] std::optional<std::string> classless_zone(const Prefix& prefix);

/// The IPv4 range of a range that lies within ::ffff:0:0/96.
[[nodiscard]] std::optional<Range> mapped_v4(const Range& range);

/// How an IPv4 address sits in an IPv6 one.
enum class Embedding : std::uint8_t {
    mapped,       ///< ::ffff:0:0/96, RFC 4291 section 2.5.5.2
    compatible,   ///< ::/96, deprecated, RFC 4291 section 2.5.5.1
    six_to_four,  ///< 2002::/16, RFC 3056
    teredo,       ///< 2001::/32, RFC 4380: the client
    nat64,        ///< 64:ff9b::/96, RFC 6052
    nat64_local,  ///< 64:ff9b:1::/48, RFC 8215
    isatap,       ///< interface identifier [02]00:5efe:v4, RFC 5214
};

struct EmbeddedV4 {
    Embedding how{};
    Address address;        ///< for Teredo the client
    Address teredo_server;  ///< Teredo only
    std::uint16_t teredo_port = 0;
    std::uint16_t teredo_flags = 0;
};
/// "mapped", "6to4", "Teredo", "NAT64", "ISATAP"...
[[nodiscard]] std::string_view embedding_name(Embedding how);
[[nodiscard]] std::optional<EmbeddedV4> embedded_v4(const Address& address);

/// The IPv4 address in a translated address under a prefix of length 32, 40, 48, 56, 64 or 96 (RFC 6052 section 2.2:
/// bits 64 to 71 are skipped). Nothing for other lengths.
[[nodiscard]] std::optional<Address> rfc6052_v4(const Address& address, unsigned prefix_length);
/// The other way: the translated address of `v4` under `prefix`.
[[nodiscard]] std::optional<Address> rfc6052_v6(const Prefix& prefix, const Address& v4);

using Mac = std::array<std::uint8_t, 6>;
/// The MAC address in a modified EUI-64 interface identifier (RFC 4291 appendix A: ff:fe in the middle).
[[nodiscard]] std::optional<Mac> mac_of(const Address& address);
/// EUI-64 of a MAC; `modified` inverts the universal/local bit, as interface identifiers have it.
[[nodiscard]] std::uint64_t eui64(const Mac& mac, bool modified);
/// The SLAAC address of a MAC in a /64 or shorter prefix.
[[nodiscard]] Address slaac_address(const Prefix& prefix, const Mac& mac);
/// "00:11:22:33:44:55", "00-11-22-33-44-55", "0011.2233.4455", "001122334455".
[[nodiscard]] std::optional<Mac> read_mac(std::string_view text);

}  // namespace fid
