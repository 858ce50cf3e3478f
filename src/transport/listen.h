// SPDX-License-Identifier: MIT
// Waiting for others: the sockets of a listener, and what comes in on them, one after another.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "address/endpoint.h"
#include "transport/datagram_sessions.h"
#include "transport/descriptor.h"
#include "transport/lookup.h"
#include "transport/socket_address.h"
#include "transport/stream.h"

namespace fid::transport {

struct ListenOptions {
    FamilyChoice family = FamilyChoice::any;
    int backlog = 4096;        ///< connections that wait to be taken; the kernel's limit holds, too
    bool share_port = false;   ///< SO_REUSEPORT: Listener::another() gives further loops sockets of their own
    DatagramLimits datagrams;  ///< of udp listeners
    /// Told where nothing can be taken for want of descriptors or memory: once each time that begins.
    std::function<void(const Error&)> trouble;
};

/// Somebody who wants to talk, before any handshake. It belongs to no loop yet, but for datagrams.
struct Incoming {
    Descriptor socket;    ///< connected and non-blocking; of a udp listener none
    StreamPtr datagrams;  ///< of a udp listener: those of one peer, on the listener's loop
    SocketAddress local, peer;
};

/// One socket that others come to. Belongs to a loop, and to its thread.
class Listener {
  public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual ~Listener() = default;

    /// As it was asked for, with the address and the port that the kernel gave.
    [[nodiscard]] virtual const Endpoint& endpoint() const = 0;
    [[nodiscard]] virtual const SocketAddress& local() const = 0;
    /// Waits for the next one. Where descriptors or memory have run out it waits for better times. A caller that
    /// takes them faster than it serves them is made to wait now and then, so that the loop gets its turn.
    /// The error is what stop() was given, or that the socket is broken.
    [[nodiscard]] virtual Task<Result<Incoming>> next() = 0;
    /// Ends a pending and all later next(), and closes the socket: who comes now is refused. A udp listener's socket
    /// stays for the sessions there are, but begins no more.
    virtual void stop(const Error& why) = 0;
    /// The same for a further loop: a socket of its own where ListenOptions::share_port allows it (the kernel deals
    /// connections, and the datagrams of a peer, out among them), the same socket where it is a Unix one.
    [[nodiscard]] virtual Result<std::unique_ptr<Listener>> another(Executor executor) = 0;
};

using ListenerPtr = std::unique_ptr<Listener>;

/// "tcp://127.0.0.1:8080", "unix:/run/x": what a client can be given.
[[nodiscard]] std::string listening_url(const Listener& listener);

/// Can it be listened on at all? tcp, udp, tls, ws, wss, http and https ("" is tcp) with a port (0: the kernel chooses)
/// and unix, which knows `?mode=0600`. Status usage.
[[nodiscard]] Result<void> listenable(const Endpoint& endpoint);

/// Is it beyond this machine that it may be reached from? Nothing that is on a loopback address or Unix is.
[[nodiscard]] bool is_exposed(const SocketAddress& local);

/// Listens on every address of the endpoint: one for an address, for no host (":8080") both families by one socket,
/// for a name each of its addresses that this machine has, all with the same port. A Unix socket is made with the mode
/// asked for (else as the umask says) and removed with its listener; one that nobody listens on any more gives way.
/// Status usage where it is not listenable(), cannot_connect where the kernel refuses (the hint says what helps),
/// host_not_found.
[[nodiscard]] Result<std::vector<ListenerPtr>> listen(Executor executor, const Endpoint& endpoint,
                                                      const ListenOptions& options);

}  // namespace fid::transport
