// SPDX-License-Identifier: MIT
// How a question gets to a server: what is dialled, the bytes of the question.
#pragma once

#include <vector>

#include "dns/exchange.h"

namespace fid::dns {

inline constexpr std::size_t max_message = 65535;

/// The place to dial for a server that is asked over `carrier`, which may be another than its own (TCP for UDP).
[[nodiscard]] Endpoint dial_endpoint(const Server& server, Carrier carrier);
/// With the protocol to be agreed on in TLS (RFC 7858 section 3.1, RFC 8484 section 5.2).
[[nodiscard]] transport::DialOptions dial_options(const ExchangeOptions& options, Carrier carrier);
/// The question, padded where nobody on the way can read it.
[[nodiscard]] std::vector<std::uint8_t> make_query(std::uint16_t id, const Question& question,
                                                   const ExchangeOptions& options, Carrier carrier);

}  // namespace fid::dns
