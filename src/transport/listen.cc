// SPDX-License-Identifier: MIT
#include "transport/listen.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "transport/pollable.h"

namespace fid::transport {
namespace {

using namespace std::chrono_literals;

/// How long to wait where descriptors or memory have run out: somebody will have ended by then.
constexpr auto pause_time = 100ms;
/// Others on the loop get a turn after so many connections.
constexpr unsigned turn_connections = 64;

std::unexpected<Error> cannot_listen(const std::string& where, int number) {
    std::string hint;
    if (number == EADDRINUSE) hint = "somebody else listens there; port 0 takes one that is free";
    if (number == EACCES) hint = "ports below 1024 are for root (sysctl net.ipv4.ip_unprivileged_port_start)";
    if (number == EADDRNOTAVAIL) hint = "it has to be an address of this machine; :PORT is all of them";
    auto failed = fail_errno(Status::cannot_connect, "cannot listen on", where, number);
    failed.error().hint = std::move(hint);
    return failed;
}

bool is_udp(const Endpoint& endpoint) { return endpoint.scheme == "udp"; }

// --- Unix sockets

/// "?mode=0660"
Result<std::optional<mode_t>> mode_of(const Endpoint& endpoint) {
    const auto text = endpoint.parameter("mode");
    if (!text) return std::nullopt;
    unsigned mode = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), mode, 8);
    constexpr unsigned most = 0777;
    if (error != std::errc() || end != text->data() + text->size() || mode > most || endpoint.abstract)
        return fail(Status::usage, "not a mode for", endpoint.text(), "'" + std::string(*text) + "'",
                    endpoint.abstract ? "an abstract name has none" : "?mode=0660, for example");
    return mode;
}

/// A socket's file that was left behind: nobody listens on it.
bool is_stale(const SocketAddress& place) {
    struct stat about{};
    if (::lstat(place.unix_name().c_str(), &about) != 0 || !S_ISSOCK(about.st_mode)) return false;
    for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
        const Descriptor probe(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (::connect(probe.get(), place.data(), place.length()) == 0 || errno == EAGAIN) return false;
        if (errno != EPROTOTYPE) return errno == ECONNREFUSED;
    }
    return false;
}

int bind_unix(int socket, const SocketAddress& place, const std::optional<mode_t>& mode) {
    constexpr mode_t all = 0777;
    const mode_t before = mode ? ::umask(all & ~*mode) : 0;
    int bound = ::bind(socket, place.data(), place.length());
    if (bound != 0 && errno == EADDRINUSE && !place.unix_name().starts_with('@')) {
        if (is_stale(place)) {
            ::unlink(place.unix_name().c_str());
            bound = ::bind(socket, place.data(), place.length());
        } else {
            errno = EADDRINUSE;
        }
    }
    const int number = errno;
    if (mode) ::umask(before);
    errno = number;
    return bound;
}

/// Removes a socket's file at the end, where it is still the one that was made.
class SocketFile {
  public:
    explicit SocketFile(std::string path) : path_(std::move(path)) {
        if (::lstat(path_.c_str(), &about_) != 0) path_.clear();
    }
    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;
    ~SocketFile() {
        struct stat now{};
        if (path_.empty() || owner_ != ::getpid() || ::lstat(path_.c_str(), &now) != 0) return;
        if (now.st_ino == about_.st_ino && now.st_dev == about_.st_dev) ::unlink(path_.c_str());
    }

  private:
    std::string path_;
    struct stat about_{};
    pid_t owner_ = ::getpid();  ///< a forked child leaves it alone
};

// --- sockets

Result<Descriptor> bind_socket(const Endpoint& endpoint, const SocketAddress& place, const ListenOptions& options) {
    const int type = is_udp(endpoint) ? SOCK_DGRAM : SOCK_STREAM;
    Descriptor socket(::socket(place.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.valid()) return cannot_listen(place.text(), errno);
    const int on = 1, off = 0;
    if (place.is_ip()) {
        // A port whose last connections are in TIME_WAIT may be taken again.
        if (type == SOCK_STREAM) setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (options.share_port) setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    }
    if (place.family() == AF_INET6) {
        const bool both = endpoint.host.empty() && options.family == FamilyChoice::any;
        setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, both ? &off : &on, sizeof(on));
    }
    const auto mode = mode_of(endpoint);
    if (!mode) return std::unexpected(mode.error());
    const int bound = place.family() == AF_UNIX ? bind_unix(socket.get(), place, *mode)
                                                : ::bind(socket.get(), place.data(), place.length());
    if (bound != 0 || (type == SOCK_STREAM && ::listen(socket.get(), options.backlog) != 0))
        return cannot_listen(place.text(), errno);
    return socket;
}

/// With share_port two programs of one user could hold the same port, each getting some of its connections. So it is
/// asked first whether the port is free.
Result<void> ask_for_port(const Endpoint& endpoint, const SocketAddress& place, ListenOptions options) {
    if (!options.share_port || !place.is_ip() || place.port() == 0) return {};
    options.share_port = false;
    auto alone = bind_socket(endpoint, place, options);
    if (!alone) return std::unexpected(std::move(alone.error()));
    return {};
}

