// SPDX-License-Identifier: MIT
#include "cmd/serve/occupant.h"

#include <cerrno>
#include <string>

#include "sockets/list.h"

namespace fid::cmd::serve {

Error with_occupant(Error error, const Endpoint& endpoint) {
    const std::string taken = fail_errno(Status::cannot_connect, {}, {}, EADDRINUSE).error().cause;
    if (error.cause != taken || endpoint.scheme == "unix") return error;
    sockets::Query query;
    query.kinds = sockets::bit(endpoint.scheme == "udp" ? sockets::Kind::udp : sockets::Kind::tcp);
    query.listening = true;
    query.holders = true;
    const auto snapshot = sockets::take_snapshot(query);
    if (!snapshot) return error;
    for (const sockets::Socket& socket : snapshot->sockets) {
        if (socket.local_port != endpoint.port_or_default()) continue;
        for (const sockets::Holder& holder : snapshot->holders(socket)) {
            error.hint = holder.name + " (process " + std::to_string(holder.pid) +
                         ") listens there; port 0 takes one that is free";
            return error;
        }
    }
    return error;
}

}  // namespace fid::cmd::serve
