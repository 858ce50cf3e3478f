// SPDX-License-Identifier: MIT
#include "cmd/connect/opening.h"

#include <sys/socket.h>

#include <chrono>
#include <random>
#include <string>
#include <utility>

#include "cmd/connect/flow.h"
#include "transport/open.h"

namespace fid::cmd::connect {
namespace {

void note_connection(Context& context, const transport::Connection& connection, const Endpoint& endpoint) {
    if (connection.tls) context.log.note(connection.tls->version + ", " + connection.tls->cipher);
    if (connection.websocket) note_websocket(context, *connection.websocket);
    if (!connection.terminal.empty()) {
        std::string place = "the terminal is " + connection.terminal;
        if (!endpoint.path.empty()) place += ", linked from " + endpoint.path;
        context.log.answer(place);
    }
    if (connection.peer.family() != AF_UNSPEC)
        context.log.note("connected to " + connection.peer.text() + " from " + connection.local.text());
}

/// What a program on one side is told about the other.
transport::Environment describe_peer(const transport::Connection& other, const Endpoint& endpoint,
                                     const Settings& settings) {
    if (other.peer.family() == AF_UNSPEC) return {};
    const bool direct = settings.dial.proxies.empty() || !other.peer.is_ip();
    return {{"FID_PEER", direct ? other.peer.text() : endpoint.text()}, {"FID_LOCAL", other.local.text()}};
}

/// Opens, and once more where the peer refuses or does not answer, for as often as --retry says.
transport::Task<Result<transport::Connection>> open_patiently(Context& context, FlowSettings flow, Endpoint endpoint,
                                                              transport::OpenOptions options) {
    const auto executor = co_await transport::asio::this_coro::executor;
    transport::Timer timer(executor);
    std::minstd_rand random(std::random_device{}());
    for (std::uint64_t next = 2;; ++next) {
        auto opening = transport::open_endpoint(executor, endpoint, options);
        auto connection = co_await std::move(opening);
        if (connection || next > flow.retries + 1) co_return connection;
        const Status status = connection.error().status;
        if (status != Status::cannot_connect && status != Status::timeout) co_return connection;
        const auto pause = pause_before(next, flow.backoff, std::generate_canonical<double, 32>(random));
        context.log.note("try " + std::to_string(next - 1) + " of " + std::to_string(flow.retries + 1) + ": " +
                         connection.error().sentence() + "; the next in " +
                         std::to_string(std::chrono::round<std::chrono::milliseconds>(pause).count()) + " ms");
        timer.expires_after(std::chrono::duration_cast<transport::Clock::duration>(pause));
        co_await timer.async_wait(transport::as_task);
    }
}

}  // namespace

transport::Task<Result<Sides>> open_sides(Context& context, const Settings& settings) {
    Sides sides;
    transport::OpenOptions options;
    options.dial = settings.dial;
    transport::OpenOptions other_options = options;
    other_options.dial.starttls.clear();
    const bool other_first = settings.to && settings.endpoint.scheme == "exec";
    if (other_first) {
        auto opening = open_patiently(context, settings.flow, *settings.to, other_options);
        auto opened = co_await std::move(opening);
        if (!opened) co_return std::unexpected(std::move(opened.error()));
        options.environment = describe_peer(*opened, *settings.to, settings);
        sides.other.emplace();
        sides.other->connection = std::move(*opened);
    }
    auto opening = open_patiently(context, settings.flow, settings.endpoint, std::move(options));
    auto opened = co_await std::move(opening);
    if (!opened) co_return std::unexpected(std::move(opened.error()));
    sides.remote.connection = std::move(*opened);
    if (settings.to && !other_first) {
        other_options.environment = describe_peer(sides.remote.connection, settings.endpoint, settings);
        auto opening_other = open_patiently(context, settings.flow, *settings.to, std::move(other_options));
        auto other = co_await std::move(opening_other);
        if (!other) co_return std::unexpected(std::move(other.error()));
        sides.other.emplace();
        sides.other->connection = std::move(*other);
    }
    note_connection(context, sides.remote.connection, settings.endpoint);
    if (sides.other) note_connection(context, sides.other->connection, *settings.to);
    co_return sides;
}

}  // namespace fid::cmd::connect
