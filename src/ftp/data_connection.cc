// SPDX-License-Identifier: MIT
#include "ftp/data_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "transport/pollable.h"
#include "transport/recording_stream.h"
#include "transport/socket_stream.h"

namespace fid::ftp {

using transport::Connection;
using transport::SocketAddress;
using transport::Task;

Task<Result<Connection>> connect_passive(transport::Executor executor, const Connection& control, Endpoint server,
                                         std::uint16_t port, transport::DialOptions options) {
    server.scheme = "tcp";
    server.port = port;
    const auto peer = control.peer.address();
    if (options.proxies.empty() && peer) {
        server.address = *peer;
        server.host = peer->text();
    }
    options.socket.source_port = 0;
    auto dialling = transport::dial(executor, std::move(server), std::move(options));
    auto connection = co_await std::move(dialling);
    if (!connection) connection.error().attempt = "cannot open the data connection to";
    co_return connection;
}

Result<ActiveListener> ActiveListener::open(const SocketAddress& control) {
    const auto address = control.address();
    if (!address)
        return fail(Status::usage, "--active needs a direct connection to", "the server", {},
                    "through a proxy the server cannot connect to us");
    ActiveListener listener;
    const SocketAddress wanted(*address, 0);
    listener.socket_ =
        transport::Descriptor(::socket(wanted.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    const int socket = listener.socket_.get();
    if (socket < 0 || bind(socket, wanted.data(), wanted.length()) != 0 || listen(socket, 1) != 0)
        return fail_errno(Status::cannot_connect, "cannot wait for the server's connection at", wanted.text(), errno);
    listener.local_ = SocketAddress::local_of(socket);
    return listener;
}

std::string ActiveListener::extended_address() const {
    const Address address = *local_.address();
    std::string text = address.is_v4() ? "|1|" : "|2|";
    text += address.without_zone().text();
    text += '|';
    text += std::to_string(local_.port());
    return text += '|';
}

std::optional<std::string> ActiveListener::address() const {
    const Address address = *local_.address();
    if (!address.is_v4()) return std::nullopt;
    std::string text = address.text();
    std::ranges::replace(text, '.', ',');
    return text + "," + std::to_string(local_.port() >> 8U) + "," + std::to_string(local_.port() & 0xffU);
}

Task<Result<Connection>> ActiveListener::accept(transport::Executor executor, SocketAddress peer,
                                                std::chrono::nanoseconds timeout, transport::Recorder* recorder) {
    transport::Pollable waiting(executor, std::move(socket_));
    const auto late = std::make_shared<transport::Timer>(executor);
    if (timeout != std::chrono::nanoseconds::zero()) {
        late->expires_after(std::chrono::duration_cast<transport::Clock::duration>(timeout));
        const Error error{Status::timeout, "the server did not connect to", local_.text(), "timed out",
                          "does a firewall stand between? Without --active we connect to the server"};
        late->async_wait([&waiting, error](const boost::system::error_code& code) {
            if (!code) waiting.stop(error);
        });
    }
    while (true) {
        auto ready = co_await waiting.readable();
        if (!ready) co_return std::unexpected(std::move(ready.error()));
        sockaddr_storage storage{};
        socklen_t length = sizeof(storage);
        transport::Descriptor socket(
            accept4(waiting.get(), reinterpret_cast<sockaddr*>(&storage), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!socket.valid()) continue;
        const SocketAddress from(storage, length);
        if (from.address() != peer.address()) continue;  // somebody else, who wants the file or to give us another
        late->cancel();
        Connection connection;
        connection.local = SocketAddress::local_of(socket.get());
        connection.peer = from;
        connection.socket = socket.get();
        transport::Pollable pollable(executor, std::move(socket));
        connection.stream = transport::make_socket_stream(std::move(pollable), from.text());
        if (recorder != nullptr) {
            auto flow = recorder->open(connection.local, from, transport::FlowKind::stream, "FTP data");
            flow.accepted();
            auto recording =
                std::make_unique<transport::RecordingStream>(std::move(connection.stream), std::move(flow));
            connection.recording = recording.get();
            connection.stream = std::move(recording);
        }
        co_return connection;
    }
}

}  // namespace fid::ftp
