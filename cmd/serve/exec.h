// SPDX-License-Identifier: MIT
// A program for each connection.
#pragma once

#include <string>

#include "cmd/serve/session.h"

namespace fid::cmd::serve {

/// Gives `command` to /bin/sh -c: what the peer sends is its standard input, the peer's end its end, its standard
/// output goes to the peer until it ends. It is waited for. Where the peer resets or is idle, it is told to go
/// (SIGTERM) and killed half a second later. Its standard error is `error`; -1 = ours.
[[nodiscard]] Service exec_service(std::string command, int error);

}  // namespace fid::cmd::serve
