// SPDX-License-Identifier: MIT
// The head of an HTTP/1.1 answer, for the protocols that begin as HTTP and go on as something else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "transport/stream.h"

namespace fid::transport {

struct HttpHead {
    std::string line;  ///< "HTTP/1.1 101 Switching Protocols"
    std::vector<std::pair<std::string, std::string>> fields;

    /// The three digits; 0 where the line is not one of HTTP/1.
    [[nodiscard]] unsigned status() const;
    /// Code and reason: "404 Not Found".
    [[nodiscard]] std::string_view reason() const;
    /// The values of all fields of that name (whatever its case), joined with ", " (RFC 9110 section 5.2).
    [[nodiscard]] std::optional<std::string> field(std::string_view name) const;
};

/// Are they the same but for the case of ASCII letters?
[[nodiscard]] bool same_token(std::string_view one, std::string_view other);
/// Without the blanks and tabs before and behind it (optional whitespace, RFC 9110 section 5.6.3).
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// Has the comma-separated list that element (whatever its case)?
[[nodiscard]] bool list_has(std::string_view list, std::string_view element);
/// May it be the name of a field (RFC 9110 section 5.6.2)?
[[nodiscard]] bool is_http_token(std::string_view text);

/// Reads to the empty line; what came with it and lies behind it is put into `surplus`. Where the peer does not answer
/// with a head, the error is `blame` with another cause.
[[nodiscard]] Task<Result<HttpHead>> read_http_head(Stream& stream, std::string& surplus, Error blame);

}  // namespace fid::transport
