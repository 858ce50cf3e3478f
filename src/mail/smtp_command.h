// SPDX-License-Identifier: MIT
// One command line of SMTP (RFC 5321 section 4.1.1) and LMTP (RFC 2033), as the server reads it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fid::mail {

struct SmtpCommand {
    std::string verb;      ///< upper case
    std::string argument;  ///< what stands behind it, without the blanks around it
};

/// A line without its end; nothing where it does not begin with letters or has control characters in it.
[[nodiscard]] std::optional<SmtpCommand> read_command(std::string_view line);

/// The argument of MAIL and RCPT.
struct SmtpPath {
    std::string address;                                          ///< "" for <>; a source route is gone
    std::vector<std::pair<std::string, std::string>> parameters;  ///< names in upper case; "" where there is no value
};

/// "FROM:<a@example.org> SIZE=100", where `word` is "FROM:" or "TO:"; blanks may stand before the bracket. Nothing
/// where it is not of that form, or the address is no mailbox: control characters, blanks outside quotes.
[[nodiscard]] std::optional<SmtpPath> read_path(std::string_view argument, std::string_view word);

}  // namespace fid::mail
