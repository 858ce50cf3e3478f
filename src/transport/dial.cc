// SPDX-License-Identifier: MIT
#include "transport/dial.h"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "transport/race.h"
#include "transport/recording_stream.h"
#include "transport/socket_options.h"
#include "transport/socket_stream.h"

namespace fid::transport {
namespace {

using Addresses = Result<std::vector<Address>>;

/// A lookup under way in a thread of its own, since getaddrinfo(3) only blocks. Whoever waits may leave before it ends,
/// and the loop with them.
struct PendingLookup {
    PendingLookup(Executor executor, std::string name) : done(executor), host(std::move(name)) {}
    Timer done;  ///< cancelled at the end, on the loop
    std::string host;
    std::optional<Addresses> found;
    std::mutex mutex;        ///< guards `abandoned` and the posting that it forbids
    bool abandoned = false;  ///< nobody waits: the loop may be gone
};

Task<Addresses> lookup_until(Executor executor, std::string host, FamilyChoice family,
                             std::optional<Clock::time_point> deadline) {
    if (Address::parse(host)) co_return lookup(host, family);
    const auto pending = std::make_shared<PendingLookup>(executor, std::move(host));
    pending->done.expires_at(deadline.value_or(Timer::time_point::max()));
    std::thread([pending, family, executor] {
        const auto found = std::make_shared<Addresses>(lookup(pending->host, family));
        const std::lock_guard lock(pending->mutex);
        if (pending->abandoned) return;
        asio::post(executor, [pending, found] {
            pending->found = std::move(*found);
            pending->done.cancel();
        });
    }).detach();
    co_await pending->done.async_wait(as_task);
    const std::lock_guard lock(pending->mutex);
    pending->abandoned = true;
    if (pending->found) co_return std::move(*pending->found);
    co_return fail(Status::timeout, "cannot look up", pending->host, "timed out", "is a name server reachable?");
}

/// The steps of one dial() and the time that remains for them.
class Dialer {
  public:
    Dialer(Executor executor, Endpoint endpoint, DialOptions options)
        : executor_(executor), endpoint_(std::move(endpoint)), options_(std::move(options)) {
        if (options_.timeout != std::chrono::nanoseconds::zero())
            deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(options_.timeout);
    }

    Task<Result<Connection>> run() {
        if (endpoint_.scheme == "unix") co_return dial_unix();
        if (!endpoint_.port_or_default())
            co_return fail(Status::usage, "no port in", endpoint_.text(), {}, "write HOST:PORT, or HOST PORT");
        const auto started = Clock::now();
        auto found = co_await lookup_until(executor_, endpoint_.host, options_.family, deadline_);
        if (!found) co_return std::unexpected(std::move(found.error()));
        const auto looked_up = Clock::now();
        if (!endpoint_.address) connection_.timings.lookup = looked_up - started;
        std::vector<SocketAddress> peers;
        for (const Address& address : interleave(*found)) peers.emplace_back(address, *endpoint_.port_or_default());
        if (endpoint_.scheme == "udp") co_return dial_udp(peers.front());
        auto won = co_await race(executor_, std::move(peers), options_.socket, deadline_);
        if (!won) co_return std::unexpected(std::move(won.error()));
        connection_.timings.connect = Clock::now() - looked_up;
        take(std::move(won->socket), won->peer);
        if (endpoint_.scheme == "tls") {
            auto shaken = co_await start_tls();
            if (!shaken) co_return std::unexpected(std::move(shaken.error()));
        }
        co_return std::move(connection_);
    }

  private:
    Result<Connection> dial_unix() {
        auto peer = endpoint_.abstract ? SocketAddress::unix_abstract(endpoint_.path)
                                       : SocketAddress::unix_path(endpoint_.path);
        if (!peer) return std::unexpected(std::move(peer.error()));
        int number = 0;
        for (const int type : {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM}) {
            auto socket = make_socket(*peer, type, options_.socket);
            if (!socket) return std::unexpected(std::move(socket.error()));
            if (::connect(socket->get(), peer->data(), peer->length()) == 0) {
                take(std::move(*socket), *peer, type != SOCK_STREAM);
                return std::move(connection_);
            }
            number = errno;
            if (number != EPROTOTYPE) break;  // the socket there is of another type: try the next
        }
        return fail_errno(Status::cannot_connect, "cannot connect to", peer->text(), number);
    }

    Result<Connection> dial_udp(const SocketAddress& peer) {
        auto socket = make_socket(peer, SOCK_DGRAM, options_.socket);
        if (!socket) return std::unexpected(std::move(socket.error()));
        if (::connect(socket->get(), peer.data(), peer.length()) != 0)
            return fail_errno(Status::cannot_connect, "cannot connect to", peer.text(), errno);
        take(std::move(*socket), peer, true);
        return std::move(connection_);
    }

    Task<Result<void>> start_tls() {
        const auto started = Clock::now();
        // The deadline ends the handshake by stopping the stream under it, which outlives the wait.
        Stream* const socket = connection_.stream.get();
        Timer watchdog(executor_);
        watchdog.expires_at(deadline_.value_or(Timer::time_point::max()));
        const Error late{Status::timeout, "cannot agree on TLS with", endpoint_.text(), "timed out", {}};
        watchdog.async_wait([socket, late](const boost::system::error_code& error) {
            if (!error) socket->stop(late);
        });
        KeyLog key_log;
        if (recording_ != nullptr) {
            recording_->flow().handshake_begins();
            key_log = [flow = &recording_->flow()](std::string_view line) { flow->secrets(line); };
        }
        auto shaking = connect_tls(std::move(connection_.stream), endpoint_.host, options_.tls, std::move(key_log));
        auto shaken = co_await std::move(shaking);
        if (!shaken) co_return std::unexpected(std::move(shaken.error()));
        if (recording_ != nullptr) recording_->flow().handshake_ends();
        connection_.timings.tls = Clock::now() - started;
        connection_.stream = std::move(shaken->stream);
        connection_.tls = std::move(shaken->facts);
        co_return Result<void>();
    }

    void take(Descriptor socket, const SocketAddress& peer, bool datagrams = false) {
        connection_.local = SocketAddress::local_of(socket.get());
        connection_.peer = peer;
        connection_.stream = datagrams ? make_datagram_stream(executor_, std::move(socket), peer.text())
                                       : make_socket_stream(executor_, std::move(socket), peer.text());
        if (options_.recorder == nullptr) return;
        const FlowKind kind = datagrams ? FlowKind::datagram : FlowKind::stream;
        Flow flow = options_.recorder->open(connection_.local, peer, kind, endpoint_.text());
        flow.connected();
        if (const auto address = peer.address(); address && !endpoint_.address)
            options_.recorder->name(*address, endpoint_.host);
        auto recording = std::make_unique<RecordingStream>(std::move(connection_.stream), std::move(flow));
        recording_ = recording.get();
        connection_.stream = std::move(recording);
    }

    Executor executor_;
    Endpoint endpoint_;
    DialOptions options_;
    std::optional<Clock::time_point> deadline_;
    Connection connection_;
    RecordingStream* recording_ = nullptr;  ///< the lowest part of connection_.stream, where there is a recorder
};

}  // namespace

Task<Result<Connection>> dial(Executor executor, Endpoint endpoint, DialOptions options) {
    Dialer dialer(executor, std::move(endpoint), std::move(options));
    auto running = dialer.run();
    co_return co_await std::move(running);
}

}  // namespace fid::transport
