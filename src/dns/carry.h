// SPDX-License-Identifier: MIT
// How a question gets to a server: what is dialled, the bytes of the question, and messages over a stream.
#pragma once

#include <vector>

#include "dns/exchange.h"
#include "transport/stream.h"

namespace fid::dns {

inline constexpr std::size_t max_message = 65535;

/// The place to dial for a server that is asked over `carrier`, which may be another than its own (TCP for UDP).
[[nodiscard]] Endpoint dial_endpoint(const Server& server, Carrier carrier);
/// With the protocol to be agreed on in TLS (RFC 7858 section 3.1, RFC 8484 section 5.2).
[[nodiscard]] transport::DialOptions dial_options(const ExchangeOptions& options, Carrier carrier);
/// The question, padded where nobody on the way can read it. Without a signature.
[[nodiscard]] std::vector<std::uint8_t> make_query(std::uint16_t id, const Question& question,
                                                   const ExchangeOptions& options, Carrier carrier);

/// RFC 1035 section 4.2.2: each message behind its length.
[[nodiscard]] transport::Task<Result<void>> write_message(transport::Stream& stream, Bytes message);
/// Status empty_reply where the connection ends before a message, truncated where within one; `server` is for errors.
[[nodiscard]] transport::Task<Result<std::vector<std::uint8_t>>> read_message(transport::Stream& stream,
                                                                              const std::string& server);

/// Seconds since 1970, for signatures.
[[nodiscard]] std::uint64_t unix_seconds();

}  // namespace fid::dns
