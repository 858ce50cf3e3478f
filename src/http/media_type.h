// SPDX-License-Identifier: MIT
// What files are, by their name.
#pragma once

#include <string_view>

namespace fid::http {

struct MediaType {
    std::string_view name;      ///< as Content-Type has it: "text/html; charset=utf-8"
    bool compressible = false;  ///< is it worth trying?
};

/// By the extension, whatever its case; application/octet-stream where that tells nothing, text/plain where names
/// without one are known to be text (README, Makefile).
[[nodiscard]] MediaType media_type(std::string_view file_name);

}  // namespace fid::http
