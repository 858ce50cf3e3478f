// SPDX-License-Identifier: MIT
// DNS over HTTPS (RFC 8484): requests of HTTP/2, which is what such servers speak.
#pragma once

#include <memory>
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

/// Request after request over a TLS stream on which h2 was agreed, and which outlives it.
class HttpsConnection {
  public:
    explicit HttpsConnection(transport::Stream& stream);
    HttpsConnection(const HttpsConnection&) = delete;
    HttpsConnection& operator=(const HttpsConnection&) = delete;
    ~HttpsConnection();

    /// POSTs the question and gives the answer's body, 64 KiB at most. Status server_error where the HTTP status is not
    /// 2xx, protocol_violation where it is no HTTP/2 or no DNS message.
    [[nodiscard]] transport::Task<Result<std::vector<std::uint8_t>>> post(HttpsRequest request);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fid::dns
