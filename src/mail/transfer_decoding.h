// SPDX-License-Identifier: MIT
// Content-Transfer-Encoding undone (RFC 2045 section 6), leniently: what mail is full of.
#pragma once

#include <string>
#include <string_view>

namespace fid::mail {

/// Characters outside the alphabet are passed over; it ends at "=", and what is left of a broken group is lost.
[[nodiscard]] std::string decode_base64(std::string_view text);
/// "=" before a line end joins lines; one that is not followed by two hexadecimal digits stands for itself.
[[nodiscard]] std::string decode_quoted_printable(std::string_view text);

}  // namespace fid::mail