class ListenerBase : public Listener {
  public:
    ListenerBase(Endpoint endpoint, SocketAddress local, ListenOptions options)
        : endpoint_(std::move(endpoint)), local_(local), options_(std::move(options)) {}

    [[nodiscard]] const Endpoint& endpoint() const override { return endpoint_; }
    [[nodiscard]] const SocketAddress& local() const override { return local_; }

  protected:
    Endpoint endpoint_;
    SocketAddress local_;
    ListenOptions options_;
};

Result<ListenerPtr> make_listener(Executor executor, Endpoint endpoint, const SocketAddress& place,
                                  const ListenOptions& options);

class StreamListener final : public ListenerBase {
  public:
    StreamListener(Executor executor, Descriptor socket, Endpoint endpoint, const SocketAddress& local,
                   ListenOptions options, std::shared_ptr<SocketFile> file)
        : ListenerBase(std::move(endpoint), local, std::move(options)),
          executor_(executor),
          socket_(std::in_place, executor, std::move(socket)),
          rest_(executor),
          file_(std::move(file)) {}

    Task<Result<Incoming>> next() override {
        while (true) {
            if (stopped_) co_return std::unexpected(*stopped_);
            if (++turn_ >= turn_connections) {
                turn_ = 0;
                co_await asio::post(executor_, as_task);
                if (stopped_) co_return std::unexpected(*stopped_);
            }
            sockaddr_storage peer{};
            socklen_t length = sizeof(peer);
            Descriptor taken(
                ::accept4(socket_->get(), reinterpret_cast<sockaddr*>(&peer), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (taken.valid()) {
                scarce_ = false;
                co_return welcome(std::move(taken), SocketAddress(peer, length));
            }
            const int number = errno;
            if (number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM) {
                tell_scarcity(number);
                rest_.expires_after(pause_time);
                co_await rest_.async_wait(as_task);
                continue;
            }
            if (number == EBADF || number == EINVAL || number == ENOTSOCK)
                co_return fail_errno(Status::cannot_connect, "cannot listen on", local_.text(), number);
            // All else is one connection's trouble: it was given up before we took it (accept(2)).
            if (number != EAGAIN) continue;
            turn_ = 0;
            auto ready = co_await socket_->readable();
            if (!ready) co_return std::unexpected(std::move(ready.error()));
        }
    }

    void stop(const Error& why) override {
        if (stopped_) return;
        stopped_ = why;
        rest_.cancel();
        socket_->stop(why);
        // Not closed before next() has gone: it may be waiting. Nobody is taken any more from now on.
        ::shutdown(socket_->get(), SHUT_RDWR);
        file_.reset();
    }

    Result<ListenerPtr> another(Executor executor) override {
        if (local_.is_ip() && options_.share_port) return make_listener(executor, endpoint_, local_, options_);
        Descriptor same(::fcntl(socket_->get(), F_DUPFD_CLOEXEC, 0));
        if (!same.valid()) return cannot_listen(local_.text(), errno);
        return std::make_unique<StreamListener>(executor, std::move(same), endpoint_, local_, options_, file_);
    }

  private:
    [[nodiscard]] Incoming welcome(Descriptor taken, const SocketAddress& peer) const {
        Incoming incoming;
        incoming.peer = peer;
        incoming.local = local_;
        if (peer.is_ip()) {
            const int on = 1;
            setsockopt(taken.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
            // The address that the peer sees, where we listen on all.
            incoming.local = SocketAddress::local_of(taken.get());
        }
        incoming.socket = std::move(taken);
        return incoming;
    }

    void tell_scarcity(int number) {
        if (std::exchange(scarce_, true) || !options_.trouble) return;
        options_.trouble(
            fail_errno(Status::cannot_connect, "cannot take connections on", local_.text(), number).error());
    }

    Executor executor_;
    std::optional<Pollable> socket_;
    Timer rest_;
    std::shared_ptr<SocketFile> file_;
    std::optional<Error> stopped_;
    unsigned turn_ = 0;
    bool scarce_ = false;
};

class DatagramListener final : public ListenerBase {
  public:
    DatagramListener(Executor executor, Descriptor socket, Endpoint endpoint, const SocketAddress& local,
                     ListenOptions options)
        : ListenerBase(std::move(endpoint), local, std::move(options)),
          sessions_(executor, std::move(socket), options_.datagrams) {}

    Task<Result<Incoming>> next() override {
        auto session = co_await sessions_.next();
        if (!session) co_return std::unexpected(std::move(session.error()));
        Incoming incoming;
        incoming.datagrams = std::move(session->stream);
        incoming.local = session->local;
        incoming.peer = session->peer;
        co_return incoming;
    }
    void stop(const Error& why) override { sessions_.stop(why); }
    Result<ListenerPtr> another(Executor executor) override {
        return make_listener(executor, endpoint_, local_, options_);
    }

  private:
    DatagramSessions sessions_;
};

Result<ListenerPtr> make_listener(Executor executor, Endpoint endpoint, const SocketAddress& place,
                                  const ListenOptions& options) {
    auto socket = bind_socket(endpoint, place, options);
    if (!socket) return std::unexpected(std::move(socket.error()));
    const SocketAddress local = SocketAddress::local_of(socket->get());
    if (local.is_ip()) endpoint.port = local.port();
    if (is_udp(endpoint))
        return std::make_unique<DatagramListener>(executor, std::move(*socket), std::move(endpoint), local, options);
    std::shared_ptr<SocketFile> file;
    if (place.family() == AF_UNIX && !endpoint.abstract) file = std::make_shared<SocketFile>(place.unix_name());
    return std::make_unique<StreamListener>(executor, std::move(*socket), std::move(endpoint), local, options,
                                            std::move(file));
}

/// Where to bind; the port is still the one asked for.
Result<std::vector<SocketAddress>> places_of(const Endpoint& endpoint, const ListenOptions& options) {
    std::vector<SocketAddress> places;
    if (endpoint.scheme == "unix") {
        auto place =
            endpoint.abstract ? SocketAddress::unix_abstract(endpoint.path) : SocketAddress::unix_path(endpoint.path);
        if (!place) return std::unexpected(std::move(place.error()));
        places.push_back(*place);
        return places;
    }
    const std::uint16_t port = *endpoint.port_or_default();
    if (endpoint.host.empty()) {
        // A machine without IPv6 has no such sockets.
        const bool v6 = Descriptor(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)).valid();
        const bool v4 = options.family == FamilyChoice::v4 || (options.family == FamilyChoice::any && !v6);
        places.emplace_back(Address(v4 ? Family::v4 : Family::v6, 0), port);
        return places;
    }
    auto found = lookup(endpoint.host, options.family);
    if (!found) return std::unexpected(std::move(found.error()));
    for (const Address& address : *found) places.emplace_back(address, port);
    return places;
}

}  // namespace

Result<void> listenable(const Endpoint& endpoint) {
    constexpr std::array<std::string_view, 9> known{"", "tcp", "udp", "tls", "ws", "wss", "http", "https", "unix"};
    if (std::ranges::find(known, endpoint.scheme) == known.end())
        return fail(Status::usage, "cannot listen on", endpoint.text(), endpoint.scheme + " is nothing to listen on",
                    "tcp, udp, tls, ws, wss and unix are");
    for (const auto& [name, value] : endpoint.parameters)
        if (endpoint.scheme != "unix" || name != "mode")
            return fail(Status::usage, "no parameter of", endpoint.text(), "?" + name,
                        endpoint.scheme == "unix" ? "it takes ?mode=0660" : "it takes none");
    if (auto mode = mode_of(endpoint); !mode) return std::unexpected(std::move(mode.error()));
    if (!endpoint.user.empty()) return fail(Status::usage, "a listener has no user:", endpoint.text());
    if (endpoint.scheme != "unix" && !endpoint.port_or_default())
        return fail(Status::usage, "no port in", endpoint.text(), {}, "write ADDRESS:PORT, or :PORT for all addresses");
    return {};
}

bool is_exposed(const SocketAddress& local) {
    const auto address = local.address();
    if (!address) return false;
    if (address->is_v4()) return address->number() >> 24U != 127;
    return address->number() != 1;
}

std::string listening_url(const Listener& listener) {
    const Endpoint& endpoint = listener.endpoint();
    if (endpoint.scheme == "unix") return listener.local().text();
    return (endpoint.scheme.empty() ? "tcp" : endpoint.scheme) + "://" + listener.local().text() + endpoint.path;
}

Result<std::vector<ListenerPtr>> listen(Executor executor, const Endpoint& endpoint, const ListenOptions& options) {
    if (auto right = listenable(endpoint); !right) return std::unexpected(std::move(right.error()));
    const auto places = places_of(endpoint, options);
    if (!places) return std::unexpected(places.error());
    std::vector<ListenerPtr> listeners;
    std::optional<Error> absent;
    const std::string not_ours = fail_errno(Status::cannot_connect, {}, {}, EADDRNOTAVAIL).error().cause;
    for (SocketAddress place : *places) {
        if (!listeners.empty() && place.port() == 0)
            place = SocketAddress(*place.address(), listeners.front()->local().port());
        const auto free = ask_for_port(endpoint, place, options);
        auto made = free ? make_listener(executor, endpoint, place, options)
                         : Result<ListenerPtr>(std::unexpected(free.error()));
        if (made) {
            listeners.push_back(std::move(*made));
            continue;
        }
        // Of a name's addresses some may be for a family that this machine does not have.
        const bool other_left = places->size() > 1 && made.error().cause == not_ours;
        if (!other_left) return std::unexpected(std::move(made.error()));
        absent = std::move(made.error());
    }
    if (listeners.empty()) return std::unexpected(std::move(*absent));
    return listeners;
}

}  // namespace fid::transport
