// SPDX-License-Identifier: MIT
// DNS over HTTPS (RFC 8484): requests of HTTP/2, which is what such servers speak.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dns/exchange.h"
#include "transport/stream.h"

namespace fid::dns {

struct HttpsRequest {
    std::string authority;  ///< "dns.example:8443"
    std::string path;       ///< "/dns-query"
    std::vector<std::uint8_t> body;
    std::string subject;  ///< the server, in errors
};
/// As a server is asked; without a body.
[[nodiscard]] HttpsRequest https_request(const Server& server);

/// One HTTP/2 connection with any number of questions under way; knows no sockets. What it gives out() is to be sent,
/// what is received goes into feed().
class HttpsSession {
  public:
    using Body = std::vector<std::uint8_t>;
    /// The answer's body, 64 KiB at most. Status server_error where the HTTP status is not 2xx, protocol_violation
    /// where it is no DNS message or the server gave the request up.
    using Done = std::function<void(std::uint64_t mark, Result<Body> body)>;
    explicit HttpsSession(Done done);
    HttpsSession(HttpsSession&&) noexcept;
    HttpsSession& operator=(HttpsSession&&) noexcept;
    ~HttpsSession();

    /// POSTs a question. More than the server wants at a time wait here. False where the connection takes no more
    /// requests: it is going away.
    [[nodiscard]] bool ask(HttpsRequest request, std::uint64_t mark);
    /// What is to be sent now.
    [[nodiscard]] std::vector<std::uint8_t> out();
    /// Calls Done for each request that has ended. Status protocol_violation where that is no HTTP/2.
    [[nodiscard]] Result<void> feed(Bytes received);
    /// The server wants no more requests (GOAWAY); those under way go on.
    [[nodiscard]] bool going_away() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Request after request over a TLS stream on which h2 was agreed, and which outlives it.
class HttpsConnection {
  public:
    explicit HttpsConnection(transport::Stream& stream);
    HttpsConnection(const HttpsConnection&) = delete;
    HttpsConnection& operator=(const HttpsConnection&) = delete;

    /// POSTs the question and gives the answer's body, as HttpsSession::Done has it.
    [[nodiscard]] transport::Task<Result<HttpsSession::Body>> post(HttpsRequest request);

  private:
    transport::Stream& stream_;
    std::optional<Result<HttpsSession::Body>> answer_;
    HttpsSession session_;
};

}  // namespace fid::dns
