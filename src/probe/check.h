// SPDX-License-Identifier: MIT
// Which ports are open: connections, or datagrams that a service would answer, to many ports of many hosts at once.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "address/prefix.h"
#include "address/service.h"
#include "probe/statistics.h"
#include "transport/dial.h"

namespace fid::probe {

/// One host, or every address of a range.
struct CheckTarget {
    std::string name;  ///< as the user wrote it; of a range "": its addresses are called what they are
    /// Of a host: tried one after another until the port is open, as one who connects would do. Empty: `range`.
    std::vector<Address> addresses;
    Range range = {};
    Transport transport = Transport::tcp;
    std::span<const std::uint16_t> ports;

    [[nodiscard]] Uint128 hosts() const { return addresses.empty() ? range.last - range.first + 1 : 1; }
};

/// What is known at the end. Better is higher: the best of a host's addresses counts.
enum class PortState : std::uint8_t {
    unreachable,       ///< there is no way to the host, or our own system would not send
    filtered,          ///< no answer, or somebody on the way refused in the host's name
    closed,            ///< the host itself refused
    open_or_filtered,  ///< UDP: no answer, which many services give to what they do not understand
    open,              ///< connected; UDP: answered
};
[[nodiscard]] std::string_view name_of(PortState state);

struct PortResult {
    std::string host;  ///< as the user wrote it, or the address
    Address address;
    std::uint16_t port = 0;
    Transport transport = Transport::tcp;
    PortState state = PortState::unreachable;
    std::optional<Nanoseconds> rtt = {};  ///< until connected, answered or refused
    std::string banner = {};              ///< what the service said first, up to most_banner bytes
    std::string error = {};               ///< what the system or an ICMP message said, and who sent it
};

struct CheckSettings {
    transport::SocketOptions socket;
    Nanoseconds timeout = 3'000'000'000;    ///< for each address
    Nanoseconds banner_wait = 300'000'000;  ///< for what an open TCP port says by itself; 0 = do not wait
    std::size_t parallel = 500;             ///< at most; the limit of descriptors counts too
    double rate = 0;                        ///< attempts a second; 0 = as fast as they come
};

struct CheckWatcher {
    /// In the order of the targets and their ports, each as soon as all before it are known.
    std::function<void(const PortResult&)> on_result;
    /// Nothing is at hand; what was gathered for the user should be shown.
    std::function<void()> before_wait = {};
    /// Asked at least twice a second: true ends the run.
    std::function<bool()> stop = {};
};

constexpr std::size_t most_banner = 1024;
/// A UDP port is asked so often before its silence counts: datagrams get lost, and hosts limit how many they refuse.
constexpr unsigned udp_attempts = 3;

/// Checks every port of every target. An error is one of all attempts: no such interface, no socket to be had.
[[nodiscard]] Result<void> check_ports(std::span<const CheckTarget> targets, const CheckSettings& settings,
                                       const CheckWatcher& watcher);

}  // namespace fid::probe
