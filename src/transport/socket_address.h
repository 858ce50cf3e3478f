// SPDX-License-Identifier: MIT
// A socket's address as the kernel takes it (sockaddr), and as people write it.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "address/address.h"
#include "report/error.h"

namespace fid::transport {

/// IPv4, IPv6 (with its scope) or Unix (a path, an abstract name, or unnamed); of length 0 while unset.
class SocketAddress {
  public:
    SocketAddress() = default;
    SocketAddress(const Address& address, std::uint16_t port);
    /// As accept(2), getsockname(2) or recvfrom(2) filled it in.
    SocketAddress(const sockaddr_storage& storage, socklen_t length) : storage_(storage), length_(length) {}
    /// Status usage where the path is longer than the kernel takes (107 bytes, 108 for an abstract name with its NUL).
    [[nodiscard]] static Result<SocketAddress> unix_path(std::string_view path);
    [[nodiscard]] static Result<SocketAddress> unix_abstract(std::string_view name);
    [[nodiscard]] static SocketAddress local_of(int socket);
    [[nodiscard]] static SocketAddress peer_of(int socket);

    [[nodiscard]] int family() const { return length_ == 0 ? AF_UNSPEC : storage_.ss_family; }
    [[nodiscard]] bool is_ip() const { return family() == AF_INET || family() == AF_INET6; }
    [[nodiscard]] std::optional<Address> address() const;  ///< where is_ip()
    [[nodiscard]] std::uint16_t port() const;              ///< 0 where not is_ip()
    [[nodiscard]] std::string unix_name() const;           ///< "/run/x", "@name", "" where unnamed or not Unix

    [[nodiscard]] const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    [[nodiscard]] socklen_t length() const { return length_; }
    /// "192.0.2.1:80", "[2001:db8::1]:443", "unix:/run/x", "unix:@name", "unix:(unnamed)".
    [[nodiscard]] std::string text() const;

  private:
    sockaddr_storage storage_{};
    socklen_t length_ = 0;
};

}  // namespace fid::transport
