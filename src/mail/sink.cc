// SPDX-License-Identifier: MIT
#include "mail/sink.h"

#include <netinet/tcp.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <set>
#include <thread>
#include <utility>

#include "transport/pollable.h"
#include "transport/watchdog.h"

namespace fid::mail {
namespace {

using transport::Task;

const Error& sink_over() {
    static const Error error{Status::success, "the server is ending", {}, {}, {}};
    return error;
}

/// What all loops share.
struct Shared {
    explicit Shared(SinkOptions wanted) : options(std::move(wanted)) {}

    [[nodiscard]] bool full() const { return options.most_messages != 0 && messages >= options.most_messages; }

    SinkOptions options;
    std::atomic<std::size_t> active = 0;
    std::atomic<std::uint64_t> connections = 0, messages = 0, bytes = 0, cut = 0, shed = 0, files = 0;
    std::function<void(bool now)> end;  ///< from any thread
};

/// A connection: its dialogue, and where its messages go.
class Client final : public Letterbox {
  public:
    Client(Shared& shared, transport::Executor executor, std::string listener, std::uint64_t number)
        : shared_(shared),
          executor_(executor),
          listener_(std::move(listener)),
          number_(number),
          watchdog_(std::make_shared<transport::Watchdog>(executor, shared.options.idle, [this] {
              return Error{Status::timeout, "nothing comes from", peer_, "timed out", {}};
          })) {}
    ~Client() override { watchdog_->close(); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    Task<void> serve(Endpoint endpoint, transport::Incoming incoming) {
        auto welcoming =
            transport::welcome(executor_, std::move(endpoint), std::move(incoming), shared_.options.welcome);
        auto connection = co_await std::move(welcoming);
        if (!connection) co_return;  // no handshake: there is nobody to tell
        connection_ = std::move(*connection);
        peer_ = connection_.peer.text();
        server_.emplace(shared_.options.smtp, *this, connection_.tls.has_value());
        auto talking = talk();
        co_await std::move(talking);
        if (server_->in_message()) {
            ++shared_.cut;
            drop();
        }
    }

    /// Told to go: at once, or after the message under way.
    void end(bool at_once) {
        ending_ = true;
        if (connection_.stream && server_ && (at_once || !server_->in_message())) connection_.stream->stop(sink_over());
    }

  private:
    Task<void> talk() {
        std::array<std::uint8_t, std::size_t{16} * 1024> block;
        while (true) {
            if (!server_->output().empty()) {
                watch();
                const Bytes bytes = as_bytes(server_->output());
                auto writing = connection_.stream->write(bytes);
                const auto written = co_await std::move(writing);
                watchdog_->end();
                if (!written) co_return;
                server_->output().clear();
            }
            if (server_->over() || (ending_ && !server_->in_message())) break;
            if (server_->wants_tls()) {
                watch();
                auto starting = transport::accept_tls(connection_, shared_.options.welcome.tls->session({}));
                const auto started = co_await std::move(starting);
                watchdog_->end();
                if (!started) co_return;
                server_->tls_started();
                continue;
            }
            watch();
            auto reading = connection_.stream->read(block);
            const auto chunk = co_await std::move(reading);
            watchdog_->end();
            if (!chunk || chunk->end) co_return;
            server_->receive(as_text(Bytes(block).first(chunk->size)));
        }
        watch();
        auto finishing = connection_.stream->finish();
        const auto finished = co_await std::move(finishing);
        watchdog_->end();
        if (!finished) co_return;
    }

    void watch() { watchdog_->begin(connection_.stream.get()); }

    // Letterbox

    std::expected<void, Trouble> begin() override {
        if (shared_.options.folder == nullptr) return {};
        auto begun = file_.begin(*shared_.options.folder, ++shared_.files);
        return told(std::move(begun));
    }
    std::expected<void, Trouble> write(std::string_view bytes) override {
        if (shared_.options.folder == nullptr) return {};
        return told(file_.write(bytes));
    }
    std::expected<std::string, Trouble> keep(const Letter& letter) override {
        const std::uint64_t number = ++shared_.messages;
        const std::uint64_t most = shared_.options.most_messages;
        if (most != 0 && number > most) {
            --shared_.messages;
            drop();
            return std::unexpected(Trouble::full);
        }
        std::string file;
        if (shared_.options.folder != nullptr) {
            auto kept = told(file_.keep());
            if (!kept) {
                --shared_.messages;
                drop();
                return kept;
            }
            file = std::move(*kept);
        }
        shared_.bytes += letter.size;
        const std::string_view tls = connection_.tls ? std::string_view(connection_.tls->version) : "";
        shared_.options.arrived({letter, number, number_, listener_, connection_.peer, tls, file});
        if (number == most) shared_.end(false);
        return file.empty() ? "taken as message " + std::to_string(number) : "kept as " + file;
    }
    void drop() override { file_.drop(); }
    bool shut() const override { return ending_ || shared_.full(); }

    template <class T>
    std::expected<T, Trouble> told(std::expected<T, Trouble> outcome) {
        if (!outcome)
            shared_.options.trouble(fail_errno(Status::cannot_write, "cannot keep a message in",
                                               shared_.options.folder->path(), file_.failure())
                                        .error());
        return outcome;
    }

    Shared& shared_;
    transport::Executor executor_;
    std::string listener_, peer_;
    std::uint64_t number_;
    std::shared_ptr<transport::Watchdog> watchdog_;
    transport::Connection connection_;
    std::optional<SmtpServer> server_;
    EmlFile file_;
    bool ending_ = false;
};

/// One loop with all that hangs on it. Once it runs only its own thread touches it.
class Lane {
  public:
    explicit Lane(Shared& shared) : shared_(shared) {}
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    [[nodiscard]] transport::Executor executor() { return loop_.get_executor(); }
    void add(transport::ListenerPtr listener, std::string url) {
        doors_.push_back({std::move(listener), std::move(url)});
    }
    void run() {
        for (const Door& door : doors_) {
            auto accepting = accept(door);
            transport::asio::co_spawn(loop_.get_executor(), std::move(accepting), transport::asio::detached);
        }
        loop_.run();
    }
    /// From any thread. Nobody new is taken; who has no message under way is let go at once where `now`, else when the
    /// client says goodbye, begins another message, or the grace is over.
    void stop(bool now) {
        transport::asio::post(loop_, [this, now] {
            for (Client* const client : clients_)
                if (now) client->end(false);
            if (std::exchange(ending_, true)) return;
            for (const Door& door : doors_) door.listener->stop(sink_over());
            grace_.expires_after(std::chrono::duration_cast<transport::Clock::duration>(shared_.options.grace));
            grace_.async_wait([this](const boost::system::error_code& error) {
                if (error) return;
                for (Client* const client : clients_) client->end(true);
                leave_soon();
            });
            leave_if_empty();
        });
    }

