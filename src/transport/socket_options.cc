// SPDX-License-Identifier: MIT
#include "transport/socket_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>

namespace fid::transport {
namespace {

/// Sets options one after another; remembers the first that the kernel refused.
class OptionSetter {
  public:
    explicit OptionSetter(int socket) : socket_(socket) {}

    void set(int level, int option, int value, std::string_view name) {
        if (setsockopt(socket_, level, option, &value, sizeof(value)) != 0) refuse(name);
    }
    void set(int level, int option, const std::string& value, std::string_view name) {
        if (setsockopt(socket_, level, option, value.data(), static_cast<socklen_t>(value.size())) != 0)
            refuse(std::string(name) + " " + value);
    }
    void refuse(std::string_view name) {
        if (refused_.empty()) {
            refused_ = name;
            number_ = errno;
        }
    }
    [[nodiscard]] Result<void> result() const {
        if (refused_.empty()) return {};
        return fail_errno(Status::cannot_connect, "cannot set", refused_, number_);
    }

  private:
    int socket_;
    std::string refused_;
    int number_ = 0;
};

void set_options(OptionSetter& setter, bool v6, bool tcp, const SocketOptions& options) {
    const auto as_int = [](unsigned value) { return static_cast<int>(value); };
    if (tcp && options.no_delay) setter.set(IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
    if (options.keep_alive) setter.set(SOL_SOCKET, SO_KEEPALIVE, 1, "SO_KEEPALIVE");
    if (tcp && options.urgent_inline) setter.set(SOL_SOCKET, SO_OOBINLINE, 1, "SO_OOBINLINE");
    if (options.send_buffer) setter.set(SOL_SOCKET, SO_SNDBUF, as_int(*options.send_buffer), "the send buffer");
    if (options.receive_buffer)
        setter.set(SOL_SOCKET, SO_RCVBUF, as_int(*options.receive_buffer), "the receive buffer");
    if (!options.interface.empty()) setter.set(SOL_SOCKET, SO_BINDTODEVICE, options.interface, "the interface");
    if (options.ttl)
        setter.set(v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_UNICAST_HOPS : IP_TTL, as_int(*options.ttl), "the TTL");
    if (options.tos)
        setter.set(v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS, as_int(*options.tos), "the TOS byte");
}

Result<void> bind_source(int socket, const SocketAddress& peer, const SocketOptions& options) {
    if (!options.source && options.source_port == 0) return {};
    const bool v6 = peer.family() == AF_INET6;
    const Address any(v6 ? Family::v6 : Family::v4, 0);
    const Address source = options.source.value_or(any);
    if (source.is_v4() == v6)
        return fail(Status::usage, "cannot connect from", source.text(), "the destination is " + peer.text(),
                    "give a source of the same family, or choose it with -4 or -6");
    const SocketAddress place(source, options.source_port);
    // A fixed port may still be in TIME_WAIT from the last run; without one, the port is chosen when connecting.
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (options.source_port == 0) setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    if (bind(socket, place.data(), place.length()) != 0)
        return fail_errno(Status::cannot_connect, "cannot connect from", place.text(), errno);
    return {};
}

}  // namespace

Result<Descriptor> make_socket(const SocketAddress& peer, int type, const SocketOptions& options) {
    Descriptor socket(::socket(peer.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.valid()) return fail_errno(Status::cannot_connect, "cannot open a socket for", peer.text(), errno);
    if (!peer.is_ip()) return socket;
    OptionSetter setter(socket.get());
    set_options(setter, peer.family() == AF_INET6, type == SOCK_STREAM, options);
    if (auto set = setter.result(); !set) return std::unexpected(std::move(set.error()));
    if (auto bound = bind_source(socket.get(), peer, options); !bound) return std::unexpected(std::move(bound.error()));
    return socket;
}

}  // namespace fid::transport
