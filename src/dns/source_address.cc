// SPDX-License-Identifier: MIT
// Which of its addresses this machine sends from, and what the kernel knows of that one.
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "dns/config_words.h"
#include "dns/destination_order.h"
#include "transport/descriptor.h"
#include "transport/socket_address.h"

namespace fid::dns {
namespace {

std::optional<Address> address_of(const sockaddr* place) {
    if (place == nullptr || (place->sa_family != AF_INET && place->sa_family != AF_INET6)) return std::nullopt;
    sockaddr_storage storage{};
    const socklen_t size = place->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    std::memcpy(&storage, place, size);
    return transport::SocketAddress(storage, size).address();
}

bool is_tunnel(const std::string& interface) {
    const transport::Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    if (ioctl(socket.get(), SIOCGIFHWADDR, &request) != 0) return false;
    const auto type = request.ifr_hwaddr.sa_family;
    return type == ARPHRD_TUNNEL || type == ARPHRD_TUNNEL6 || type == ARPHRD_SIT;
}

/// Lines such as "fe80000000000000088032fffe6ce9bf 02 40 20 c0 eth0": address, index, prefix length, scope, flags.
void read_v6_flags(SourceAddress& source) {
    constexpr unsigned deprecated = 0x20, home = 0x10;  // IFA_F_DEPRECATED, IFA_F_HOMEADDRESS
    std::ifstream file("/proc/net/if_inet6");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    Text wanted;
    wanted.hex_bytes(source.address.bytes());
    for (std::string_view rest = text; !rest.empty();) {
        std::string_view line = take_line(rest);
        if (take_word(line) != wanted.view()) continue;
        for (unsigned skipped = 0; skipped < 3; ++skipped) (void)take_word(line);
        const std::string_view word = take_word(line);
        unsigned flags = 0;
        std::from_chars(word.data(), word.data() + word.size(), flags, 16);
        source.deprecated = (flags & deprecated) != 0;
        source.home = (flags & home) != 0;
    }
}

}  // namespace

std::optional<SourceAddress> source_for(const Address& destination) {
    constexpr std::uint16_t any_port = 53;  // nothing is sent; the way does not depend on it
    const transport::SocketAddress peer(destination, any_port);
    const transport::Descriptor socket(::socket(peer.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket.valid() || connect(socket.get(), peer.data(), peer.length()) != 0) return std::nullopt;
    const auto chosen = transport::SocketAddress::local_of(socket.get()).address();
    if (!chosen) return std::nullopt;
    SourceAddress source;
    source.address = *chosen;
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return source;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(first, &freeifaddrs);
    for (const ifaddrs* one = list.get(); one != nullptr; one = one->ifa_next) {
        const auto address = address_of(one->ifa_addr);
        const auto mask = address_of(one->ifa_netmask);
        if (!address || address->without_zone() != chosen->without_zone()) continue;
        source.interface = one->ifa_name;
        if (mask)
            source.prefix_length =
                width(mask->family()) - std::min(trailing_zeros(mask->number()), width(mask->family()));
        break;
    }
    if (!source.address.is_v4()) read_v6_flags(source);
    source.tunnelled = is_tunnel(source.interface);
    return source;
}

}  // namespace fid::dns
