// SPDX-License-Identifier: MIT
#include "cmd/sockets/summary.h"

#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "sockets/reach.h"

namespace fid::cmd::sockets {
namespace {

using report::Type;

constexpr std::array<report::Field, 8> fields{{
    {"protocol", Type::text, "as in socket records"},
    {"state", Type::text, "as in socket records; all: the sum of them"},
    {"sockets", Type::integer, "how many"},
    {"ipv4", Type::integer, "of these with IPv4 addresses"},
    {"ipv6", Type::integer, "of these with IPv6 addresses"},
    {"exposed", Type::integer, "of these that wait for others beyond loopback"},
    {"recv_queue_bytes", Type::integer, "not read yet, together; connections that wait are not counted"},
    {"send_queue_bytes", Type::integer, "not acknowledged yet, together"},
}};

struct Counts {
    std::uint64_t sockets = 0, v4 = 0, v6 = 0, exposed = 0, received = 0, sent = 0;
};

}  // namespace

const report::RecordType count_record{"count", "a number of sockets of one kind and state (--summary)", fields};

void write_summary(report::Output& out, const fid::sockets::Snapshot& snapshot) {
    // "" sorts before every state: the sum of a protocol comes first.
    std::map<std::pair<std::string_view, std::string_view>, Counts> table;
    for (const auto& socket : snapshot.sockets) {
        const std::string_view protocol = long_kind_name(socket);
        for (const std::string_view state : {std::string_view(), state_name(socket.kind, socket.state)}) {
            Counts& counts = table[{protocol, state}];
            ++counts.sockets;
            if (socket.is_ip()) ++(socket.local.is_v4() ? counts.v4 : counts.v6);
            if (socket.is_ip() && socket.listens() &&
                reach(socket, snapshot.device(socket)) != fid::sockets::Reach::loopback)
                ++counts.exposed;
            if (socket.state == fid::sockets::State::listen) continue;
            counts.received += socket.recv_queue.value_or(0);
            counts.sent += socket.send_queue.value_or(0);
        }
    }
    static constexpr std::array<std::string_view, 6> shown{"protocol", "state", "sockets", "ipv4", "ipv6", "exposed"};
    for (const auto& [key, counts] : table) {
        report::Record record(count_record);
        record.set("protocol", key.first);
        record.set("state", key.second.empty() ? std::string_view("all") : key.second);
        record.set("sockets", counts.sockets);
        record.set("ipv4", counts.v4);
        record.set("ipv6", counts.v6);
        record.set("exposed", counts.exposed);
        record.set("recv_queue_bytes", counts.received);
        record.set("send_queue_bytes", counts.sent);
        if (out.plain_text())
            out.write_row(record, shown);
        else
            out.write(record);
    }
}

}  // namespace fid::cmd::sockets
