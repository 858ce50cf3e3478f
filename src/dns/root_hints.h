// SPDX-License-Identifier: MIT
// Where every iteration begins: the names and addresses of the root servers.
#pragma once

#include <string_view>
#include <vector>

#include "dns/delegation.h"

namespace fid::dns {

/// The thirteen as they have been since 27 November 2023, when b.root-servers.net moved.
[[nodiscard]] std::vector<NameServer> root_hints();

/// Reads a file like IANA's named.root: NS records of the root and the addresses of the servers they name, a record a
/// line, comments behind semicolons. Status bad_input, with the number of the line, where it is none.
[[nodiscard]] Result<std::vector<NameServer>> parse_root_hints(std::string_view text);

}  // namespace fid::dns
