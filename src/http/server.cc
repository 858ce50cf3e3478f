// SPDX-License-Identifier: MIT
#include "http/server.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <thread>
#include <utility>

#include "transport/pollable.h"

namespace fid::http {
namespace {

using transport::Task;

const Error& server_over() {
    static const Error error{Status::success, "the server is ending", {}, {}, {}};
    return error;
}

/// One more while it lives.
class Counted {
  public:
    explicit Counted(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count_; }

  private:
    std::atomic<std::size_t>& count_;
};

/// One loop with all that hangs on it. Once it runs only its own thread touches it.
class Lane {
  public:
    /// `connections` counts those of all lanes.
    Lane(const ServerOptions& options, std::atomic<std::size_t>& connections)
        : options_(options),
          connections_(connections),
          handler_(options.make_handler()),
          worker_(loop_.get_executor(), *handler_, options.limits, options.log, options.sink) {}
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    [[nodiscard]] transport::Executor executor() { return loop_.get_executor(); }
    void add(transport::ListenerPtr listener) { listeners_.push_back(std::move(listener)); }
    [[nodiscard]] const std::vector<transport::ListenerPtr>& listeners() const { return listeners_; }

    void run() {
        for (const auto& listener : listeners_) {
            auto accepting = accept(*listener);
            transport::asio::co_spawn(loop_.get_executor(), std::move(accepting), transport::asio::detached);
        }
        auto ticking = run_clock();
        transport::asio::co_spawn(loop_.get_executor(), std::move(ticking), transport::asio::detached);
        loop_.run();
    }

    /// From any thread.
    void stop() {
        transport::asio::post(loop_, [this] {
            for (const auto& listener : listeners_) listener->stop(server_over());
            worker_.stop();
        });
    }

  private:
    Task<void> accept(transport::Listener& listener) {
        while (true) {
            auto waiting = listener.next();
            auto incoming = co_await std::move(waiting);
            if (!incoming) co_return;
            if (connections_.load() >= options_.limits.connections) continue;  // closes it
            auto serving = serve(listener.endpoint(), std::move(*incoming));
            transport::asio::co_spawn(loop_.get_executor(), std::move(serving), transport::asio::detached);
        }
    }

    Task<void> serve(Endpoint listener, transport::Incoming incoming) {
        const int on = 1;
        setsockopt(incoming.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on,
                   sizeof(on));  // a Unix socket has no such thing
        const Counted counted(connections_);
        const auto address = incoming.peer.address();
        std::string peer = address ? address->text() : "unix";
        auto welcoming =
            transport::welcome(loop_.get_executor(), std::move(listener), std::move(incoming), options_.welcome);
        auto connection = co_await std::move(welcoming);
        // No handshake: there is nobody to tell.
        if (!connection) co_return;
        const bool http2 = connection->tls && connection->tls->alpn == "h2";
        auto serving = worker_.serve(std::move(connection->stream), std::move(peer), http2);
        co_await std::move(serving);
    }

    Task<void> run_clock() {
        auto running = worker_.run_clock();
        co_await std::move(running);
        loop_.stop();  // what is left has not got beyond its handshake
    }

    const ServerOptions& options_;
    std::atomic<std::size_t>& connections_;
    transport::asio::io_context loop_{1};  // goes last: everything below hangs on it
    std::unique_ptr<Handler> handler_;
    Worker worker_;
    std::vector<transport::ListenerPtr> listeners_;
};

/// Every connection is a descriptor; the soft limit of 1024 is for programs that use select(2).
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

Task<void> watch(int descriptor, std::vector<std::unique_ptr<Lane>>& lanes) {
    const auto executor = co_await transport::asio::this_coro::executor;
    auto event = transport::Pollable::borrowed(executor, descriptor);
    auto waiting = event.readable();
    const auto ended = co_await std::move(waiting);
    if (!ended) co_return;
    for (const auto& lane : lanes) lane->stop();
}

/// The listeners of the first lane, and the like for all others.
Result<void> open_listeners(const ServerOptions& options, std::vector<std::unique_ptr<Lane>>& lanes) {
    for (Endpoint endpoint : options.endpoints) {
        if (endpoint.scheme.empty() || endpoint.scheme == "tcp") endpoint.scheme = "http";
        if (endpoint.scheme == "tls") endpoint.scheme = "https";
        auto listeners = transport::listen(lanes.front()->executor(), endpoint, options.listen);
        if (!listeners) return std::unexpected(std::move(listeners.error()));
        for (auto& listener : *listeners) {
            for (std::size_t at = 1; at < lanes.size(); ++at) {
                auto another = listener->another(lanes[at]->executor());
                if (!another) return std::unexpected(std::move(another.error()));
                lanes[at]->add(std::move(*another));
            }
            lanes.front()->add(std::move(listener));
        }
    }
    return {};
}

}  // namespace

Result<void> run_server(ServerOptions options) {
    raise_descriptor_limit();
    options.listen.share_port = options.loops > 1;
    std::atomic<std::size_t> connections = 0;
    std::vector<std::unique_ptr<Lane>> lanes;
    for (unsigned number = 0; number < std::max(options.loops, 1U); ++number)
        lanes.push_back(std::make_unique<Lane>(options, connections));
    if (auto opened = open_listeners(options, lanes); !opened) return opened;
    for (const auto& listener : lanes.front()->listeners()) options.listening(*listener);
    if (options.end_descriptor >= 0) {
        auto watching = watch(options.end_descriptor, lanes);
        transport::asio::co_spawn(lanes.front()->executor(), std::move(watching), transport::asio::detached);
    }
    std::vector<std::jthread> threads;
    for (std::size_t at = 1; at < lanes.size(); ++at) threads.emplace_back([&lane = *lanes[at]] { lane.run(); });
    lanes.front()->run();
    return {};
}

}  // namespace fid::http
