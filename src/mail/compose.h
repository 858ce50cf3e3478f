// SPDX-License-Identifier: MIT
// A message made of texts and files (RFC 5322, RFC 2045 to 2047).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mail/mailbox.h"
#include "mail/message.h"

namespace fid::mail {

struct Attachment {
    SourceFilePtr file;
    std::string name;  ///< that readers are offered; any bytes
    std::string type;  ///< "image/png"
};

/// What a message says. Recipients whom nobody is to see are no part of it.
struct Draft {
    std::vector<Mailbox> from, to, cc, reply_to;
    std::string subject;
    /// Further fields; they take the place of those that would be made (Date, Message-ID, Subject, To...).
    std::vector<std::pair<std::string, std::string>> fields;
    std::optional<std::string> text, html;  ///< UTF-8; both are alternatives of each other
    std::vector<Attachment> attachments;
};

/// Status usage for a field that check_field() refuses, or that is not to be set (Bcc, Content-...); bad_input for text
/// that is not UTF-8.
[[nodiscard]] Result<Message> compose(const Draft& draft);

/// A text for a body of its own: "7bit", "quoted-printable" or "base64", whichever it needs, and the text so encoded.
struct EncodedText {
    std::string_view encoding;
    std::string text;
};
[[nodiscard]] EncodedText encode_text(std::string_view text);

}  // namespace fid::mail
