// SPDX-License-Identifier: MIT
// What -d, --data-urlencode, --json DATA and -F make of their values.
#pragma once

#include <string>
#include <string_view>

#include "cmd/command.h"
#include "transfer/request.h"

namespace fid::cmd::fetch {

/// The data of all the options in the order in which they were typed.
struct TypedBody {
    std::string data;
    bool any_data = false, json = false;
    std::vector<transfer::FormPart> parts;
};

[[nodiscard]] Result<TypedBody> read_body(const Arguments& args);
/// As curl_easy_escape does it: all but letters, digits and -._~ (RFC 3986 section 2.3).
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace fid::cmd::fetch
