// SPDX-License-Identifier: MIT
// The datagrams of one socket by peer: each peer's are a stream of its own, for as long as it is heard of.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "transport/descriptor.h"
#include "transport/socket_address.h"
#include "transport/stream.h"

namespace fid::transport {

/// Addresses of senders can be made up, so everything has its bound.
struct DatagramLimits {
    std::chrono::nanoseconds idle = std::chrono::seconds(60);  ///< a peer that is silent for so long has ended
    std::size_t peers = 1024;   ///< at the same time; for one more the one that was silent longest ends
    std::size_t waiting = 256;  ///< datagrams of one peer that were not read yet; more are dropped
};

/// A peer that was not heard of before.
struct DatagramSession {
    StreamPtr stream;
    SocketAddress local, peer;  ///< `local` is the address that the peer sent to, and our answers come from
};

/// Reads the socket from when it is made until stop(), on `executor`'s loop. The streams of its peers may outlive it.
/// They keep boundaries; a read ends well (Chunk::end) where the peer was silent for too long or had to make room for
/// others; then it can still be written to.
class DatagramSessions {
  public:
    /// `socket` is bound. UDP only.
    DatagramSessions(Executor executor, Descriptor socket, const DatagramLimits& limits);
    DatagramSessions(const DatagramSessions&) = delete;
    DatagramSessions& operator=(const DatagramSessions&) = delete;
    ~DatagramSessions();

    [[nodiscard]] Task<Result<DatagramSession>> next();
    /// No peer is taken any more; those that there are go on.
    void stop(const Error& why);

    struct Table;

  private:
    std::shared_ptr<Table> table_;
};

}  // namespace fid::transport
