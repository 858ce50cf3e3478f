// SPDX-License-Identifier: MIT
#include "sockets/filter_values.h"

#include <pwd.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "address/service.h"
#include "report/suggest.h"
#include "transport/lookup.h"

namespace fid::sockets {
namespace {

constexpr std::uint64_t highest_number = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t highest_port = 0xffff;

std::unexpected<Error> bad(std::string cause, std::string hint = {}) {
    return fail(Status::usage, "bad filter", {}, std::move(cause), std::move(hint));
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> port_number(std::string_view text) {
    if (const auto number = whole_number(text)) return *number <= highest_port ? number : std::nullopt;
    if (const auto port = service_port(text, Transport::tcp)) return *port;
    if (const auto port = service_port(text, Transport::udp)) return *port;
    return std::nullopt;
}

Node everything() { return {.op = Op::state, .mask = every_state}; }

/// Both of them, on the same side: an address and its port.
Node place(const Range& range, const Node& port, Side side) {
    if (side == Side::either) {
        Node any{.op = Op::any_of};
        any.children.push_back(place(range, port, Side::local));
        any.children.push_back(place(range, port, Side::peer));
        return any;
    }
    Node all{.op = Op::all_of};
    all.children.push_back({.op = Op::address, .side = side, .range = range});
    all.children.push_back(port);
    all.children.back().side = side;
    return all;
}

/// "10/8" and "192.168/16", as ss and pcap-filter take them.
std::optional<Range> short_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view head = text.substr(0, slash);
    if (slash == std::string_view::npos || head.empty() ||
        head.find_first_not_of("0123456789.") != std::string_view::npos)
        return std::nullopt;
    std::string whole(head);
    for (auto dots = std::ranges::count(head, '.'); dots < 3; ++dots) whole += ".0";
    const auto range = Range::parse(whole + std::string(text.substr(slash)));
    return range ? std::optional(*range) : std::nullopt;
}

std::optional<Range> read_range(std::string_view text) {
    if (const auto network = short_network(text)) return network;
    if (text.find_first_of(".:") == std::string_view::npos) return std::nullopt;
    const auto range = Range::parse(text);
    return range ? std::optional(*range) : std::nullopt;
}

}  // namespace

Result<Node> port_value(std::string_view text, Side side) {
    std::string_view port = text;
    if (port.starts_with(':')) port.remove_prefix(1);
    if (port == "*") return Node{.op = Op::port, .side = side, .low = 0, .high = highest_port};
    Node node{.op = Op::port, .side = side};
    const std::size_t dash = port.find('-');
    if (const auto number = port_number(port)) {
        node.low = node.high = *number;
        return node;
    }
    if (dash != std::string_view::npos) {
        const auto low = port_number(port.substr(0, dash));
        const auto high = port_number(port.substr(dash + 1));
        if (low && high && *low <= *high) {
            node.low = *low;
            node.high = *high;
            return node;
        }
    }
    return bad("'" + std::string(text) + "' is no port", "a number, a range 8000-8100, or a name like https");
}

std::optional<Node> plain_address(std::string_view text, Side side) {
    if (text == "*" || text == "any" || text == "all") return everything();
    if (const auto range = read_range(text)) return Node{.op = Op::address, .side = side, .range = *range};
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        host = text.substr(1, close - 1);
        port = text.substr(close + 1);
        if (port.starts_with('/')) {
            const auto network = read_range(std::string(host) + std::string(port));
            return network ? std::optional(Node{.op = Op::address, .side = side, .range = *network}) : std::nullopt;
        }
    } else if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
        host = text.substr(0, colon);
        port = text.substr(colon);
    }
    const auto range = read_range(host);
    if (!range) return std::nullopt;
    if (port.empty()) return Node{.op = Op::address, .side = side, .range = *range};
    if (!port.starts_with(':')) return std::nullopt;
    const auto number = port_value(port, side);
    return number ? std::optional(place(*range, *number, side)) : std::nullopt;
}

Result<Node> host_value(std::string_view text, Side side) {
    if (text.starts_with(':') && !text.starts_with("::")) return port_value(text, side);
    const bool is_unix = text.starts_with("unix:");
    if (is_unix || text.starts_with('/') || text.starts_with('@')) {
        if (side == Side::peer) return bad("a Unix socket is named on its own side only", "src /run/x.sock");
        return Node{.op = Op::name, .text = std::string(is_unix ? text.substr(5) : text)};
    }
    if (auto address = plain_address(text, side)) return std::move(*address);
    // A name: "example.org" or "example.org:443".
    std::string host(text);
    std::optional<Node> port;
    if (const std::size_t colon = host.find(':'); colon != std::string::npos) {
        auto number = port_value(std::string_view(text).substr(colon), side);
        if (!number) return number;
        port = std::move(*number);
        host.resize(colon);
    }
    const bool name_like = !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '_';
    }) && host.find_first_not_of("0123456789.") != std::string::npos;
    if (!name_like)
        return bad("'" + std::string(text) + "' is no address", "10.0.0.1, 10/8, 2001:db8::/32, [::1]:80, or a name");
    const auto addresses = transport::lookup(host);
    if (!addresses) return std::unexpected(addresses.error());
    Node any{.op = Op::any_of};
    for (const Address& address : *addresses) {
        const Range range{address.family(), address.number(), address.number()};
        any.children.push_back(port ? place(range, *port, side)
                                    : Node{.op = Op::address, .side = side, .range = range});
    }
    return any;
}

Result<Node> user_value(std::string_view text) {
    const std::string name(text);
    if (const passwd* entry = getpwnam(name.c_str()); entry != nullptr)
        return Node{.op = Op::user, .low = entry->pw_uid, .high = entry->pw_uid};
    if (const auto number = whole_number(text)) return Node{.op = Op::user, .low = *number, .high = *number};
    return bad("there is no user '" + name + "'", "a name of this machine, or the number of a user");
}

Result<Node> state_value(std::string_view text) {
    const auto mask = find_states(text);
    if (mask) return Node{.op = Op::state, .mask = *mask};
    std::string hint = report::did_you_mean(text, state_names());
    if (hint.empty()) {
        hint = "the states are:";
        for (const std::string_view name : state_names()) hint += " " + std::string(name);
    }
    return bad("there is no state '" + std::string(text) + "'", std::move(hint));
}

Result<Node> number_value(Op op, std::string_view text) {
    const auto number = whole_number(text);
    if (!number) return bad("'" + std::string(text) + "' is no whole number");
    return Node{.op = op, .low = *number, .high = *number};
}

Node related(Node value, std::string_view relation) {
    Node result = std::move(value);
    if (relation == ">=") result.high = highest_number;
    if (relation == "<=") result.low = 0;
    // Nothing is above the highest number or below 0: an empty range says so.
    if (relation == ">") result.low = result.low == highest_number ? highest_number : result.low + 1;
    if (relation == ">") result.high = highest_number;
    if (relation == "<") {
        const std::uint64_t limit = result.low;
        result.low = limit == 0 ? 1 : 0;
        result.high = limit == 0 ? 0 : limit - 1;
    }
    if (result.op == Op::port) result.high = std::min(result.high, highest_port);
    if (relation != "!=") return result;
    Node negation{.op = Op::negate};
    negation.children.push_back(std::move(result));
    return negation;
}

}  // namespace fid::sockets
