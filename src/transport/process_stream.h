// SPDX-License-Identifier: MIT
// A program's standard input and output as a stream.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "transport/stream.h"

namespace fid::transport {

/// Variables set for the program besides our own.
using Environment = std::vector<std::pair<std::string, std::string>>;

/// Starts `/bin/sh -c command`; its standard error is ours. finish() closes its standard input. conclude() closes
/// its standard output and waits until it has ended: status negative where it failed or was killed. stop() sends it
/// SIGTERM, and destroying the stream SIGKILL where it is still there a second later; it is always reaped. Where there
/// is no terminal, whose Ctrl-C reaches all of them, the signals go to the programs it has started, too.
[[nodiscard]] Result<StreamPtr> make_process_stream(Executor executor, std::string command,
                                                    const Environment& environment);

}  // namespace fid::transport
