// SPDX-License-Identifier: MIT
// A stream of bytes as one of messages.
#pragma once

#include "transport/framing.h"
#include "transport/stream.h"

namespace fid::transport {

/// Reads and writes messages of at most most_message_bytes over `below`, which it owns.
[[nodiscard]] StreamPtr make_framed_stream(StreamPtr below, Framing framing);

}  // namespace fid::transport
