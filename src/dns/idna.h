// SPDX-License-Identifier: MIT
// Labels in letters outside ASCII (IDNA 2008, RFC 5891).
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace fid::dns {

/// "münchen" -> "xn--mnchen-3ya", after the non-transitional mapping of UTS 46; the error is libidn2's reason.
[[nodiscard]] std::expected<std::string, std::string> label_to_ascii(std::string_view label);
/// "xn--mnchen-3ya" -> "münchen"; the label itself where it is no A-label, or would not come back the same.
[[nodiscard]] std::string label_to_unicode(std::string_view label);

}  // namespace fid::dns
