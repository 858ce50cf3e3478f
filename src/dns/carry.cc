// SPDX-License-Identifier: MIT
#include "dns/carry.h"

namespace fid::dns {
namespace {

constexpr std::uint16_t private_padding = 128;  // RFC 8467 section 4.1

bool is_private(Carrier carrier) { return carrier == Carrier::tls || carrier == Carrier::https; }

}  // namespace

Endpoint dial_endpoint(const Server& server, Carrier carrier) {
    Endpoint place = server.endpoint;
    place.scheme = is_private(carrier) ? "tls" : carrier_name(carrier);
    return place;
}

transport::DialOptions dial_options(const ExchangeOptions& options, Carrier carrier) {
    transport::DialOptions dial = options.dial;
    dial.timeout = options.timeout;
    if (carrier == Carrier::tls && dial.tls.alpn.empty()) dial.tls.alpn.emplace_back("dot");
    if (carrier == Carrier::https && dial.tls.alpn.empty()) dial.tls.alpn.emplace_back("h2");
    return dial;
}

std::vector<std::uint8_t> make_query(std::uint16_t id, const Question& question, const ExchangeOptions& options,
                                     Carrier carrier) {
    QueryOptions query = options.query;
    if (query.edns && is_private(carrier) && query.edns->padding == 0) query.edns->padding = private_padding;
    std::vector<std::uint8_t> bytes(max_message);
    bytes.resize(write_query(bytes, id, question, query));
    return bytes;
}

}  // namespace fid::dns
