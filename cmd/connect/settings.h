// SPDX-License-Identifier: MIT
// What the user asked of `fid connect`, read from the command line once.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "address/endpoint.h"
#include "cmd/command.h"
#include "transport/dial.h"
#include "transport/framing.h"

namespace fid::cmd::connect {

struct Settings {
    Endpoint endpoint;
    std::optional<Endpoint> to;  ///< the other endpoint; absent where that is standard input and output
    transport::DialOptions dial;
    bool send_only = false;  ///< what the peer says is not read
    bool receive_only = false;
    bool crlf = false;  ///< each LF that is sent becomes CR LF, but for those that are already
    bool timing = false;
    std::optional<transport::Framing> frame;  ///< how the peer's messages are separated; here they are lines
    bool websocket = false;                   ///< the endpoint is ws or wss
    std::chrono::nanoseconds linger = std::chrono::seconds(2);
    std::optional<std::chrono::nanoseconds> idle;
    std::uint64_t max_bytes = UINT64_MAX;  ///< to receive

    /// Each line of standard input is a message, and each message a line of standard output.
    [[nodiscard]] bool by_lines() const { return frame.has_value() || (websocket && !dial.websocket.binary); }
};

/// Every endpoint and option is checked as far as that is possible without opening anything.
[[nodiscard]] Result<Settings> read_settings(const Context& context);

}  // namespace fid::cmd::connect
