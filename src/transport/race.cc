// SPDX-License-Identifier: MIT
#include "transport/race.h"

#include <algorithm>
#include <cerrno>
#include <memory>

#include "transport/pollable.h"
#include "transport/socket_options.h"

namespace fid::transport {
namespace {

struct Attempt {
    SocketAddress peer;
    std::unique_ptr<Pollable> socket;
    std::optional<Error> failure;
    bool connected = false;
};

/// What the attempts and the one that waits for them share; lives until the last of them has ended.
struct Race {
    explicit Race(Executor executor) : wake(executor) {}
    Timer wake;  ///< cancelled whenever an attempt ends
    std::vector<std::unique_ptr<Attempt>> attempts;
    std::size_t running = 0;
};

/// Starts connecting; true where it is under way or done.
bool start(Attempt& attempt, Executor executor, const SocketOptions& options) {
    auto socket = make_socket(attempt.peer, SOCK_STREAM, options);
    if (!socket) {
        attempt.failure = std::move(socket.error());
        return false;
    }
    const int code = ::connect(socket->get(), attempt.peer.data(), attempt.peer.length());
    if (code == 0 || errno == EINPROGRESS) {
        attempt.socket = std::make_unique<Pollable>(executor, std::move(*socket));
        attempt.connected = code == 0;
        return true;
    }
    const auto failed = fail_errno(Status::cannot_connect, "cannot connect to", attempt.peer.text(), errno);
    attempt.failure = failed.error();
    return false;
}

Task<void> follow(std::shared_ptr<Race> race, Attempt* attempt) {
    if (!attempt->connected) {
        auto ready = co_await attempt->socket->writable();
        int code = 0;
        socklen_t length = sizeof(code);
        getsockopt(attempt->socket->get(), SOL_SOCKET, SO_ERROR, &code, &length);
        if (!ready) {
            attempt->failure = std::move(ready.error());
        } else if (code != 0) {
            const auto failed = fail_errno(Status::cannot_connect, "cannot connect to", attempt->peer.text(), code);
            attempt->failure = failed.error();
        } else {
            attempt->connected = true;
        }
    }
    --race->running;
    race->wake.cancel();
}

Error summary(const Race& race, bool timed_out, const std::vector<SocketAddress>& peers) {
    if (peers.size() == 1) {
        if (!timed_out && race.attempts.front()->failure) return *race.attempts.front()->failure;
        return Error{Status::timeout, "cannot connect to", peers.front().text(), "timed out", {}};
    }
    Error error{
        timed_out ? Status::timeout : Status::cannot_connect, "cannot connect to", peers.front().text(), {}, {}};
    error.subject += " and " + std::to_string(peers.size() - 1) + " more";
    for (const auto& attempt : race.attempts) {
        if (!error.cause.empty()) error.cause += "; ";
        error.cause += attempt->peer.text() + ": " + (attempt->failure ? attempt->failure->cause : "timed out");
    }
    return error;
}

}  // namespace

std::vector<Address> interleave(const std::vector<Address>& addresses) {
    std::vector<Address> first, second, mixed;
    for (const Address& address : addresses)
        (address.family() == addresses.front().family() ? first : second).push_back(address);
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) mixed.push_back(first[i]);
        if (i < second.size()) mixed.push_back(second[i]);
    }
    return mixed;
}

Task<Result<RaceResult>> race(Executor executor, std::vector<SocketAddress> peers, SocketOptions options,
                              std::optional<Clock::time_point> deadline) {
    const auto state = std::make_shared<Race>(executor);
    std::size_t next = 0;
    bool timed_out = false;
    std::optional<RaceResult> winner;
    auto next_start = Clock::now();
    while (true) {
        const auto now = Clock::now();
        if (deadline && now >= *deadline) {
            timed_out = true;
            break;
        }
        // A failed attempt is followed at once by the next; a running one has a quarter of a second to itself.
        if (next < peers.size() && (state->running == 0 || now >= next_start)) {
            auto& attempt = *state->attempts.emplace_back(std::make_unique<Attempt>());
            attempt.peer = peers[next++];
            next_start = now + attempt_delay;
            if (start(attempt, executor, options)) {
                ++state->running;
                asio::co_spawn(executor, follow(state, &attempt), asio::detached);
            }
            continue;
        }
        const auto done = std::ranges::find_if(state->attempts, [](const auto& one) { return one->connected; });
        if (done != state->attempts.end()) break;
        if (state->running == 0 && next == peers.size()) break;
        auto until = next < peers.size() ? next_start : Clock::time_point::max();
        if (deadline) until = std::min(until, *deadline);
        const std::size_t before = state->running;
        if (until == Clock::time_point::max())
            state->wake.expires_at(Timer::time_point::max());
        else
            state->wake.expires_at(until);
        co_await state->wake.async_wait(as_task);
        // An address that has just failed makes room for the next at once.
        if (state->running < before) next_start = Clock::now();
    }
    for (const auto& attempt : state->attempts) {
        if (attempt->connected && !winner) {
            winner.emplace();
            winner->peer = attempt->peer;
            winner->socket = attempt->socket->release();
            attempt->socket.reset();
        }
        const Error over{Status::interrupted, "stopped connecting to", attempt->peer.text(), "another address won", {}};
        if (attempt->socket) attempt->socket->stop(over);
    }
    if (winner) co_return std::move(*winner);
    co_return std::unexpected(summary(*state, timed_out, peers));
}

}  // namespace fid::transport
