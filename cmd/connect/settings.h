// SPDX-License-Identifier: MIT
// What the user asked of `fid connect`, read from the command line once.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "address/endpoint.h"
#include "cmd/command.h"
#include "transport/dial.h"

namespace fid::cmd::connect {

struct Settings {
    Endpoint endpoint;
    transport::DialOptions dial;
    bool send_only = false;  ///< what the peer says is not read
    bool receive_only = false;
    bool crlf = false;  ///< each LF that is sent becomes CR LF, but for those that are already
    bool timing = false;
    std::chrono::nanoseconds linger = std::chrono::seconds(2);
    std::optional<std::chrono::nanoseconds> idle;
    std::uint64_t max_bytes = UINT64_MAX;  ///< to receive
};

[[nodiscard]] Result<Settings> read_settings(const Context& context);

}  // namespace fid::cmd::connect
