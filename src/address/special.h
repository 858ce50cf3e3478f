// SPDX-License-Identifier: MIT
// What an address is for: the IANA special-purpose registries of both families (RFC 6890, RFC 8190), multicast, unicast
// allocation and the legacy classes, each with its RFC. A table, so that its answers have a date.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "address/prefix.h"

namespace fid {

enum class Reachable : std::uint8_t { no, yes, not_applicable };

/// One entry of the special-purpose registries, with its columns.
struct SpecialPurpose {
    Prefix prefix;
    std::string_view name;  ///< lower case except for proper names: "private-use"
    std::string_view rfc;   ///< "RFC 1918"
    bool source;            ///< may be a source address
    bool destination;       ///< may be a destination address
    bool forwardable;       ///< a router may forward it
    Reachable globally_reachable;
    bool reserved_by_protocol;
    bool terminated = false;  ///< the registry has ended the entry and says nothing of the five columns above
};

/// The month in which the table was last compared with IANA's registries, cell by cell: "2026-07".
[[nodiscard]] std::string_view special_purpose_date();
/// Both registries, IPv4 first, ascending, a wider prefix before those within it.
[[nodiscard]] std::span<const SpecialPurpose> special_purposes();
/// The most specific entry that holds the whole range, or null.
[[nodiscard]] const SpecialPurpose* special_purpose(const Range& range);

/// A block with a known use outside those registries: multicast, global unicast, IPv4-compatible, site-local.
struct AddressUse {
    Prefix prefix;
    std::string_view name;
    std::string_view rfc;
};
[[nodiscard]] const AddressUse* address_use(const Range& range);

/// "private-use (RFC 1918)", "multicast, link-local scope (RFC 4291)", "global unicast". What no table knows of IPv4 is
/// "global unicast", of IPv6 "unallocated".
[[nodiscard]] std::string use_text(const Range& range);
/// May the whole range be reached from the internet? By the registry; multicast by its scope.
[[nodiscard]] bool is_global(const Range& range);
/// 'A' to 'E' (RFC 791, RFC 1112); nothing for IPv6.
[[nodiscard]] std::optional<char> legacy_class(const Address& address);

}  // namespace fid
