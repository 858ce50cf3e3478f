// SPDX-License-Identifier: MIT
// What `fid resolve` does, in the words of its manual page.
#pragma once

#include <string_view>

namespace fid::cmd::resolve {

/// Paragraphs with an empty line between them; those of a mode stand beside its options.
[[nodiscard]] std::string_view manual();

}  // namespace fid::cmd::resolve
