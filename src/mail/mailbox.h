// SPDX-License-Identifier: MIT
// Mail addresses: as people write them, and fit to stand in a command (RFC 5321, RFC 6531).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"

namespace fid::mail {

struct Mailbox {
    std::string name;     ///< "Ann Example", UTF-8; may be empty
    std::string address;  ///< "ann@example.org"
};

/// Can it stand between < and > of a command? Status usage for line ends, NUL and other control characters, blanks and
/// brackets outside quotes, what is not UTF-8, and what is longer than a path may be.
[[nodiscard]] Result<void> check_address(std::string_view address);
[[nodiscard]] bool is_ascii(std::string_view text);

/// "ann@example.org, Ann Example <ann@example.org>, "Example, Ann" <ann@example.org>": at least one. Comments (in
/// parentheses) and groups are not known. Status usage.
[[nodiscard]] Result<std::vector<Mailbox>> parse_mailboxes(std::string_view text);

}  // namespace fid::mail
