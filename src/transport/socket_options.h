// SPDX-License-Identifier: MIT
// Making sockets as SocketOptions say.
#pragma once

#include "transport/descriptor.h"
#include "transport/dial.h"

namespace fid::transport {

/// A non-blocking socket for connecting to `peer` (`type` is SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET), bound to the
/// source the options ask for. Status usage where the source is of another family, cannot_connect where the kernel
/// refuses an option.
[[nodiscard]] Result<Descriptor> make_socket(const SocketAddress& peer, int type, const SocketOptions& options);

}  // namespace fid::transport
