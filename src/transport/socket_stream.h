// SPDX-License-Identifier: MIT
// Connected sockets: TCP and Unix streams, and datagram sockets with one peer (UDP, Unix).
#pragma once

#include <string>

#include "transport/pollable.h"
#include "transport/stream.h"

namespace fid::transport {

/// `peer` names the other side in errors: "192.0.2.1:80".
[[nodiscard]] StreamPtr make_socket_stream(Pollable socket, std::string peer);
/// Every read and write is a datagram. finish() does nothing: datagrams have no end, but for those of a Unix seqpacket
/// socket. An ICMP "port unreachable" that answers a datagram sent before ends the next read or write with status
/// cannot_connect.
[[nodiscard]] StreamPtr make_datagram_stream(Pollable socket, std::string peer);

}  // namespace fid::transport
