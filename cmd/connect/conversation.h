// SPDX-License-Identifier: MIT
// Opening one endpoint or two, and the conversation that comes of it.
#pragma once

#include <functional>
#include <memory>

#include "cmd/command.h"
#include "cmd/connect/frame.h"
#include "cmd/connect/session.h"
#include "cmd/connect/settings.h"

namespace fid::cmd::connect {

/// What Ctrl-C stops: the loop while dialling, the streams while they talk.
struct Interruption {
    std::function<void()> stop;
};

/// Whoever talks with the peer once the connection stands. It says what Interruption::stop has to stop.
using Talker = std::function<transport::Task<Outcome>(Context&, const Settings&, Peer&, std::shared_ptr<Interruption>)>;

/// What streams are stopped with when the session is to end; nothing to be told.
[[nodiscard]] const Error& session_over();

/// Opens the endpoint and lets the one of --to, or standard input and output, talk with it until both have ended or
/// Ctrl-C. Records of what passes take the place of standard output's bytes where they are wanted. What goes wrong is
/// told; the status is the command's.
[[nodiscard]] Status converse(Context& context, Settings settings);
/// The same with another one who talks.
[[nodiscard]] Status converse(Context& context, Settings settings, Talker talker);

}  // namespace fid::cmd::connect
