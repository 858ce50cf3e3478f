// SPDX-License-Identifier: MIT
// A connection to Redis as a stream of messages: a command line is written, a reply is read as a line.
#pragma once

#include <functional>

#include "transport/resp.h"
#include "transport/stream.h"

namespace fid::transport {

struct RespOptions {
    /// Somebody reads: finish() first waits until each command has its reply, because a server that is told of the end
    /// forgets the replies it has not sent yet. After a command that subscribes (or MONITOR) it waits until the server
    /// ends, for what comes unasked.
    bool await_replies = true;
    /// Told of a line that is no command, which is then left out; without it such a line is an error.
    std::function<void(const Error&)> refused;
};

struct RespConnection {
    StreamPtr stream;
    /// The reply that the last read() has given the end of, as a value for JSON. Lives as long as the stream.
    std::function<report::Value()> last_reply;
};

/// Owns `below`. A write is a line (split_resp_command()), an empty one is left out; a read is a reply as
/// put_resp_text() writes it, or a part of one with Chunk::more. Errors of the server are replies like others.
[[nodiscard]] RespConnection make_resp_stream(StreamPtr below, Executor executor, RespOptions options);

}  // namespace fid::transport