  private:
    struct Door {
        transport::ListenerPtr listener;
        std::string url;
    };

    Task<void> accept(const Door& door) {
        while (true) {
            auto waiting = door.listener->next();
            auto incoming = co_await std::move(waiting);
            if (!incoming) co_return;
            if (shared_.active.fetch_add(1) >= shared_.options.most_connections) {
                --shared_.active;
                ++shared_.shed;
                continue;  // closes it
            }
            auto serving = serve(door, std::move(*incoming));
            transport::asio::co_spawn(loop_.get_executor(), std::move(serving), transport::asio::detached);
        }
    }
    Task<void> serve(const Door& door, transport::Incoming incoming) {
        const int on = 1;
        // A Unix socket has no such thing.
        setsockopt(incoming.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        {
            Client client(shared_, loop_.get_executor(), door.url, ++shared_.connections);
            clients_.insert(&client);
            auto serving = client.serve(door.listener->endpoint(), std::move(incoming));
            co_await std::move(serving);
            clients_.erase(&client);
        }
        --shared_.active;
        leave_if_empty();
    }
    /// Who is within a handshake cannot be told, and is not waited for any longer.
    void leave_soon() {
        constexpr auto last_wait = std::chrono::seconds(1);
        grace_.expires_after(last_wait);
        grace_.async_wait([this](const boost::system::error_code& error) {
            if (!error) loop_.stop();
        });
    }
    void leave_if_empty() {
        if (!ending_ || !clients_.empty()) return;
        grace_.cancel();
        loop_.stop();
    }

    Shared& shared_;
    transport::asio::io_context loop_{1};  // goes last: everything below hangs on it
    transport::Timer grace_{loop_.get_executor()};
    std::vector<Door> doors_;
    std::set<Client*> clients_;
    bool ending_ = false;
};

/// Every connection is a descriptor, and every message one; the soft limit of 1024 is for programs that use select(2).
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

Task<void> watch(int descriptor, Shared& shared) {
    const auto executor = co_await transport::asio::this_coro::executor;
    auto event = transport::Pollable::borrowed(executor, descriptor);
    auto waiting = event.readable();
    const auto ended = co_await std::move(waiting);
    if (ended) shared.end(true);
}

/// "smtps://127.0.0.1:2465", as a client writes it.
std::string url_of(const transport::Listener& listener) {
    const std::string& scheme = listener.endpoint().scheme;
    if (scheme == "unix") return listener.local().text();
    return (scheme == "tls" ? "smtps://" : "smtp://") + listener.local().text();
}

/// The listeners of the first lane, and the like for all others.
Result<void> open_listeners(const SinkOptions& options, std::vector<std::unique_ptr<Lane>>& lanes) {
    for (Endpoint endpoint : options.endpoints) {
        if (endpoint.scheme.empty() || endpoint.scheme == "smtp") endpoint.scheme = "tcp";
        if (endpoint.scheme == "smtps") endpoint.scheme = "tls";
        auto listeners = transport::listen(lanes.front()->executor(), endpoint, options.listen);
        if (!listeners) return std::unexpected(std::move(listeners.error()));
        for (auto& listener : *listeners) {
            const std::string url = url_of(*listener);
            for (std::size_t at = 1; at < lanes.size(); ++at) {
                auto another = listener->another(lanes[at]->executor());
                if (!another) return std::unexpected(std::move(another.error()));
                lanes[at]->add(std::move(*another), url);
            }
            options.listening(*listener, url);
            lanes.front()->add(std::move(listener), url);
        }
    }
    return {};
}

}  // namespace

Result<SinkCount> run_sink(SinkOptions options) {
    raise_descriptor_limit();
    options.listen.share_port = options.loops > 1;
    Shared shared(std::move(options));
    std::vector<std::unique_ptr<Lane>> lanes;
    for (unsigned number = 0; number < std::max(shared.options.loops, 1U); ++number)
        lanes.push_back(std::make_unique<Lane>(shared));
    shared.end = [&lanes](bool now) {
        for (const auto& lane : lanes) lane->stop(now);
    };
    if (auto opened = open_listeners(shared.options, lanes); !opened) return std::unexpected(std::move(opened.error()));
    if (shared.options.end_descriptor >= 0) {
        auto watching = watch(shared.options.end_descriptor, shared);
        transport::asio::co_spawn(lanes.front()->executor(), std::move(watching), transport::asio::detached);
    }
    {
        std::vector<std::jthread> threads;
        for (std::size_t at = 1; at < lanes.size(); ++at) threads.emplace_back([&lane = *lanes[at]] { lane.run(); });
        lanes.front()->run();
    }
    return SinkCount{.connections = shared.connections,
                     .messages = shared.messages,
                     .bytes = shared.bytes,
                     .cut = shared.cut,
                     .shed = shared.shed};
}

}  // namespace fid::mail
