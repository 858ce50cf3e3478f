// SPDX-License-Identifier: MIT
// Conditional requests (RFC 9110 section 13).
#pragma once

#include <cstdint>
#include <string_view>

#include "http/request.h"

namespace fid::http {

/// Of the representation that would be sent.
struct Validators {
    std::string_view etag;      ///< with its quotes
    std::int64_t modified = 0;  ///< seconds since 1970
};

enum class Condition : std::uint8_t {
    holds,
    not_modified,  ///< 304
    failed,        ///< 412
};

/// All conditions of a GET or HEAD in the order of section 13.2.2, but for If-Range.
[[nodiscard]] Condition judge_conditions(const Request& request, const Validators& validators, std::int64_t now);
/// Does If-Range let the Range count? Also where there is none.
[[nodiscard]] bool range_counts(const Request& request, const Validators& validators, std::int64_t now);

}  // namespace fid::http
