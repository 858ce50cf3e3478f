// SPDX-License-Identifier: MIT
// The bytes of a connection as messages: --frame.
#pragma once

#include <functional>

#include "cmd/command.h"
#include "cmd/connect/settings.h"
#include "report/record.h"

namespace fid::cmd::connect {

/// Whom we talk with.
struct Peer {
    transport::Connection connection;
    std::function<report::Value()> reply;  ///< --frame resp: the message read last, as a value
};

/// Makes messages of the connection's bytes, as --frame says, and has the peer prove that it knows the key of
/// --auth-key-file. Nothing happens where the bytes are wanted as they are.
[[nodiscard]] transport::Task<Result<void>> frame(Context& context, const Settings& settings, Peer& peer);

/// What was agreed on, for --verbose.
void note_websocket(Context& context, const transport::WebSocketFacts& facts);

}  // namespace fid::cmd::connect
