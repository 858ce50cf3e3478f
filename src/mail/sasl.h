// SPDX-License-Identifier: MIT
// Proving who one is to a mail server: PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), SCRAM-SHA-256 (RFC 7677).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "report/error.h"

namespace fid::mail {

/// One side of an exchange; the protocol around it carries the messages, in base64.
class SaslClient {
  public:
    SaslClient() = default;
    SaslClient(const SaslClient&) = delete;
    SaslClient& operator=(const SaslClient&) = delete;
    virtual ~SaslClient() = default;
    /// What goes with the first command; nothing where the server speaks first.
    [[nodiscard]] virtual std::optional<std::string> initial() { return std::nullopt; }
    /// Status protocol_violation; login_refused where it is not the server who knows the password.
    [[nodiscard]] virtual Result<std::string> answer(std::string_view challenge) = 0;
    /// May the server say yes already?
    [[nodiscard]] virtual bool complete() const { return true; }
};

/// Best first. `hidden`: the password does not go over the wire in a form that can be read.
struct SaslMechanism {
    std::string_view name;
    bool hidden;
};
[[nodiscard]] std::span<const SaslMechanism> sasl_mechanisms();

/// Null for a name not among sasl_mechanisms().
[[nodiscard]] std::unique_ptr<SaslClient> make_sasl(std::string_view mechanism, std::string user, std::string password);

/// Base64 as challenges have it; nothing where it is none.
[[nodiscard]] std::optional<std::string> decode_challenge(std::string_view text);

}  // namespace fid::mail
