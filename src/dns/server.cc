// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "dns/exchange.h"

namespace fid::dns {
namespace {

struct CarrierWords {
    Carrier carrier;
    std::string_view name;
    std::uint16_t port;
};
constexpr std::array carriers{CarrierWords{Carrier::udp, "udp", 53}, CarrierWords{Carrier::tcp, "tcp", 53},
                              CarrierWords{Carrier::tls, "tls", 853}, CarrierWords{Carrier::https, "https", 443}};

const CarrierWords& words_of(Carrier carrier) { return carriers.at(static_cast<std::size_t>(carrier)); }

}  // namespace

std::string_view carrier_name(Carrier carrier) { return words_of(carrier).name; }

Result<Server> Server::parse(std::string_view text, std::uint16_t port) {
    Server server;
    const auto other_port = [&] { return port != 0 ? port : words_of(server.carrier).port; };
    if (const auto address = Address::parse(text)) return at(*address, other_port());
    std::string spelled(text);
    // As BIND writes it: 192.0.2.1#5353.
    if (const std::size_t hash = spelled.rfind('#'); hash != std::string::npos) {
        if (const auto address = Address::parse(spelled.substr(0, hash)))
            spelled =
                (address->is_v4() ? address->text() : "[" + address->text() + "]") + ":" + spelled.substr(hash + 1);
    }
    auto endpoint = Endpoint::parse(spelled);
    if (!endpoint) return std::unexpected(std::move(endpoint.error()));
    const std::string_view scheme = endpoint->scheme.empty() ? "udp" : std::string_view(endpoint->scheme);
    const auto* const found = std::ranges::find(carriers, scheme, &CarrierWords::name);
    if (found == carriers.end() || endpoint->host.empty())
        return fail(Status::usage, "not a name server:", "'" + std::string(text) + "'", {},
                    "HOST[:PORT], tcp://, tls:// or https://HOST[:PORT][/PATH]");
    server.carrier = found->carrier;
    server.endpoint = std::move(*endpoint);
    if (!server.endpoint.port) server.endpoint.port = other_port();
    if (server.carrier == Carrier::https && (server.endpoint.path.empty() || server.endpoint.path == "/"))
        server.endpoint.path = "/dns-query";
    return server;
}

Server Server::at(const Address& address, std::uint16_t port) {
    Server server;
    server.endpoint.host = address.text();
    server.endpoint.address = address;
    server.endpoint.port = port;
    return server;
}

std::string Server::text() const {
    Endpoint place = endpoint;
    place.scheme.clear();
    place.path.clear();
    place.query.clear();
    std::string where = place.text();
    if (carrier == Carrier::udp) return where;
    std::string text(carrier_name(carrier));
    text += "://";
    text += where;
    if (carrier == Carrier::https) text += endpoint.path;
    return text;
}

}  // namespace fid::dns
