// SPDX-License-Identifier: MIT
// Opening a connection to an endpoint, whatever lies between: name lookup, Happy Eyeballs (RFC 8305), proxies, TLS,
// all under one deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "address/endpoint.h"
#include "transport/lookup.h"
#include "transport/recorder.h"
#include "transport/socket_address.h"
#include "transport/stream.h"
#include "transport/tls_stream.h"
#include "transport/websocket_stream.h"

namespace fid::transport {

class RecordingStream;

/// Options of one socket, set before it connects.
struct SocketOptions {
    std::optional<Address> source;                        ///< the address to connect from
    std::uint16_t source_port = 0;                        ///< 0 = any
    std::string interface;                                ///< SO_BINDTODEVICE
    bool no_delay = true;                                 ///< TCP_NODELAY
    bool keep_alive = false;                              ///< SO_KEEPALIVE
    bool urgent_inline = false;                           ///< SO_OOBINLINE: urgent bytes stay where they were sent
    std::optional<unsigned> ttl;                          ///< IP_TTL, IPV6_UNICAST_HOPS
    std::optional<unsigned> tos;                          ///< IP_TOS, IPV6_TCLASS
    std::optional<unsigned> send_buffer, receive_buffer;  ///< bytes
};

struct DialOptions {
    FamilyChoice family = FamilyChoice::any;
    SocketOptions socket;
    std::chrono::nanoseconds timeout = std::chrono::seconds(30);  ///< for everything together; zero = none
    std::vector<Endpoint> proxies;                                ///< a chain, the nearest first
    std::string starttls;                                         ///< "smtp": that protocol's words, then TLS
    TlsOptions tls;                                               ///< for tls and wss endpoints
    WebSocketOptions websocket;                                   ///< for ws and wss endpoints
    Recorder* recorder = nullptr;                                 ///< --record; outlives the connection
};

/// How long each step took; absent where there was no such step.
struct Timings {
    std::optional<std::chrono::nanoseconds> lookup, connect, proxy, tls, websocket;
};

struct Connection {
    StreamPtr stream;
    SocketAddress local, peer;
    int socket = -1;  ///< under all of it, the stream's own: for what the kernel knows of it
    Timings timings;
    std::optional<TlsFacts> tls;
    std::optional<WebSocketFacts> websocket;
    std::string terminal;                  ///< a pseudo terminal's path
    RecordingStream* recording = nullptr;  ///< the lowest part of `stream`, where there is a recorder
};

/// Status usage where `?name` of an endpoint is none of the flags it knows.
[[nodiscard]] Result<void> check_parameters(const Endpoint& endpoint, std::span<const std::string_view> known);

/// Can this endpoint be dialled at all? Status usage: it lacks a port, is of another scheme, or has options (`?k=v`)
/// that are not its own.
[[nodiscard]] Result<void> dialable(const Endpoint& endpoint, const DialOptions& options);

/// Connects to tcp, udp, unix, tls, ws and wss endpoints ("" is tcp). Status usage where it is not dialable(),
/// host_not_found, cannot_connect (the cause names each address tried where they differ), timeout, cannot_read where a
/// Unix socket's path does not exist.
[[nodiscard]] Task<Result<Connection>> dial(Executor executor, Endpoint endpoint, DialOptions options);

/// TLS over a connection that has been in the clear up to now; `host` is what was dialled. Fills in the connection's
/// `tls`, and hands the session's secrets to its recording. Not under any deadline: stop() the stream. The errors are
/// connect_tls()'s; the connection then has no stream any more.
[[nodiscard]] Task<Result<void>> start_tls(Connection& connection, std::string host, TlsOptions options);

}  // namespace fid::transport
