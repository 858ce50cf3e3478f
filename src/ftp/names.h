// SPDX-License-Identifier: MIT
// Names and paths of the server: which of them may become commands, and which may become files here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/error.h"

namespace fid::ftp {

/// Can it stand in a command? CR, LF and NUL would end it, and begin another one (RFC 959 section 5.3.1). Status usage.
[[nodiscard]] Result<void> check_argument(std::string_view argument);
/// One name of one file: not empty, not "." or "..", without / and control characters that would be others' lines.
[[nodiscard]] bool is_plain_name(std::string_view name);
/// "a/b" of "a" and "b"; the parent may be empty or end with a slash.
[[nodiscard]] std::string joined(std::string_view parent, std::string_view name);
/// What stands behind the last slash, and what before it ("/" for "/x", "" for "x").
[[nodiscard]] std::string_view base_name(std::string_view path);
[[nodiscard]] std::string_view parent_path(std::string_view path);
/// The name under which `name` is written until it is whole: hidden, never longer than a file's name may be, and
/// another one for each version of the file, so that what is resumed is the beginning of the same.
[[nodiscard]] std::string partial_name(std::string_view name, std::optional<std::uint64_t> size,
                                       std::optional<std::int64_t> modified);
/// Is it a name that partial_name() gives, of any file?
[[nodiscard]] bool is_partial_name(std::string_view name);

}  // namespace fid::ftp
