// SPDX-License-Identifier: MIT
// What a transfer would send, without sending it to anybody.
#pragma once

#include <string>

#include "report/error.h"
#include "transfer/request.h"

namespace fid::transfer {

/// The bytes of the first request as libcurl makes it over HTTP/1.1, taken from a Unix socket of our own: no name is
/// looked up and nothing leaves the program. Inside TLS and behind a proxy's tunnel they are the same.
[[nodiscard]] Result<std::string> dry_run(const Request& request);

}  // namespace fid::transfer
