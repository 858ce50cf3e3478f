// SPDX-License-Identifier: MIT
// A message taken apart (RFC 2045, 2046): its header, its parts, and what of them is to be read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mail/header_reader.h"

namespace fid::mail {

/// Views into the bytes it was read from, which have to stay.
struct Part {
    Header header;
    std::string type = "text/plain";  ///< lower case
    std::string charset;              ///< "" where none is named
    std::string name;                 ///< what the sender calls the file; "" = nothing. Not to be used as a path
    std::string encoding;             ///< lower case: "base64"
    bool attached = false;            ///< Content-Disposition: attachment
    std::string_view body;            ///< as it was sent
    std::vector<Part> parts;          ///< of a multipart; of message/rfc822 the message

    [[nodiscard]] bool is_text() const { return type.starts_with("text/") && parts.empty(); }
    /// The body's bytes, its transfer encoding undone.
    [[nodiscard]] std::string decoded() const;
    /// The same as text, with LF at line ends.
    [[nodiscard]] std::string text() const;
};

/// Parts that lie deeper, or are more, are not taken apart.
constexpr unsigned deepest_part = 32, most_parts = 10'000;
[[nodiscard]] Part read_message(std::string_view bytes);

/// A message as a person looks at it.
struct Readable {
    std::string text;                      ///< UTF-8, lines end with LF
    bool from_html = false;                ///< there is no plain text
    std::vector<const Part*> attachments;  ///< whatever else there is
};
[[nodiscard]] Readable readable(const Part& message);

/// What is left of HTML when it is read as text: line breaks where blocks begin, entities decoded, no script or style.
[[nodiscard]] std::string html_text(std::string_view html);

}  // namespace fid::mail
