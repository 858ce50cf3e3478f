// SPDX-License-Identifier: MIT
#include "cmd/serve/exec.h"

#include <sys/socket.h>

#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <csignal>
#include <utility>

#include "cmd/serve/beside.h"
#include "cmd/serve/services.h"
#include "transport/process_stream.h"

namespace fid::cmd::serve {
namespace {

using namespace std::chrono_literals;
using transport::Clock;
using transport::Ending;
using transport::Process;
using transport::PumpOptions;
using transport::SocketAddress;
using transport::Task;

/// A program that was told to go has so long.
constexpr auto patience = 500ms;
/// A peer that the program has said all to may still be sending.
constexpr auto farewell = 2s;

/// Who is there, as programs made for other servers look for it: ucspi-tcp's and ucspi-unix's names, socat's, and ours.
transport::Environment environment(const Session& session) {
    const transport::Connection& connection = session.connection;
    const std::string scheme = session.listener.scheme.empty() ? "tcp" : session.listener.scheme;
    transport::Environment set{{"FID_TRANSPORT", scheme},
                               {"FID_CONNECTION", std::to_string(session.number)},
                               {"FID_PEER", connection.peer.text()},
                               {"FID_LOCAL", connection.local.text()}};
    const auto peer = connection.peer.address(), local = connection.local.address();
    if (peer && local) {
        const std::string proto = scheme == "udp" ? "UDP" : "TCP";
        const std::string peer_port = std::to_string(connection.peer.port());
        const std::string local_port = std::to_string(connection.local.port());
        set.insert(set.end(), {{"PROTO", proto},
                               {proto + "REMOTEIP", peer->text()},
                               {proto + "REMOTEPORT", peer_port},
                               {proto + "LOCALIP", local->text()},
                               {proto + "LOCALPORT", local_port},
                               {"REMOTE_ADDR", peer->text()},
                               {"REMOTE_PORT", peer_port},
                               {"SOCAT_PEERADDR", peer->text()},
                               {"SOCAT_PEERPORT", peer_port},
                               {"SOCAT_SOCKADDR", local->text()},
                               {"SOCAT_SOCKPORT", local_port}});
    } else {
        set.emplace_back("PROTO", "UNIX");
        set.emplace_back("UNIXLOCALPATH", connection.local.unix_name());
        ucred peer_user{};
        socklen_t length = sizeof(peer_user);
        if (getsockopt(connection.socket, SOL_SOCKET, SO_PEERCRED, &peer_user, &length) == 0) {
            set.emplace_back("UNIXREMOTEEUID", std::to_string(peer_user.uid));
            set.emplace_back("UNIXREMOTEEGID", std::to_string(peer_user.gid));
            set.emplace_back("UNIXREMOTEPID", std::to_string(peer_user.pid));
        }
    }
    if (connection.tls) {
        set.emplace_back("FID_TLS_VERSION", connection.tls->version);
        set.emplace_back("FID_TLS_CIPHER", connection.tls->cipher);
    }
    return set;
}

/// What a connection and its program have in common.
struct Job {
    Session& session;
    Process& process;
    std::optional<Error> broken;  ///< the peer failed: the program's work has lost its purpose
    bool peer_ended = false;
    bool gone = false;  ///< the program
};

/// A program that outlives SIGTERM is killed.
Task<void> dismiss(transport::Executor executor, Job& job) {
    transport::Timer wait(executor);
    for (const int number : {SIGTERM, SIGKILL}) {
        if (job.gone) co_return;
        job.process.signal(number);
        wait.expires_after(patience);
        while (!job.gone && Clock::now() < wait.expiry()) {
            constexpr auto step = 10ms;
            transport::Timer nap(executor, step);
            co_await nap.async_wait(transport::as_task);
        }
    }
    // Whoever else holds its output may go on without us.
    if (!job.gone) job.process.stop({Status::success, "the program was killed", {}, {}, {}});
}

/// From the peer to the program; then, where the program wants no more, to nowhere.
Task<void> pass_on(transport::Executor executor, Job& job) {
    PumpOptions options;
    auto pumping = transport::pump(job.session.stream(), job.process, options, job.session.received);
    auto passed = co_await std::move(pumping);
    if (passed) {
        job.peer_ended = true;
        co_return;
    }
    if (!job.session.received.source_failed && passed.error().status == Status::success) {
        // It has closed its standard input. The peer's end is still to be seen, and its reset.
        auto dropping = drop(job.session);
        passed = co_await std::move(dropping);
        if (passed) co_return;
    }
    if (passed.error().status == Status::success) co_return;  // we have stopped it
    job.broken = std::move(passed.error());
    auto dismissing = dismiss(executor, job);
    co_await std::move(dismissing);
}

Task<Result<void>> work(Job& job) {
    const auto executor = co_await transport::asio::this_coro::executor;
    Session& session = job.session;
    Beside passing(executor, pass_on(executor, job));
    PumpOptions options;
    options.finish = false;
    auto pumping = transport::pump(job.process, session.stream(), options, session.sent);
    auto passed = co_await std::move(pumping);
    // A WebSocket that its client has closed takes no more.
    const bool closed = job.peer_ended && session.stream().ending() == Ending::shared;
    if (!passed && !job.broken && !closed && passed.error().status != Status::success)
        job.broken = std::move(passed.error());
    if (!passed && !job.gone) {
        auto dismissing = dismiss(executor, job);
        Beside leaving(executor, std::move(dismissing));
        auto concluded = co_await job.process.conclude();
        job.gone = true;
        co_await leaving.join();
        session.stream().stop({Status::success, "the program has gone", {}, {}, {}});
        co_await passing.join();
        if (job.broken) co_return std::unexpected(*job.broken);
        co_return concluded;
    }
    // All it had to say was said: the peer hears of it at once, also where the program goes on.
    (void)co_await session.stream().finish();
    auto concluded = co_await job.process.conclude();
    job.gone = true;
    const auto latest = Clock::now() + farewell;
    co_await passing.join_until(latest);
    session.stream().stop({Status::success, "the program has gone", {}, {}, {}});
    co_await passing.join();
    if (job.broken) co_return std::unexpected(*job.broken);
    co_return concluded;
}

Task<Result<void>> execute(Session& session, const std::string& command, int error) {
    const auto executor = co_await transport::asio::this_coro::executor;
    transport::ProcessOptions options;
    options.environment = environment(session);
    options.own_group = true;
    options.error = error;
    auto process = transport::start_process(executor, command, options);
    if (!process) co_return std::unexpected(std::move(process.error()));
    Job job{session, **process, std::nullopt, false, false};
    auto working = work(job);
    auto worked = co_await std::move(working);
    session.exit_status = (*process)->exit_status();
    co_return worked;
}

}  // namespace

Service exec_service(std::string command, int error) {
    return [command = std::move(command), error](Session& session) { return execute(session, command, error); };
}

}  // namespace fid::cmd::serve
