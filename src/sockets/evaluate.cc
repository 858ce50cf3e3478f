// SPDX-License-Identifier: MIT
// What a filter says of a socket, and what it says of sockets it has not seen (its bounds).
#include <fnmatch.h>

#include <algorithm>

#include "sockets/bytecode.h"
#include "sockets/expression.h"
#include "sockets/filter.h"
#include "sockets/reach.h"

namespace fid::sockets {
namespace {

/// A question about processes has no answer before they were looked up.
enum class Verdict : std::uint8_t { no, perhaps, yes };

Verdict verdict(bool value) { return value ? Verdict::yes : Verdict::no; }

/// As the kernel compares: an IPv4 network holds the v4-mapped addresses of IPv6 sockets as well.
bool within(const Range& range, const Address& address) {
    if (range.family == address.family()) return range.first <= address.number() && address.number() <= range.last;
    constexpr Uint128 mapped = 0xffff;
    if (range.family != Family::v4 || address.number() >> 32U != mapped) return false;
    const Uint128 low = address.number() & highest(Family::v4);
    return range.first <= low && low <= range.last;
}

template <class T, class Test>
bool on_side(Side side, const T& local, const T& peer, Test&& test) {
    return (side != Side::peer && test(local)) || (side != Side::local && test(peer));
}

bool between(const Node& node, std::uint64_t value) { return node.low <= value && value <= node.high; }

Verdict held(const Node& node, const Surroundings& around) {
    if (!around.holders_known) return Verdict::perhaps;
    return verdict(std::ranges::any_of(around.holders, [&](const Holder& holder) {
        if (node.op == Op::pid) return static_cast<std::uint64_t>(holder.pid) == node.low;
        return fnmatch(node.text.c_str(), holder.name.c_str(), 0) == 0;
    }));
}

Verdict judge(const Node& node, const Socket& socket, const Surroundings& around) {
    switch (node.op) {
        case Op::all_of:
        case Op::any_of: {
            // The weakest of all, or the strongest of any.
            const bool all = node.op == Op::all_of;
            Verdict result = all ? Verdict::yes : Verdict::no;
            for (const Node& child : node.children) {
                const Verdict one = judge(child, socket, around);
                result = all ? std::min(result, one) : std::max(result, one);
                if (result == (all ? Verdict::no : Verdict::yes)) break;
            }
            return result;
        }
        case Op::negate: {
            const Verdict inner = judge(node.children.front(), socket, around);
            return inner == Verdict::perhaps ? inner : verdict(inner == Verdict::no);
        }
        case Op::state:
            return verdict((node.mask & bit(socket.state)) != 0);
        case Op::kind:
            return verdict((node.mask & bit(socket.kind)) != 0);
        case Op::family:
            return verdict(socket.is_ip() && socket.local.family() == node.range.family);
        case Op::port:
            return verdict(socket.has_ports() && on_side(node.side, socket.local_port, socket.peer_port,
                                                         [&](std::uint16_t port) { return between(node, port); }));
        case Op::address:
            return verdict(socket.is_ip() && on_side(node.side, socket.local, socket.peer, [&](const Address& address) {
                               return within(node.range, address);
                           }));
        case Op::name:
            return verdict(socket.kind == Kind::unix_domain && fnmatch(node.text.c_str(), socket.name.c_str(), 0) == 0);
        case Op::device:
            return verdict(around.device == node.text);
        case Op::process:
        case Op::pid:
            return held(node, around);
        case Op::user:
            return verdict(socket.uid && *socket.uid == node.low);
        case Op::inode:
            return verdict(socket.inode == node.low);
        case Op::recv_queue:
            return verdict(socket.recv_queue && between(node, *socket.recv_queue));
        case Op::send_queue:
            return verdict(socket.send_queue && between(node, *socket.send_queue));
        case Op::exposed:
            return verdict(socket.listens() && reach(socket, around.device) != Reach::loopback);
    }
    return Verdict::no;
}

template <class Visit>
void each_leaf(const Node& node, Visit&& visit) {
    if (node.children.empty()) visit(node);
    for (const Node& child : node.children) each_leaf(child, visit);
}

constexpr KindMask ip_kinds = bit(Kind::tcp) | bit(Kind::udp) | bit(Kind::raw);

Bounds leaf_bounds(const Node& node, bool negated) {
    Bounds bounds;
    if (node.op == Op::state) bounds.states = negated ? every_state & ~node.mask : node.mask;
    if (node.op == Op::kind) bounds.kinds = negated ? every_kind & ~node.mask : node.mask;
    if (negated) return bounds;
    switch (node.op) {
        case Op::family:
            bounds.kinds = ip_kinds;
            bounds.v4 = node.range.family == Family::v4;
            bounds.v6 = !bounds.v4;
            break;
        case Op::port:
            bounds.kinds = bit(Kind::tcp) | bit(Kind::udp);
            break;
        case Op::address:
            bounds.kinds = ip_kinds;
            // Not the other way round: an IPv6 socket may have a v4-mapped address.
            bounds.v4 = node.range.family == Family::v4;
            break;
        case Op::exposed:
            bounds.kinds = ip_kinds;
            bounds.states = bit(State::listen) | bit(State::closed);
            break;
        case Op::name:
            bounds.kinds = bit(Kind::unix_domain);
            break;
        default:
            break;
    }
    return bounds;
}

Bounds bounds_of(const Node& node, bool negated) {
    if (node.op == Op::negate) return bounds_of(node.children.front(), !negated);
    if (node.op != Op::all_of && node.op != Op::any_of) return leaf_bounds(node, negated);
    const bool conjunction = (node.op == Op::all_of) != negated;
    Bounds whole = bounds_of(node.children.front(), negated);
    for (const Node& child : std::span(node.children).subspan(1)) {
        const Bounds one = bounds_of(child, negated);
        whole.kinds = conjunction ? whole.kinds & one.kinds : whole.kinds | one.kinds;
        whole.states = conjunction ? whole.states & one.states : whole.states | one.states;
        whole.v4 = conjunction ? whole.v4 && one.v4 : whole.v4 || one.v4;
        whole.v6 = conjunction ? whole.v6 && one.v6 : whole.v6 || one.v6;
    }
    return whole;
}

}  // namespace

bool Filter::matches(const Socket& socket, const Surroundings& around) const {
    return !root_ || judge(*root_, socket, around) != Verdict::no;
}

bool Filter::needs_holders() const {
    bool needed = false;
    if (root_)
        each_leaf(*root_, [&](const Node& leaf) { needed = needed || leaf.op == Op::process || leaf.op == Op::pid; });
    return needed;
}

KindMask Filter::named_kinds() const {
    KindMask named = 0;
    if (root_)
        each_leaf(*root_, [&](const Node& leaf) {
            if (leaf.op == Op::kind) named |= leaf.mask;
            if (leaf.op == Op::name) named |= bit(Kind::unix_domain);
        });
    return named;
}

Bounds Filter::bounds() const { return root_ ? bounds_of(*root_, false) : Bounds(); }

std::vector<std::uint8_t> Filter::bytecode(const IndexOf& index_of) const {
    return root_ ? compile(*root_, index_of) : std::vector<std::uint8_t>();
}

}  // namespace fid::sockets
