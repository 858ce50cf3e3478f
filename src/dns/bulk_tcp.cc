// SPDX-License-Identifier: MIT
#include "dns/bulk_tcp.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "transport/socket_options.h"

namespace fid::dns {
namespace {

constexpr std::size_t length_size = 2;  // RFC 1035 section 4.2.2: each message behind its length

}  // namespace

BulkTcp::BulkTcp(int poll, std::uint64_t first_tag, const std::vector<transport::SocketAddress>& servers,
                 transport::SocketOptions options, std::size_t query_room, Hooks hooks)
    : poll_(poll),
      first_tag_(first_tag),
      servers_(servers),
      options_(std::move(options)),
      query_room_(query_room),
      hooks_(std::move(hooks)),
      connections_(most_connections) {
    options_.source_port = 0;  // several connections cannot share it
}

void BulkTcp::ask(std::uint32_t value, std::uint32_t server) { waiting_.push_back({value, server}); }

void BulkTcp::cancel(std::uint32_t value) {
    const auto found = std::ranges::find(connections_, value, &Connection::value);
    if (found != connections_.end()) close(*found);
}

BulkTcp::Connection* BulkTcp::vacant(std::uint32_t server) {
    Connection* best = nullptr;
    for (Connection& one : connections_) {
        if (one.value != nobody) continue;
        if (one.descriptor.valid() && one.server == server) return &one;
        if (best == nullptr || !one.descriptor.valid()) best = &one;
    }
    return best;
}

void BulkTcp::serve_waiting() {
    while (!waiting_.empty()) {
        Connection* const connection = vacant(waiting_.front().server);
        if (connection == nullptr) return;
        const Waiting next = waiting_.front();
        waiting_.pop_front();
        begin(*connection, next);
    }
}

void BulkTcp::begin(Connection& connection, const Waiting& waiting) {
    if (connection.server != waiting.server) close(connection);
    connection.server = waiting.server;
    connection.value = waiting.value;
    connection.used_before = connection.descriptor.valid();
    connection.out.resize(length_size + query_room_);
    const std::size_t size = hooks_.write(waiting.value, std::span(connection.out).subspan(length_size));
    connection.out.resize(length_size + size);
    connection.out[0] = static_cast<std::uint8_t>(size >> 8U);
    connection.out[1] = static_cast<std::uint8_t>(size);
    hooks_.started(waiting.value);
    if (connection.used_before) {
        connection.written = 0;
        push(connection);
    } else {
        begin_anew(connection);
    }
}

void BulkTcp::begin_anew(Connection& connection) {
    connection.written = 0;
    connection.in.clear();
    connection.used_before = false;
    const transport::SocketAddress& peer = servers_[connection.server];
    auto made = transport::make_socket(peer, SOCK_STREAM, options_);
    if (!made) return broke(connection, ENETUNREACH);
    connection.descriptor = std::move(*made);
    epoll_event event{.events = EPOLLIN | EPOLLOUT, .data = {.u64 = tag_of(connection)}};
    if ((connect(connection.descriptor.get(), peer.data(), peer.length()) != 0 && errno != EINPROGRESS) ||
        epoll_ctl(poll_, EPOLL_CTL_ADD, connection.descriptor.get(), &event) != 0)
        broke(connection, errno);
}

void BulkTcp::ready(std::uint64_t tag) {
    Connection& connection = connections_[tag - first_tag_];
    if (!connection.descriptor.valid()) return;  // closed since the event
    if (connection.value != nobody && connection.written < connection.out.size()) push(connection);
    if (connection.descriptor.valid()) pull(connection);
}

void BulkTcp::push(Connection& connection) {
    const Bytes rest = Bytes(connection.out).subspan(connection.written);
    const ssize_t sent = send(connection.descriptor.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR && errno != ENOTCONN) return broke(connection, errno);
    if (sent > 0) connection.written += static_cast<std::size_t>(sent);
    const bool more = connection.written < connection.out.size();
    epoll_event event{.events = EPOLLIN | (more ? std::uint32_t{EPOLLOUT} : 0U), .data = {.u64 = tag_of(connection)}};
    epoll_ctl(poll_, EPOLL_CTL_MOD, connection.descriptor.get(), &event);
}

void BulkTcp::pull(Connection& connection) {
    std::array<std::uint8_t, 16384> block;
    const ssize_t got = recv(connection.descriptor.get(), block.data(), block.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN)) return;
    if (got <= 0) return broke(connection, got == 0 ? ECONNRESET : errno);
    connection.in.insert(connection.in.end(), block.data(), block.data() + got);
    take_messages(connection);
}

void BulkTcp::take_messages(Connection& connection) {
    while (connection.in.size() >= length_size) {
        const std::size_t size = std::size_t{connection.in[0]} << 8U | connection.in[1];
        if (connection.in.size() < length_size + size) return;
        const std::vector<std::uint8_t> message(
            connection.in.begin() + length_size,
            connection.in.begin() + static_cast<std::ptrdiff_t>(length_size + size));
        connection.in.erase(connection.in.begin(),
                            connection.in.begin() + static_cast<std::ptrdiff_t>(length_size + size));
        // Nothing was asked, or not this: who says such things is not listened to any longer.
        const std::uint32_t value = connection.value;
        if (value == nobody) return close(connection);
        connection.value = nobody;
        if (hooks_.received(value, message)) continue;
        close(connection);
        hooks_.failed(value, EPROTO);
        return;
    }
}

void BulkTcp::broke(Connection& connection, int error) {
    const std::uint32_t value = connection.value;
    const bool again = connection.used_before && value != nobody;
    close(connection);
    if (value == nobody) return;
    if (again) {
        connection.value = value;
        return begin_anew(connection);
    }
    hooks_.failed(value, error);
}

void BulkTcp::close(Connection& connection) {
    connection.descriptor.reset();
    connection.in.clear();
    connection.value = nobody;
}

}  // namespace fid::dns
