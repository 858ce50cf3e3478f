// SPDX-License-Identifier: MIT
#include "transport/lookup.h"

#include <netdb.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <memory>

#include "transport/socket_address.h"

namespace fid::transport {
namespace {

int family_number(FamilyChoice family) {
    if (family == FamilyChoice::v4) return AF_INET;
    return family == FamilyChoice::v6 ? AF_INET6 : AF_UNSPEC;
}

bool wanted(const Address& address, FamilyChoice family) {
    return family == FamilyChoice::any || address.is_v4() == (family == FamilyChoice::v4);
}

std::string_view version(FamilyChoice family) { return family == FamilyChoice::v4 ? "IPv4" : "IPv6"; }

std::unexpected<Error> not_found(const std::string& host, FamilyChoice family, int code) {
    switch (code) {
        case EAI_AGAIN:
            return fail(Status::timeout, "cannot look up", host, "no name server answered",
                        "check the network, or give an address");
        case EAI_ADDRFAMILY:
        case EAI_NODATA:
            return fail(Status::host_not_found, "cannot look up", host,
                        family == FamilyChoice::any ? "the name has no address"
                                                    : "the name has no " + std::string(version(family)) + " address");
        case EAI_NONAME:
            return fail(Status::host_not_found, "cannot look up", host, "no such name");
        case EAI_SYSTEM:
            return fail_errno(Status::host_not_found, "cannot look up", host, errno);
        default:
            return fail(Status::host_not_found, "cannot look up", host, gai_strerror(code));
    }
}

/// Names that never have an address, which nobody needs to be asked for (RFC 6761 section 6.4).
bool is_invalid(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    const std::string_view last = host.substr(host.rfind('.') + 1);  // all of it, where there is no dot
    constexpr std::string_view invalid = "invalid";
    return last.size() == invalid.size() && strncasecmp(last.data(), invalid.data(), invalid.size()) == 0;
}

}  // namespace

Result<std::vector<Address>> lookup(const std::string& host, FamilyChoice family) {
    if (const auto address = Address::parse(host)) {
        if (wanted(*address, family)) return std::vector{*address};
        return fail(Status::host_not_found, "cannot use", host,
                    "it is not an " + std::string(version(family)) + " address");
    }
    if (is_invalid(host)) return not_found(host, family, EAI_NONAME);
    addrinfo hints{};
    hints.ai_family = family_number(family);
    hints.ai_socktype = SOCK_STREAM;  // one entry an address, not one a socket type
    addrinfo* first = nullptr;
    const int code = getaddrinfo(host.c_str(), nullptr, &hints, &first);
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(first, &freeaddrinfo);
    if (code != 0) return not_found(host, family, code);
    std::vector<Address> found;
    for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) {
        sockaddr_storage storage{};
        std::copy_n(reinterpret_cast<const char*>(one->ai_addr),
                    std::min<std::size_t>(one->ai_addrlen, sizeof(storage)), reinterpret_cast<char*>(&storage));
        const auto address = SocketAddress(storage, one->ai_addrlen).address();
        if (address && std::ranges::find(found, *address) == found.end()) found.push_back(*address);
    }
    if (found.empty()) return not_found(host, family, EAI_NODATA);
    return found;
}

std::string reverse_lookup(const Address& address) {
    const SocketAddress place(address, 0);
    std::array<char, NI_MAXHOST> name{};
    const int code = getnameinfo(place.data(), place.length(), name.data(), name.size(), nullptr, 0, NI_NAMEREQD);
    return code == 0 ? std::string(name.data()) : std::string();
}

}  // namespace fid::transport
