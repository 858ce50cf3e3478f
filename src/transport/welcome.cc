// SPDX-License-Identifier: MIT
#include "transport/welcome.h"

#include <utility>

#include "transport/deadline.h"
#include "transport/pollable.h"
#include "transport/recording_stream.h"
#include "transport/socket_stream.h"

namespace fid::transport {
namespace {

bool is_websocket(const Endpoint& listener) { return listener.scheme == "ws" || listener.scheme == "wss"; }

/// What those who come can be offered: a WebSocket begins as HTTP/1.1, an HTTP server speaks both.
std::vector<std::string> protocols(const Endpoint& listener) {
    if (is_websocket(listener)) return {"http/1.1"};
    if (listener.scheme == "https" || listener.scheme == "http") return {"h2", "http/1.1"};
    return {};
}

class Welcomer {
  public:
    Welcomer(Executor executor, Endpoint listener, Incoming incoming, WelcomeOptions options)
        : executor_(executor), listener_(std::move(listener)), options_(std::move(options)) {
        connection_.local = incoming.local;
        connection_.peer = incoming.peer;
        const bool datagrams = incoming.datagrams != nullptr;
        if (datagrams) {
            connection_.stream = std::move(incoming.datagrams);
        } else {
            connection_.socket = incoming.socket.get();
            connection_.stream =
                make_socket_stream(Pollable(executor, std::move(incoming.socket)), incoming.peer.text());
        }
        if (options_.recorder != nullptr) record(datagrams ? FlowKind::datagram : FlowKind::stream);
        socket_ = connection_.stream.get();
    }

    Task<Result<Connection>> run() {
        const bool tls = begins_with_tls(listener_, options_);
        if (tls || is_websocket(listener_)) {
            const std::string peer(socket_->name());
            const StreamDeadline deadline(executor_, *socket_, options_.timeout, [peer] {
                return Error{Status::timeout, "no handshake with", peer, "timed out", {}};
            });
            auto shaken = co_await shake(tls);
            // The deadline must not outlive the stream; both go within this turn of the loop.
            if (!shaken) co_return std::unexpected(std::move(shaken.error()));
        }
        co_return std::move(connection_);
    }

  private:
    void record(FlowKind kind) {
        Flow flow = options_.recorder->open(connection_.local, connection_.peer, kind, listener_.text());
        flow.accepted();
        auto recording = std::make_unique<RecordingStream>(std::move(connection_.stream), std::move(flow));
        connection_.recording = recording.get();
        connection_.stream = std::move(recording);
    }

    Task<Result<void>> shake(bool tls) {
        if (tls) {
            auto shaken = co_await start_tls();
            if (!shaken) co_return shaken;
        }
        if (!is_websocket(listener_)) co_return Result<void>();
        const auto started = Clock::now();
        if (options_.websocket.path.empty() && listener_.path != "/") options_.websocket.path = listener_.path;
        auto accepting = accept_websocket(std::move(connection_.stream), connection_.peer.text(), options_.websocket);
        auto accepted = co_await std::move(accepting);
        if (!accepted) co_return std::unexpected(std::move(accepted.error()));
        connection_.stream = std::move(accepted->stream);
        connection_.websocket = std::move(accepted->facts);
        connection_.timings.websocket = Clock::now() - started;
        co_return Result<void>();
    }

    Task<Result<void>> start_tls() {
        const auto started = Clock::now();
        auto shaking = accept_tls(connection_, options_.tls->session(protocols(listener_)));
        auto shaken = co_await std::move(shaking);
        if (!shaken) co_return shaken;
        connection_.timings.tls = Clock::now() - started;
        co_return Result<void>();
    }

    Executor executor_;
    Endpoint listener_;
    WelcomeOptions options_;
    Connection connection_;
    Stream* socket_ = nullptr;  ///< the lowest part of connection_.stream
};

}  // namespace

bool begins_with_tls(const Endpoint& listener, const WelcomeOptions& options) {
    const std::string& scheme = listener.scheme;
    return scheme == "tls" || scheme == "wss" || scheme == "https" || (options.always_tls && scheme != "udp");
}

Task<Result<void>> accept_tls(Connection& connection, SslSession session) {
    KeyLog key_log;
    if (connection.recording != nullptr) {
        connection.recording->flow().handshake_begins();
        key_log = [flow = &connection.recording->flow()](std::string_view line) { flow->secrets(line); };
    }
    auto shaking = accept_tls(std::move(connection.stream), std::move(session), std::move(key_log));
    auto shaken = co_await std::move(shaking);
    if (!shaken) {
        connection.recording = nullptr;  // gone with the stream
        co_return std::unexpected(std::move(shaken.error()));
    }
    if (connection.recording != nullptr) connection.recording->flow().handshake_ends();
    connection.stream = std::move(shaken->stream);
    connection.tls = std::move(shaken->facts);
    co_return Result<void>();
}

Task<Result<Connection>> welcome(Executor executor, Endpoint listener, Incoming incoming, WelcomeOptions options) {
    Welcomer welcomer(executor, std::move(listener), std::move(incoming), std::move(options));
    auto running = welcomer.run();
    auto connection = co_await std::move(running);
    co_return connection;
}

}  // namespace fid::transport
