// SPDX-License-Identifier: MIT
// The few words that ten protocols want to exchange in the clear before TLS begins on the same connection.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "transport/stream.h"

namespace fid::transport {

/// smtp, imap, pop3, ftp, nntp, sieve, xmpp, ldap, postgres, mysql.
[[nodiscard]] std::span<const std::string_view> starttls_protocols();
/// The port such a server usually has: smtp 25 (RFC 3207), postgres 5432; 0 for a name not in starttls_protocols().
[[nodiscard]] std::uint16_t starttls_port(std::string_view protocol);

/// Talks until the server has said that it now expects a TLS handshake. Nothing that comes after TLS is read: words
/// that the server (or who stands in the way) sends in the clear behind its agreement are refused, as they would be
/// taken for part of the protected conversation. `host` is what XMPP asks for. Status server_error where the server
/// does not offer or refuses TLS, protocol_violation where it does not speak the protocol.
[[nodiscard]] Task<Result<void>> start_tls_dialogue(Stream& stream, std::string protocol, std::string host);

}  // namespace fid::transport
