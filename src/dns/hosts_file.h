// SPDX-License-Identifier: MIT
// /etc/hosts (hosts(5)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "address/address.h"

namespace fid::dns {

struct HostsLine {
    unsigned number = 0;  ///< of the line, from 1
    Address address;
    std::vector<std::string> names;  ///< the canonical one first
};

/// The lines that name a host, letter case aside. Lines that do not begin with an address are passed over.
[[nodiscard]] std::vector<HostsLine> find_in_hosts(std::string_view hosts, std::string_view name);

}  // namespace fid::dns
