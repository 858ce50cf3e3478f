// SPDX-License-Identifier: MIT
// Content codings of what is in memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/negotiation.h"

namespace fid::http {

/// None where it would not become smaller, or the library fails. Quick levels: it is done once for a file, while others
/// on the loop wait.
[[nodiscard]] std::optional<std::string> compress(Coding coding, std::string_view bytes);

/// What the neighbour of a file is called that has it in that coding: ".gz", ".br", ".zst".
[[nodiscard]] std::string_view coding_suffix(Coding coding);

}  // namespace fid::http
