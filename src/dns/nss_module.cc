// SPDX-License-Identifier: MIT
#include "dns/nss_module.h"

#include <dlfcn.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

#include "transport/socket_address.h"

namespace fid::dns {
namespace {

// As glibc calls them; their headers do not tell.
using ByName4 = nss_status (*)(const char* name, gaih_addrtuple** found, char* room, std::size_t size, int* error,
                               int* host_error, std::int32_t* ttl);
using ByName2 = nss_status (*)(const char* name, int family, hostent* found, char* room, std::size_t size, int* error,
                               int* host_error);

struct Close {
    void operator()(void* module) const { dlclose(module); }
};

NssStatus status_of(nss_status status) {
    switch (status) {
        case NSS_STATUS_SUCCESS:
        case NSS_STATUS_RETURN:
            return NssStatus::success;
        case NSS_STATUS_NOTFOUND:
            return NssStatus::not_found;
        case NSS_STATUS_TRYAGAIN:
            return NssStatus::try_again;
        default:
            return NssStatus::unavailable;
    }
}

std::optional<Address> address_of(int family, const void* bytes, std::uint32_t scope) {
    sockaddr_storage storage{};
    storage.ss_family = static_cast<sa_family_t>(family);
    if (family == AF_INET) {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        std::memcpy(&place.sin_addr, bytes, sizeof place.sin_addr);
        std::memcpy(&storage, &place, sizeof place);
        return transport::SocketAddress(storage, sizeof place).address();
    }
    sockaddr_in6 place{};
    place.sin6_family = AF_INET6;
    place.sin6_scope_id = scope;
    std::memcpy(&place.sin6_addr, bytes, sizeof place.sin6_addr);
    std::memcpy(&storage, &place, sizeof place);
    return transport::SocketAddress(storage, sizeof place).address();
}

void add(std::vector<Address>& to, const std::optional<Address>& address) {
    if (address && std::ranges::find(to, *address) == to.end()) to.push_back(*address);
}

/// Calls with more and more room, until it is enough.
template <class Call>
nss_status with_room(std::vector<char>& room, Call call) {
    constexpr std::size_t least = 8192, most = 1 << 20;
    for (room.resize(least);; room.resize(room.size() * 2)) {
        int error = 0, host_error = 0;
        const nss_status status = call(room.data(), room.size(), &error, &host_error);
        if (status != NSS_STATUS_TRYAGAIN || error != ERANGE || room.size() >= most) return status;
    }
}

NssAnswer ask_both(ByName4 by_name, const char* name) {
    NssAnswer answer;
    std::vector<char> room;
    gaih_addrtuple* first = nullptr;
    answer.status = status_of(with_room(room, [&](char* data, std::size_t size, int* error, int* host_error) {
        first = nullptr;
        return by_name(name, &first, data, size, error, host_error, nullptr);
    }));
    if (answer.status != NssStatus::success) return answer;
    for (const gaih_addrtuple* one = first; one != nullptr; one = one->next)
        add(answer.addresses, address_of(one->family, static_cast<const void*>(one->addr), one->scopeid));
    return answer;
}

NssAnswer ask_each(ByName2 by_name, const char* name) {
    NssAnswer answer;
    for (const int family : {AF_INET, AF_INET6}) {
        std::vector<char> room;
        hostent host{};
        const NssStatus status =
            status_of(with_room(room, [&](char* data, std::size_t size, int* error, int* host_error) {
                return by_name(name, family, &host, data, size, error, host_error);
            }));
        if (answer.status != NssStatus::success) answer.status = status;
        if (status != NssStatus::success) continue;
        for (char** one = host.h_addr_list; *one != nullptr; ++one)
            add(answer.addresses, address_of(host.h_addrtype, *one, 0));
    }
    return answer;
}

}  // namespace

std::optional<NssAnswer> ask_nss_module(const std::string& service, const std::string& name) {
    const std::string path = "libnss_" + service + ".so.2";
    const std::unique_ptr<void, Close> module(dlopen(path.c_str(), RTLD_LAZY));
    if (module == nullptr) return std::nullopt;
    const std::string prefix = "_nss_" + service + "_gethostbyname";
    if (void* const both = dlsym(module.get(), (prefix + "4_r").c_str()); both != nullptr)
        return ask_both(std::bit_cast<ByName4>(both), name.c_str());
    if (void* const each = dlsym(module.get(), (prefix + "2_r").c_str()); each != nullptr)
        return ask_each(std::bit_cast<ByName2>(each), name.c_str());
    return std::nullopt;
}

}  // namespace fid::dns
