// SPDX-License-Identifier: MIT
// --telnet: its options, and the user's terminal against a telnet server.
#pragma once

#include <functional>
#include <memory>

#include "cmd/connect/interactive.h"
#include "cmd/connect/settings.h"
#include "transport/telnet_stream.h"

namespace fid::cmd::connect {

[[nodiscard]] std::vector<Option> telnet_options();
/// --telnet and what goes with it; ports that telnet has by itself.
[[nodiscard]] Result<void> read_telnet(const Arguments& args, Settings& settings);

/// Telnet over the connection. `user` is the terminal if there is one: it learns of modes, the server of its size, and
/// what is agreed on is told there. `quit` is called where the user asks for it.
[[nodiscard]] transport::StreamPtr start_telnet(Context& context, const Settings& settings,
                                                transport::Executor executor, transport::StreamPtr below,
                                                const std::shared_ptr<Interactive>& user, std::function<void()> quit);

}  // namespace fid::cmd::connect
