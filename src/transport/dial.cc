// SPDX-License-Identifier: MIT
#include "transport/dial.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "report/suggest.h"
#include "transport/pollable.h"
#include "transport/proxy.h"
#include "transport/race.h"
#include "transport/recording_stream.h"
#include "transport/socket_options.h"
#include "transport/socket_stream.h"
#include "transport/starttls.h"

namespace fid::transport {
namespace {

using Addresses = Result<std::vector<Address>>;

/// A lookup under way in a thread of its own, since getaddrinfo(3) only blocks. Whoever waits may leave before it ends,
/// and the loop with them.
struct PendingLookup {
    PendingLookup(Executor executor, std::string name) : done(executor), host(std::move(name)) {}
    std::optional<Timer>
        done;  ///< cancelled at the end, on the loop; gone with the one who waits, since the loop may be
    std::string host;
    std::optional<Addresses> found;
    std::mutex mutex;        ///< guards `abandoned` and the posting that it forbids
    bool abandoned = false;  ///< nobody waits: the loop may be gone
};

/// Says that nobody waits any more, also where the waiting coroutine is destroyed with its loop.
class Waiting {
  public:
    explicit Waiting(std::shared_ptr<PendingLookup> pending) : pending_(std::move(pending)) {}
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() {
        const std::lock_guard lock(pending_->mutex);
        pending_->abandoned = true;
        pending_->done.reset();
    }

  private:
    std::shared_ptr<PendingLookup> pending_;
};

Task<Addresses> lookup_until(Executor executor, std::string host, FamilyChoice family,
                             std::optional<Clock::time_point> deadline) {
    if (Address::parse(host)) co_return lookup(host, family);
    const auto pending = std::make_shared<PendingLookup>(executor, std::move(host));
    pending->done->expires_at(deadline.value_or(Timer::time_point::max()));
    std::thread([pending, family, executor] {
        const auto found = std::make_shared<Addresses>(lookup(pending->host, family));
        const std::lock_guard lock(pending->mutex);
        if (pending->abandoned) return;
        asio::post(executor, [pending, found] {
            pending->found = std::move(*found);
            if (pending->done) pending->done->cancel();
        });
    }).detach();
    const Waiting waiting(pending);
    co_await pending->done->async_wait(as_task);
    if (pending->found) co_return std::move(*pending->found);
    co_return fail(Status::timeout, "cannot look up", pending->host, "timed out", "is a name server reachable?");
}

/// The steps of one dial() and the time that remains for them.
class Dialer {
  public:
    Dialer(Executor executor, Endpoint endpoint, DialOptions options)
        : executor_(executor), endpoint_(std::move(endpoint)), options_(std::move(options)), watchdog_(executor) {
        if (options_.timeout != std::chrono::nanoseconds::zero())
            deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(options_.timeout);
    }

    Task<Result<Connection>> run() {
        if (auto fit = dialable(endpoint_, options_); !fit) co_return std::unexpected(std::move(fit.error()));
        if (endpoint_.scheme == "unix") co_return dial_unix();
        std::vector<Endpoint> hops = options_.proxies;
        hops.push_back(endpoint_);
        auto reached = co_await reach(hops.front());
        if (!reached) {
            Error error = std::move(reached.error());
            if (hops.size() > 1 && error.status == Status::host_not_found) error.status = Status::proxy_not_found;
            co_return std::unexpected(std::move(error));
        }
        if (endpoint_.scheme == "udp") co_return std::move(connection_);
        watch(connection_.stream.get());
        auto climbed = co_await climb(hops);
        *watched_ = false;
        watchdog_.cancel();
        if (!climbed) co_return std::unexpected(std::move(climbed.error()));
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
            // Who is to answer a datagram needs a name to send to: one that the kernel chooses (unix(7), autobind).
            const sa_family_t unnamed = AF_UNIX;
            const auto* const own = reinterpret_cast<const sockaddr*>(&unnamed);
            if (type == SOCK_DGRAM && bind(socket->get(), own, sizeof(unnamed)) != 0)
                return fail_errno(Status::cannot_connect, "cannot name the socket for", peer->text(), errno);
            if (::connect(socket->get(), peer->data(), peer->length()) == 0) {
                take(std::move(*socket), *peer, type != SOCK_STREAM);
                return std::move(connection_);
            }
            number = errno;
            if (number != EPROTOTYPE) break;  // the socket there is of another type: try the next
        }
        return fail_errno(Status::cannot_connect, "cannot connect to", peer->text(), number);
    }

