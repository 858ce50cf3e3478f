// SPDX-License-Identifier: MIT
// Tunnels through proxies: HTTP CONNECT (RFC 9110 section 9.3.6), SOCKS4 and 4a, SOCKS5 (RFC 1928, 1929).
#pragma once

#include <string>

#include "address/endpoint.h"
#include "transport/lookup.h"
#include "transport/stream.h"

namespace fid::transport {

/// Where a tunnel is to lead. Proxies of the schemes socks5h, socks4a and http get the name and look it up themselves;
/// socks5 and socks4 get an address, so the name is looked up here.
struct TunnelTarget {
    std::string host;
    std::uint16_t port = 0;
    FamilyChoice family = FamilyChoice::any;
};

/// Is it the scheme of a proxy: http, https, socks4, socks4a, socks5, socks5h?
[[nodiscard]] bool is_proxy_scheme(std::string_view scheme);

/// Asks the proxy at the other end of `stream` for a tunnel. What the target has said by then is not lost: the stream
/// that is given back begins with it. Status cannot_connect where the proxy could not (the cause says what it said),
/// login_refused, protocol_violation where it is no such proxy, host_not_found for a name looked up here.
[[nodiscard]] Task<Result<StreamPtr>> open_tunnel(StreamPtr stream, Endpoint proxy, TunnelTarget target);

}  // namespace fid::transport
