// SPDX-License-Identifier: MIT
// Host names to addresses by the system's own resolver (files, DNS, mDNS: whatever nsswitch.conf says), in the order
// of RFC 6724.
#pragma once

#include <string>
#include <vector>

#include "address/address.h"
#include "report/error.h"

namespace fid::transport {

enum class FamilyChoice : std::uint8_t { any, v4, v6 };

/// Blocks for as long as the system's resolver does. An address is returned as it is. Never empty. Status
/// host_not_found where the name does not exist or has no address of the family, timeout where no server answered.
[[nodiscard]] Result<std::vector<Address>> lookup(const std::string& host, FamilyChoice family = FamilyChoice::any);

/// The name of an address (PTR, hosts file), or "" where it has none.
[[nodiscard]] std::string reverse_lookup(const Address& address);

}  // namespace fid::transport
