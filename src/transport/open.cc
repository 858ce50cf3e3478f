// SPDX-License-Identifier: MIT
#include "transport/open.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <span>

#include "transport/descriptor_stream.h"
#include "transport/local_stream.h"
#include "transport/pty_stream.h"
#include "transport/socket_stream.h"

namespace fid::transport {
namespace {

constexpr std::array<std::string_view, 1> pty_parameters{"keep"};

Result<Connection> open_process(Executor executor, const Endpoint& endpoint, const OpenOptions& options) {
    Connection connection;
    auto stream = make_process_stream(executor, endpoint.path, options.environment);
    if (!stream) return std::unexpected(std::move(stream.error()));
    connection.stream = std::move(*stream);
    return connection;
}

Result<Connection> open_pty(Executor executor, const Endpoint& endpoint) {
    Connection connection;
    auto pty = make_pty_stream(executor, {.link = endpoint.path, .keep = endpoint.parameter("keep").has_value()});
    if (!pty) return std::unexpected(std::move(pty.error()));
    connection.stream = std::move(pty->stream);
    connection.terminal = std::move(pty->path);
    return connection;
}

/// What kind of socket it is; nothing for other descriptors.
std::optional<int> socket_type(int descriptor) {
    int type = 0;
    socklen_t length = sizeof(type);
    if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) != 0) return std::nullopt;
    return type;
}

Result<Connection> open_descriptor(Executor executor, const Endpoint& endpoint) {
    const int number = static_cast<int>(endpoint.descriptor.value_or(0));
    const std::string name = endpoint.text();
    const int flags = ::fcntl(number, F_GETFL);
    if (flags < 0) return fail_errno(Status::usage, "cannot use", name, errno);
    ::fcntl(number, F_SETFD, FD_CLOEXEC);  // a program that we start has no part in it
    Connection connection;
    if (const auto type = socket_type(number)) {
        connection.local = SocketAddress::local_of(number);
        connection.peer = SocketAddress::peer_of(number);
        if (connection.peer.family() == AF_UNSPEC) return fail_errno(Status::usage, "cannot use", name, ENOTCONN);
        Pollable socket = Pollable::borrowed(executor, number);
        connection.stream = *type == SOCK_STREAM ? make_socket_stream(std::move(socket), name)
                                                 : make_datagram_stream(std::move(socket), name);
        return connection;
    }
    if ((flags & O_ACCMODE) != O_WRONLY) {
        connection.stream = make_local_stream(executor, number, number, name);
        return connection;
    }
    Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    connection.stream = std::make_unique<DescriptorStream>(Pollable(executor, std::move(nothing)),
                                                           Pollable::borrowed(executor, number), name);
    return connection;
}

Result<Connection> open_local(Executor executor, const Endpoint& endpoint, const OpenOptions& options) {
    if (endpoint.scheme == "exec") return open_process(executor, endpoint, options);
    if (endpoint.scheme == "pty") return open_pty(executor, endpoint);
    if (endpoint.scheme == "fd") return open_descriptor(executor, endpoint);
    Connection connection;
    connection.stream = make_local_stream(executor, STDIN_FILENO, STDOUT_FILENO, "standard input or output");
    return connection;
}

}  // namespace

bool is_local(const Endpoint& endpoint) {
    constexpr std::array<std::string_view, 4> local{"exec", "pty", "fd", "stdio"};
    return std::ranges::find(local, endpoint.scheme) != local.end();
}

Result<void> openable(const Endpoint& endpoint, const DialOptions& options) {
    if (!is_local(endpoint)) return dialable(endpoint, options);
    std::span<const std::string_view> known;
    if (endpoint.scheme == "pty") known = pty_parameters;
    return check_parameters(endpoint, known);
}

Task<Result<Connection>> open_endpoint(Executor executor, Endpoint endpoint, OpenOptions options) {
    if (auto known = openable(endpoint, options.dial); !known) co_return std::unexpected(std::move(known.error()));
    if (is_local(endpoint)) co_return open_local(executor, endpoint, options);
    auto dialling = dial(executor, std::move(endpoint), std::move(options.dial));
    auto connection = co_await std::move(dialling);
    co_return connection;
}

}  // namespace fid::transport
