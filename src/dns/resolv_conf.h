// SPDX-License-Identifier: MIT
// The system's resolver settings (resolv.conf(5)).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "address/address.h"

namespace fid::dns {

struct ResolvConf {
    std::vector<Address> servers;     ///< with their zone (fe80::1%eth0); at most 3, and 127.0.0.1 where none is named
    std::vector<std::string> search;  ///< suffixes for names that are not absolute; "." is one
    unsigned ndots = 1;               ///< names with so many dots are tried as they are first; at most 15
    std::chrono::seconds timeout{5};  ///< for one attempt; at most 30
    unsigned attempts = 2;            ///< at most 5
    bool rotate = false, edns0 = false, use_tcp = false, trust_ad = false, no_aaaa = false;
};

/// Reads the text of a resolv.conf as glibc does: comments after ; and # at the beginning of a line, the last of domain
/// and search counts, what is unknown or malformed is passed over.
[[nodiscard]] ResolvConf parse_resolv_conf(std::string_view text);
/// The file as the environment changes it (LOCALDOMAIN, RES_OPTIONS). A missing file is an empty one.
[[nodiscard]] ResolvConf system_resolv_conf(const std::string& path = "/etc/resolv.conf");

/// The names to ask for in turn, in presentation form with the final dot (resolv.conf(5), "search" and "ndots").
[[nodiscard]] std::vector<std::string> search_names(std::string_view name, const ResolvConf& conf);

}  // namespace fid::dns
