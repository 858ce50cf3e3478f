// SPDX-License-Identifier: MIT
// Happy Eyeballs (RFC 8305): several addresses of one name, tried a quarter of a second apart; the first that answers
// wins.
#pragma once

#include <optional>
#include <vector>

#include "transport/descriptor.h"
#include "transport/dial.h"

namespace fid::transport {

/// RFC 8305 section 5: the recommended time between two attempts.
inline constexpr std::chrono::milliseconds attempt_delay{250};

/// Families in turn, the family of the first address first (RFC 8305 section 4).
[[nodiscard]] std::vector<Address> interleave(const std::vector<Address>& addresses);

struct RaceResult {
    Descriptor socket;
    SocketAddress peer;
};

/// Connects a TCP socket to one of the addresses, in this order, before `deadline`. Status timeout or cannot_connect;
/// the cause names every address that failed where there are several.
[[nodiscard]] Task<Result<RaceResult>> race(Executor executor, std::vector<SocketAddress> peers, SocketOptions options,
                                            std::optional<Clock::time_point> deadline);

}  // namespace fid::transport
