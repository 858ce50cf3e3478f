// SPDX-License-Identifier: MIT
// DNS over HTTPS (RFC 8484): one request of HTTP/2, which is what such servers speak.
#pragma once

#include <string>
#include <vector>

#include "transport/stream.h"

namespace fid::dns {

struct HttpsRequest {
    std::string authority;  ///< "dns.example:8443"
    std::string path;       ///< "/dns-query"
    std::vector<std::uint8_t> body;
    std::string subject;  ///< the server, in errors
};

/// POSTs the question over a TLS stream on which h2 was agreed and gives the answer's body, 64 KiB at most. Status
/// server_error where the HTTP status is not 2xx, protocol_violation where it is no HTTP/2 or no DNS message.
[[nodiscard]] transport::Task<Result<std::vector<std::uint8_t>>> post_over_http2(transport::Stream& stream,
                                                                                 HttpsRequest request);

}  // namespace fid::dns
