// SPDX-License-Identifier: MIT
// Opening any endpoint: connections by dial(), and what is on this machine: programs, terminals, descriptors.
#pragma once

#include "transport/dial.h"
#include "transport/process_stream.h"

namespace fid::transport {

struct OpenOptions {
    DialOptions dial;         ///< for connections
    Environment environment;  ///< for a program
};

/// Can this endpoint be opened at all, as far as that is known without trying? Status usage.
[[nodiscard]] Result<void> openable(const Endpoint& endpoint, const DialOptions& options);
/// Programs, terminals, descriptors, standard input and output: nothing to dial.
[[nodiscard]] bool is_local(const Endpoint& endpoint);

/// Besides dial()'s: exec: (process_stream.h), pty: (pty_stream.h; Connection::terminal is its path), fd: and stdio.
/// A descriptor is not closed, and gets its mode back at the end; a connected socket is used as one (its end is said
/// with shutdown(2)); one that is open for writing only ends at once for who reads it. Status usage for a parameter
/// that the endpoint does not know, and for a descriptor that is not open.
[[nodiscard]] Task<Result<Connection>> open_endpoint(Executor executor, Endpoint endpoint, OpenOptions options);

}  // namespace fid::transport