    /// Looks the first hop up and connects a socket to it.
    Task<Result<void>> reach(Endpoint hop) {
        const auto started = Clock::now();
        auto found = co_await lookup_until(executor_, hop.host, options_.family, deadline_);
        if (!found) co_return std::unexpected(std::move(found.error()));
        const auto looked_up = Clock::now();
        if (!hop.address) connection_.timings.lookup = looked_up - started;
        std::vector<SocketAddress> peers;
        for (const Address& address : interleave(*found)) peers.emplace_back(address, *hop.port_or_default());
        if (hop.scheme == "udp") co_return connect_udp(peers.front());
        auto won = co_await race(executor_, std::move(peers), options_.socket, deadline_);
        if (!won) co_return std::unexpected(std::move(won.error()));
        connection_.timings.connect = Clock::now() - looked_up;
        take(std::move(won->socket), won->peer);
        co_return Result<void>();
    }

    /// From the first hop to the last: TLS where a hop speaks it, a tunnel to the next where there is one.
    Task<Result<void>> climb(std::vector<Endpoint> hops) {
        const auto started = Clock::now();
        for (std::size_t i = 0; i < hops.size(); ++i) {
            const bool last = i + 1 == hops.size();
            if (last && i != 0) connection_.timings.proxy = Clock::now() - started;
            const bool upgrade = last && !options_.starttls.empty();
            if (upgrade) {
                auto agreed = co_await start_tls_dialogue(*connection_.stream, options_.starttls, hops[i].host);
                if (!agreed) co_return agreed;
            }
            if (upgrade || hops[i].scheme == "tls" || hops[i].scheme == "https" || hops[i].scheme == "wss") {
                auto shaken = co_await start_tls(hops[i], last);
                if (!shaken) co_return shaken;
            }
            if (last && (hops[i].scheme == "ws" || hops[i].scheme == "wss")) {
                auto opened = co_await start_websocket();
                if (!opened) co_return opened;
            }
            if (last) break;
            TunnelTarget next;
            next.host = hops[i + 1].host;
            next.port = *hops[i + 1].port_or_default();
            next.family = options_.family;
            auto opening = open_tunnel(std::move(connection_.stream), hops[i], next);
            auto tunnel = co_await std::move(opening);
            if (!tunnel) co_return std::unexpected(std::move(tunnel.error()));
            connection_.stream = std::move(*tunnel);
        }
        co_return Result<void>();
    }

    Result<void> connect_udp(const SocketAddress& peer) {
        auto socket = make_socket(peer, SOCK_DGRAM, options_.socket);
        if (!socket) return std::unexpected(std::move(socket.error()));
        if (::connect(socket->get(), peer.data(), peer.length()) != 0)
            return fail_errno(Status::cannot_connect, "cannot connect to", peer.text(), errno);
        take(std::move(*socket), peer, true);
        return {};
    }

    /// The deadline ends negotiations by stopping the socket under them.
    void watch(Stream* socket) {
        watchdog_.expires_at(deadline_.value_or(Timer::time_point::max()));
        const Error late{Status::timeout, "cannot connect to", endpoint_.text(), "timed out", {}};
        watchdog_.async_wait([socket, late, watched = watched_](const boost::system::error_code& error) {
            if (!error && *watched) socket->stop(late);
        });
    }

    Task<Result<void>> start_tls(Endpoint hop, bool last) {
        const auto started = Clock::now();
        TlsOptions options = options_.tls;
        if (!last) {  // a proxy: the name and the protocols asked for are the target's
            options.name.clear();
            options.alpn.clear();
        }
        // The handshake that follows is HTTP/1.1's; servers of HTTP/2 want to be told.
        if (last && hop.scheme == "wss" && options.alpn.empty()) options.alpn.emplace_back("http/1.1");
        auto shaking = transport::start_tls(connection_, hop.host, std::move(options));
        auto shaken = co_await std::move(shaking);
        if (!shaken) co_return shaken;
        if (last)
            connection_.timings.tls = Clock::now() - started;
        else
            connection_.tls.reset();
        co_return Result<void>();
    }

