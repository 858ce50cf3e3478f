// SPDX-License-Identifier: MIT
#include "transport/socket_address.h"

#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace fid::transport {
namespace {

/// sockaddr_storage is there to be read as one of the families' own types.
template <class T>
T view_as(const sockaddr_storage& storage) {
    T result;
    std::memcpy(&result, &storage, sizeof(result));
    return result;
}

std::uint32_t scope_of(std::string_view zone) {
    if (zone.empty()) return 0;
    const std::string name(zone);
    const unsigned index = if_nametoindex(name.c_str());
    return index != 0 ? index : static_cast<std::uint32_t>(std::strtoul(name.c_str(), nullptr, 10));
}

Result<SocketAddress> unix_socket(std::string_view name, bool abstract) {
    sockaddr_storage storage{};
    sockaddr_un place{};
    // A path needs its NUL, an abstract name begins with one.
    if (name.empty() || name.size() + 1 > sizeof(place.sun_path))
        return fail(Status::usage, "not a Unix socket's name:", std::string(name),
                    name.empty() ? "it is empty" : "it is longer than the kernel takes",
                    "at most 107 bytes; a shorter path or a symbolic link to the folder helps");
    place.sun_family = AF_UNIX;
    std::ranges::copy(name, std::begin(place.sun_path) + (abstract ? 1 : 0));
    std::memcpy(&storage, &place, sizeof(place));
    return SocketAddress(storage, static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + 1));
}

SocketAddress asked(int socket, int (*call)(int, sockaddr*, socklen_t*)) {
    sockaddr_storage storage{};
    socklen_t length = sizeof(storage);
    if (call(socket, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return {};
    return {storage, length};
}

}  // namespace

SocketAddress::SocketAddress(const Address& address, std::uint16_t port) {
    const auto bytes = address.bytes();
    if (address.is_v4()) {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_port = htons(port);
        std::memcpy(&place.sin_addr, bytes.data(), sizeof(place.sin_addr));
        std::memcpy(&storage_, &place, sizeof(place));
        length_ = sizeof(place);
    } else {
        sockaddr_in6 place{};
        place.sin6_family = AF_INET6;
        place.sin6_port = htons(port);
        place.sin6_scope_id = scope_of(address.zone());
        std::memcpy(&place.sin6_addr, bytes.data(), sizeof(place.sin6_addr));
        std::memcpy(&storage_, &place, sizeof(place));
        length_ = sizeof(place);
    }
}

Result<SocketAddress> SocketAddress::unix_path(std::string_view path) { return unix_socket(path, false); }
Result<SocketAddress> SocketAddress::unix_abstract(std::string_view name) { return unix_socket(name, true); }
SocketAddress SocketAddress::local_of(int socket) { return asked(socket, getsockname); }
SocketAddress SocketAddress::peer_of(int socket) { return asked(socket, getpeername); }

std::optional<Address> SocketAddress::address() const {
    if (family() == AF_INET) {
        const auto bytes = std::bit_cast<std::array<std::uint8_t, 4>>(view_as<sockaddr_in>(storage_).sin_addr);
        return Address::from_bytes(std::span<const std::uint8_t, 4>(bytes));
    }
    if (family() != AF_INET6) return std::nullopt;
    const auto place = view_as<sockaddr_in6>(storage_);
    const auto bytes = std::bit_cast<std::array<std::uint8_t, 16>>(place.sin6_addr);
    const auto plain = Address::from_bytes(std::span<const std::uint8_t, 16>(bytes));
    std::array<char, IF_NAMESIZE> name{};
    if (place.sin6_scope_id == 0 || if_indextoname(place.sin6_scope_id, name.data()) == nullptr) return plain;
    auto zoned = Address::parse(plain.text() + "%" + name.data());
    return zoned ? *zoned : plain;
}

std::uint16_t SocketAddress::port() const {
    if (family() == AF_INET) return ntohs(view_as<sockaddr_in>(storage_).sin_port);
    if (family() == AF_INET6) return ntohs(view_as<sockaddr_in6>(storage_).sin6_port);
    return 0;
}

std::string SocketAddress::unix_name() const {
    constexpr std::size_t before = offsetof(sockaddr_un, sun_path);
    if (family() != AF_UNIX || length_ <= before) return {};
    const auto place = view_as<sockaddr_un>(storage_);
    const std::size_t size = std::min<std::size_t>(length_ - before, sizeof(place.sun_path));
    const char* name = place.sun_path;
    if (name[0] == '\0') return "@" + std::string(name + 1, size - 1);
    return {name, strnlen(name, size)};
}

std::string SocketAddress::text() const {
    if (const auto ip = address()) {
        const std::string host = ip->is_v4() ? ip->text() : "[" + ip->text() + "]";
        return host + ":" + std::to_string(port());
    }
    if (family() != AF_UNIX) return "(none)";
    const std::string name = unix_name();
    return name.empty() ? "unix:(unnamed)" : "unix:" + name;
}

}  // namespace fid::transport
