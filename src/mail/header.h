// SPDX-License-Identifier: MIT
// Header fields of a message: whatever the text, ASCII lines of a bearable length (RFC 5322, RFC 2047, RFC 2231).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mail/mailbox.h"

namespace fid::mail {

/// Status usage where the name is none (RFC 5322 section 2.2), or the value has a line end or NUL, which would begin
/// another field, or is not UTF-8.
[[nodiscard]] Result<void> check_field(std::string_view name, std::string_view value);

/// "Subject: ...", folded, with its line end. Text outside ASCII, and what would be taken for it, in encoded words.
[[nodiscard]] std::string text_field(std::string_view name, std::string_view value);
/// "To: Ann <ann@example.org>,\r\n =?utf-8?...?= <b@example.org>\r\n". Addresses outside ASCII stay UTF-8 (RFC 6532).
[[nodiscard]] std::string address_field(std::string_view name, std::span<const Mailbox> mailboxes);
/// ";\r\n filename=\"a.txt\"", or in the parts and percent-encoding of RFC 2231: behind a field's value. Bytes that are
/// not UTF-8 are called ISO 8859-1, which has a character for each.
[[nodiscard]] std::string parameter(std::string_view name, std::string_view value);

}  // namespace fid::mail
