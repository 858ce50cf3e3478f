// SPDX-License-Identifier: MIT
#include "cmd/serve/forked.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>

#include "transport/descriptor.h"
#include "transport/pollable.h"

namespace fid::cmd::serve {
namespace {

using transport::Descriptor;
using transport::Task;

/// What a child tells of its connection, through a pipe at its end: less than the kernel writes as one.
struct Tally {
    std::uint64_t received = 0, sent = 0;
    int exit_status = -1;  ///< -1 = none
    int status = 0;
    std::array<char, 16> tls_version{};
    std::array<char, 512> reason{};  ///< as much of it as there is room for, with a NUL
};

template <std::size_t size>
void put(const std::string& text, std::array<char, size>& into) {
    std::copy_n(text.begin(), std::min(text.size(), size - 1), into.begin());
}

Tally tally_of(const Session& session, const Result<void>& how) {
    Tally tally;
    tally.received = session.received.bytes;
    tally.sent = session.sent.bytes;
    tally.exit_status = session.exit_status.value_or(-1);
    if (session.connection.tls) put(session.connection.tls->version, tally.tls_version);
    if (!how) {
        tally.status = static_cast<int>(how.error().status);
        put(how.error().sentence(), tally.reason);
    }
    return tally;
}

/// Listeners, other connections, the parent's loop: none of it is the child's.
void close_all_but(std::array<int, 3> kept) {
    std::ranges::sort(kept);
    unsigned first = STDERR_FILENO + 1;
    for (const int descriptor : kept) {
        if (descriptor < static_cast<int>(first)) continue;
        const auto number = static_cast<unsigned>(descriptor);
        if (number > first) ::close_range(first, number - 1, 0);
        first = number + 1;
    }
    ::close_range(first, ~0U, 0);
}

[[noreturn]] void serve_as_child(const Plan& plan, const Service& service, Arrival arrival, int log, int result) {
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_IGN);  // Ctrl-C is the parent's affair
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    close_all_but({arrival.incoming.socket.get(), log, result});
    Tally tally;
    {
        Lane lane(plan, service);
        auto serving = lane.serve(std::move(arrival), [&tally](const Session& session, const Result<void>& how) {
            tally = tally_of(session, how);
        });
        transport::asio::co_spawn(lane.executor(), std::move(serving), transport::asio::detached);
        lane.loop().run();
    }
    [[maybe_unused]] const ssize_t written = ::write(result, &tally, sizeof(tally));
    ::_exit(0);
}

/// Nothing where the child went without a word.
Task<std::optional<Tally>> hear(transport::Executor executor, Descriptor result) {
    transport::Pollable pipe(executor, std::move(result));
    while (true) {
        Tally tally;
        const ssize_t count = ::read(pipe.get(), &tally, sizeof(tally));
        if (count == sizeof(tally)) co_return tally;
        if (count >= 0 || (errno != EAGAIN && errno != EINTR)) co_return std::nullopt;
        auto ready = co_await pipe.readable();
        if (!ready) co_return std::nullopt;
    }
}

}  // namespace

void Children::stop_all() const {
    for (const pid_t id : ids_) ::kill(id, SIGTERM);
}

Task<void> serve_forked(const Plan& plan, const Service& service, Arrival arrival, int log, Children& children,
                        Lane::Over over) {
    Session session;
    session.number = arrival.number;
    session.listener = arrival.listener;
    session.url = arrival.url;
    session.connection.local = arrival.incoming.local;
    session.connection.peer = arrival.incoming.peer;
    std::array<int, 2> ends{};
    const bool piped = ::pipe2(ends.data(), O_CLOEXEC) == 0;
    const pid_t id = piped ? ::fork() : -1;
    const int number = errno;
    Descriptor result(piped ? ends[0] : -1), told(piped ? ends[1] : -1);
    if (id == 0) serve_as_child(plan, service, std::move(arrival), log, told.get());
    if (id < 0) {
        over(session,
             fail_errno(Status::cannot_connect, "cannot start a process for", session.connection.peer.text(), number));
        co_return;
    }
    children.add(id);
    told.reset();
    arrival.incoming.socket.reset();
    const auto executor = co_await transport::asio::this_coro::executor;
    auto hearing = hear(executor, std::move(result));
    const auto tally = co_await std::move(hearing);
    int status = 0;
    while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {
    }
    children.remove(id);
    Result<void> how;
    if (tally) {
        session.received.bytes = tally->received;
        session.sent.bytes = tally->sent;
        if (tally->exit_status >= 0) session.exit_status = tally->exit_status;
        if (tally->tls_version[0] != '\0')
            session.connection.tls.emplace().version = std::string(tally->tls_version.data());
        if (tally->status != 0) how = fail(static_cast<Status>(tally->status), std::string(tally->reason.data()), {});
    } else {
        how = fail(Status::interrupted, "the process that served it was killed", {});
    }
    over(session, how);
}

}  // namespace fid::cmd::serve
