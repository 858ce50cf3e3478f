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

/// Starts `/bin/sh -c command`; its standard error is ours. finish() closes its standard input. conclude() closes its
/// standard output and waits until it has ended: status negative where it failed or was killed. Destroying the stream
/// closes both; what is still there half a second later gets SIGTERM, and SIGKILL after as long again. It is always
/// reaped. Where there is no terminal, whose Ctrl-C reaches all of them, the signals go to the programs that it has
/// started, too.
[[nodiscard]] Result<StreamPtr> make_process_stream(Executor executor, std::string command,
                                                    const Environment& environment);

}  // namespace fid::transport
