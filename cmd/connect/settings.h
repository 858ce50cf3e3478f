// SPDX-License-Identifier: MIT
// What the user asked of `fid connect`, read from the command line once.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "address/endpoint.h"
#include "cmd/command.h"
#include "cmd/connect/flow.h"
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
    bool telnet = false;
    bool edit = true;                         ///< lines typed on a terminal are edited here
    bool history = true;                      ///< and remembered in a file
    std::optional<std::uint8_t> escape;       ///< --telnet: the key that asks for a command
    std::optional<transport::Framing> frame;  ///< how the peer's messages are separated; here they are lines
    bool resp = false;                        ///< --frame resp: lines are commands of Redis
    std::optional<std::string> auth_key;      ///< --frame mp: what both ends have to know
    bool websocket = false;                   ///< the endpoint is ws or wss, or --frame ws
    std::chrono::nanoseconds linger = std::chrono::seconds(2);
    std::optional<std::chrono::nanoseconds> idle;
    std::uint64_t max_bytes = UINT64_MAX;  ///< to receive
    FlowSettings flow;

    /// Each line of standard input is a message, and each message a line of standard output.
    [[nodiscard]] bool by_lines() const { return frame || resp || (websocket && !dial.websocket.binary); }
};

/// The names that --frame takes.
[[nodiscard]] std::vector<std::string_view> frame_names();

/// Every endpoint and option is checked as far as that is possible without opening anything.
[[nodiscard]] Result<Settings> read_settings(const Context& context);

}  // namespace fid::cmd::connect
