// SPDX-License-Identifier: MIT
// This program's own standard input and output, and descriptors it was given, as streams.
#pragma once

#include <string>

#include "transport/stream.h"

namespace fid::transport {

/// Reads one descriptor and writes another (they may be the same); their modes are restored at the end, and they are
/// not closed. finish() closes nothing: what else writes there goes on. `name` is for errors: "standard input".
[[nodiscard]] StreamPtr make_local_stream(Executor executor, int input, int output, std::string name);

}  // namespace fid::transport
