// SPDX-License-Identifier: MIT
// What a service says first, made short, and what it tells about the service.
#pragma once

#include <string>
#include <string_view>

namespace fid::cmd::connect {

/// The first line that is not empty, without its end.
[[nodiscard]] std::string banner_line(std::string_view said);
/// The first line of an answer that is text; "" where it is not.
[[nodiscard]] std::string text_answer(std::string_view answer);
/// "ssh", "smtp": where the banner alone proves it; "" elsewhere.
[[nodiscard]] std::string_view service_of_banner(std::string_view banner);

}  // namespace fid::cmd::connect
