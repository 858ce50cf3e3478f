// SPDX-License-Identifier: MIT
// -v: the dialogue as curl shows it, on standard error, with secrets left out.
#pragma once

#include <string>
#include <string_view>

#include "transfer/session.h"

namespace fid::cmd::fetch {

/// A header line as it may be shown: the values of Authorization, cookies and the like are ***.
[[nodiscard]] std::string redacted(std::string_view header);

/// The lines for what crossed: "> GET / HTTP/1.1", "< Server: x", "* Connected", "{ [512 bytes data]".
[[nodiscard]] std::string dialogue_lines(transfer::Trace kind, Bytes bytes);

}  // namespace fid::cmd::fetch