    Task<Result<void>> start_websocket() {
        const auto started = Clock::now();
        auto opening = connect_websocket(std::move(connection_.stream), endpoint_, options_.websocket);
        auto opened = co_await std::move(opening);
        if (!opened) co_return std::unexpected(std::move(opened.error()));
        connection_.stream = std::move(opened->stream);
        connection_.websocket = std::move(opened->facts);
        connection_.timings.websocket = Clock::now() - started;
        co_return Result<void>();
    }

    void take(Descriptor socket, const SocketAddress& peer, bool datagrams = false) {
        connection_.local = SocketAddress::local_of(socket.get());
        connection_.socket = socket.get();
        connection_.peer = peer;
        Pollable pollable(executor_, std::move(socket));
        connection_.stream = datagrams ? make_datagram_stream(std::move(pollable), peer.text())
                                       : make_socket_stream(std::move(pollable), peer.text());
        if (options_.recorder == nullptr) return;
        const FlowKind kind = datagrams ? FlowKind::datagram : FlowKind::stream;
        Flow flow = options_.recorder->open(connection_.local, peer, kind, endpoint_.text());
        flow.connected();
        if (const auto address = peer.address(); address && !endpoint_.address)
            options_.recorder->name(*address, endpoint_.host);
        auto recording = std::make_unique<RecordingStream>(std::move(connection_.stream), std::move(flow));
        connection_.recording = recording.get();
        connection_.stream = std::move(recording);
    }

    Executor executor_;
    Endpoint endpoint_;
    DialOptions options_;
    std::optional<Clock::time_point> deadline_;
    Timer watchdog_;
    std::shared_ptr<bool> watched_ = std::make_shared<bool>(true);  ///< the stopped socket still exists
    Connection connection_;
};

}  // namespace

Result<void> check_parameters(const Endpoint& endpoint, std::span<const std::string_view> known) {
    for (const auto& [name, value] : endpoint.parameters) {
        const bool flag = std::ranges::find(known, name) != known.end();
        if (flag && value.empty()) continue;
        if (flag) return fail(Status::usage, "no value belongs to", endpoint.text() + "?" + name);
        std::string hint = report::did_you_mean(name, known);
        if (hint.empty() && known.empty()) hint = "it takes none; --help lists the options of the command";
        if (hint.empty()) hint = "it takes " + std::string(known.front());
        return fail(Status::usage, "no parameter of", endpoint.text(), "?" + name, std::move(hint));
    }
    return {};
}

Result<void> dialable(const Endpoint& endpoint, const DialOptions& options) {
    constexpr std::array<std::string_view, 7> known{"", "tcp", "udp", "tls", "ws", "wss", "unix"};
    if (std::ranges::find(known, endpoint.scheme) == known.end())
        return fail(Status::usage, "cannot connect to", endpoint.text(), endpoint.scheme + " is not spoken here",
                    "tcp, udp, tls, ws, wss and unix are");
    // The query of a WebSocket is its request's.
    const bool has_request = endpoint.scheme == "ws" || endpoint.scheme == "wss";
    if (!has_request)
        if (auto right = check_parameters(endpoint, {}); !right) return right;
    if (endpoint.scheme == "unix") return {};
    if (!endpoint.port_or_default())
        return fail(Status::usage, "no port in", endpoint.text(), {}, "write HOST:PORT, or HOST PORT");
    if (endpoint.scheme == "udp" && !options.proxies.empty())
        return fail(Status::usage, "cannot reach", endpoint.text(), "the proxies here carry TCP only");
    return {};
}

Task<Result<void>> start_tls(Connection& connection, std::string host, TlsOptions options) {
    KeyLog key_log;
    if (connection.recording != nullptr) {
        connection.recording->flow().handshake_begins();
        key_log = [flow = &connection.recording->flow()](std::string_view line) { flow->secrets(line); };
    }
    auto shaking = connect_tls(std::move(connection.stream), std::move(host), std::move(options), std::move(key_log));
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

Task<Result<Connection>> dial(Executor executor, Endpoint endpoint, DialOptions options) {
    Dialer dialer(executor, std::move(endpoint), std::move(options));
    auto running = dialer.run();
    co_return co_await std::move(running);
}

}  // namespace fid::transport
