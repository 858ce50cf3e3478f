// SPDX-License-Identifier: MIT
// A connection of HTTP/1.1 and 1.0, from its first request to its last answer (RFC 9112).
#pragma once

#include <string_view>

#include "http/worker.h"

namespace fid::http {

/// `peer` is for the log.
[[nodiscard]] transport::Task<void> serve_http1(Worker& worker, transport::Stream& stream, Watched& watched,
                                                std::string_view peer);

}  // namespace fid::http
