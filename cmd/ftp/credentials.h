// SPDX-License-Identifier: MIT
// The file of users and passwords that ftp(1) began with.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/error.h"

namespace fid::cmd::ftp {

struct NetrcEntry {
    std::string login, password;
};

/// The first entry for the host (and the user, where one is given), else the default. Words are separated by blanks and
/// line ends, may be quoted, and # begins a comment; macdef reaches to an empty line.
[[nodiscard]] std::optional<NetrcEntry> find_in_netrc(std::string_view text, std::string_view host,
                                                      std::string_view user);

}  // namespace fid::cmd::ftp
