// SPDX-License-Identifier: MIT
// A connection of HTTP/2 (RFC 9113), whose frames are nghttp2's. The handlers are those of HTTP/1.1.
#pragma once

#include <string_view>

#include "http/worker.h"

namespace fid::http {

/// `peer` is for the log.
[[nodiscard]] transport::Task<void> serve_http2(Worker& worker, transport::Stream& stream, Watched& watched,
                                                std::string_view peer);

}  // namespace fid::http
