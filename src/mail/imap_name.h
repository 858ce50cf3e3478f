// SPDX-License-Identifier: MIT
// Where a mailbox is: imaps:// addresses, and names as IMAP writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "address/endpoint.h"

namespace fid::mail {

struct ImapUrl {
    Endpoint server;      ///< scheme imap or imaps, user, host, port
    std::string mailbox;  ///< UTF-8; "" = none was named

    /// "imaps://ann@mail.example.org/INBOX/Talks%20%26%20more". Status usage; also for a password, which every user of
    /// the machine would see.
    [[nodiscard]] static Result<ImapUrl> parse(std::string_view text);
};

/// Modified UTF-7 (RFC 3501 section 5.1.3): "R&-D", "&ZeVnLIqe-". Whatever the text is, the name is printable ASCII.
[[nodiscard]] std::string encode_mailbox(std::string_view utf8);
/// The other way; what is not well encoded stays as it is.
[[nodiscard]] std::string decode_mailbox(std::string_view name);
/// A quoted string (RFC 3501 section 4.3) of printable ASCII; nothing for other text, which needs a literal.
[[nodiscard]] std::optional<std::string> imap_quoted(std::string_view text);

}  // namespace fid::mail
