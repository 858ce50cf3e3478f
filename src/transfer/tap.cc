// SPDX-License-Identifier: MIT
#include "transfer/tap.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace fid::transfer {

void Tap::watch(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Tap::opened);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &Tap::closed);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
}

curl_socket_t Tap::opened(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
    const int made = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (made < 0) return CURL_SOCKET_BAD;
    sockaddr_storage storage{};
    const auto length = std::min<std::size_t>(address->addrlen, sizeof storage);
    std::memcpy(&storage, &address->addr, length);
    Tap& tap = *static_cast<Tap*>(self);
    tap.connections_[made] = {transport::SocketAddress(storage, static_cast<socklen_t>(length)), {}, {}};
    return made;
}

int Tap::closed(void* self, curl_socket_t socket) {
    Tap& tap = *static_cast<Tap*>(self);
    if (const auto found = tap.connections_.find(socket); found != tap.connections_.end()) {
        found->second.flow.sent_end();
        tap.connections_.erase(found);
    }
    return ::close(socket);
}

/// The connection that a handle uses: libcurl tells its own address, which no two have at a time.
Tap::Connection* Tap::of(CURL* easy) {
    const char* ip = nullptr;
    long port = 0;
    curl_easy_getinfo(easy, CURLINFO_LOCAL_IP, &ip);
    curl_easy_getinfo(easy, CURLINFO_LOCAL_PORT, &port);
    if (ip == nullptr || port == 0) {  // a Unix socket has none; then the newest is meant
        return connections_.empty() ? nullptr : &connections_.rbegin()->second;
    }
    for (auto& [socket, connection] : connections_) {
        const auto local = transport::SocketAddress::local_of(socket);
        if (local.port() == port && connection.remote.is_ip()) return &connection;
    }
    return nullptr;
}

void Tap::trace(CURL* easy, curl_infotype type, Bytes bytes) {
    const bool sent = type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT;
    if (!sent && type != CURLINFO_HEADER_IN && type != CURLINFO_DATA_IN) return;
    Connection* const connection = of(easy);
    if (connection == nullptr) return;
    if (!connection->flow) {
        const auto found =
            std::ranges::find_if(connections_, [&](const auto& entry) { return &entry.second == connection; });
        const char* url = nullptr;
        curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
        // A query may carry secrets, and the beginning of a URL a password.
        std::string what = url == nullptr ? std::string() : std::string(url);
        what.resize(std::min(what.find('?'), what.size()));
        if (const std::size_t at = what.find('@'), begin = what.find("://"); at < what.find('/', begin + 3))
            what.erase(begin + 3, at - begin - 2);
        connection->flow = recorder_.open(transport::SocketAddress::local_of(found->first), connection->remote,
                                          transport::FlowKind::stream, "fetch " + what);
        connection->flow.connected();
    }
    if (sent)
        connection->flow.sent(bytes);
    else
        connection->flow.received(bytes);
}

}  // namespace fid::transfer
