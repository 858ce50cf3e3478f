// SPDX-License-Identifier: MIT
#include "sockets/socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace fid::sockets {
namespace {

constexpr std::array<std::string_view, kind_count> kinds{"tcp", "udp", "raw", "unix", "netlink", "packet"};

constexpr std::array<std::string_view, 12> states{"unknown",    "established", "syn-sent",  "syn-recv",
                                                  "fin-wait-1", "fin-wait-2",  "time-wait", "closed",
                                                  "close-wait", "last-ack",    "listen",    "closing"};

struct Group {
    std::string_view name;
    StateMask mask;
};
/// ss's words (ss(8), STATE-FILTER); its "closed" is CLOSE, which is what unconnected sockets are in.
constexpr StateMask connected_states = every_state & ~(bit(State::closed) | bit(State::listen));
constexpr StateMask bucket_states = bit(State::syn_received) | bit(State::time_wait);
constexpr std::array<Group, 14> groups{{
    {"all", every_state},
    {"connected", connected_states},
    {"synchronized", connected_states & ~bit(State::syn_sent)},
    {"bucket", bucket_states},
    {"big", every_state & ~bucket_states},
    {"listening", bit(State::listen)},
    {"estab", bit(State::established)},
    {"syn-received", bit(State::syn_received)},
    {"close", bit(State::closed)},
    {"unconnected", bit(State::closed)},
    {"unconn", bit(State::closed)},
    {"fin-wait1", bit(State::fin_wait_1)},
    {"fin-wait2", bit(State::fin_wait_2)},
    {"timewait", bit(State::time_wait)},
}};

bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        if (x >= 'A' && x <= 'Z') x = static_cast<char>(x - 'A' + 'a');
        return x == y || (x == '_' && y == '-');
    });
}

}  // namespace

bool Socket::listens() const {
    if (state == State::listen) return true;
    if (state != State::closed) return false;
    return kind == Kind::udp || kind == Kind::raw || (kind == Kind::unix_domain && type == SOCK_DGRAM && !name.empty());
}

std::string_view kind_name(Kind kind) { return kinds.at(static_cast<std::size_t>(kind)); }
std::span<const std::string_view> kind_names() { return kinds; }

std::string_view long_kind_name(const Socket& socket) {
    if (socket.kind != Kind::unix_domain) return kind_name(socket.kind);
    switch (socket.type) {
        case SOCK_STREAM:
            return "unix-stream";
        case SOCK_DGRAM:
            return "unix-dgram";
        case SOCK_SEQPACKET:
            return "unix-seqpacket";
        default:
            return "unix";
    }
}

std::optional<Kind> find_kind(std::string_view name) {
    const auto* found = std::ranges::find(kinds, name);
    if (found == kinds.end()) return std::nullopt;
    return static_cast<Kind>(found - kinds.begin());
}

std::string_view state_name(Kind kind, State state) {
    if (state == State::closed && kind != Kind::tcp) return "unconnected";
    const auto number = static_cast<std::size_t>(state);
    return number < states.size() ? states[number] : states[0];
}

std::optional<StateMask> find_states(std::string_view name) {
    for (std::size_t i = 1; i < states.size(); ++i)
        if (same(name, states[i])) return 1U << i;
    for (const Group& group : groups)
        if (same(name, group.name)) return group.mask;
    return std::nullopt;
}

std::span<const std::string_view> state_names() {
    static constexpr auto all = [] {
        std::array<std::string_view, states.size() - 1 + groups.size()> names;
        const auto* rest = std::copy(states.begin() + 1, states.end(), names.begin());
        std::ranges::transform(groups, names.begin() + (rest - names.data()), &Group::name);
        return names;
    }();
    return all;
}

std::string_view timer_name(Timer timer) {
    static constexpr std::array<std::string_view, 5> names{"", "retransmit", "keepalive", "time-wait", "zero-window"};
    return names.at(static_cast<std::size_t>(timer));
}

}  // namespace fid::sockets
