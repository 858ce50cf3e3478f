// SPDX-License-Identifier: MIT
// Text of any charset as UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fid::mail {

/// `charset` is a name as MIME has it, whatever its case. What is no character becomes U+FFFD. Nothing where the
/// charset is not known here.
[[nodiscard]] std::optional<std::string> to_utf8(std::string_view charset, std::string_view bytes);
/// The same for people: an unknown charset ("" too, and us-ascii) is taken for UTF-8 where the bytes are that, else for
/// windows-1252.
[[nodiscard]] std::string guess_utf8(std::string_view charset, std::string_view bytes);

}  // namespace fid::mail
