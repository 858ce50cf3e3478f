// SPDX-License-Identifier: MIT
// Paths of requests as names of files, and names of files as paths.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/text.h"

namespace fid::http {

/// Decodes percent-encoding, drops "." and empty segments and goes up for "..". What is left begins with "/" and ends
/// with one where it names a folder. None where the encoding is broken, where a byte is decoded that no name has (NUL
/// and "/"), and where the path leads above its root.
[[nodiscard]] std::optional<std::string> clean_path(std::string_view encoded);

/// Has a clean path a name that begins with a dot? Those hide, but for /.well-known/ (RFC 8615).
[[nodiscard]] bool is_hidden_path(std::string_view clean);

/// Percent-encodes all but what RFC 3986 reserves nothing for, and "/".
void put_path(std::string_view text, Text& out);

/// The value of a name in a query, percent-decoded ("+" is a space); none where it does not stand there.
[[nodiscard]] std::optional<std::string> query_value(std::string_view query, std::string_view name);

}  // namespace fid::http
