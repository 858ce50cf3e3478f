// SPDX-License-Identifier: MIT
// What `fid connect` does, in the words of its manual page.
#pragma once

#include <string_view>

namespace fid::cmd::connect {

[[nodiscard]] std::string_view manual();

}  // namespace fid::cmd::connect
