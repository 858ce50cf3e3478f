// SPDX-License-Identifier: MIT
// One socket of this machine as the kernel describes it, whichever way it was asked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "address/address.h"
#include "sockets/tcp_info.h"

namespace fid::sockets {

enum class Kind : std::uint8_t { tcp, udp, raw, unix_domain, netlink, packet };
constexpr unsigned kind_count = 6;

/// The kernel's numbers (net/tcp_states.h), which the other families borrow: an unconnected datagram socket is closed.
enum class State : std::uint8_t {
    established = 1,
    syn_sent,
    syn_received,
    fin_wait_1,
    fin_wait_2,
    time_wait,
    closed,
    close_wait,
    last_ack,
    listen,
    closing,
};

/// Sets of the above, bit 1 << value.
using KindMask = std::uint32_t;
using StateMask = std::uint32_t;
[[nodiscard]] constexpr KindMask bit(Kind kind) { return 1U << static_cast<unsigned>(kind); }
[[nodiscard]] constexpr StateMask bit(State state) { return 1U << static_cast<unsigned>(state); }
constexpr KindMask every_kind = (1U << kind_count) - 1;
constexpr StateMask every_state = 0xffeU;

enum class Timer : std::uint8_t { none, retransmit, keepalive, time_wait, zero_window };

struct Socket {
    Kind kind = Kind::tcp;
    State state = State::closed;
    std::uint8_t type = 0;  ///< SOCK_STREAM, SOCK_DGRAM...: of Unix and packet sockets
    Timer timer = Timer::none;
    std::uint8_t retransmits = 0;
    /// IPv6 only; nothing where the socket is not IPv6 or the kernel did not say.
    std::optional<bool> v6_only;
    std::uint16_t local_port = 0;  ///< of raw sockets the IP protocol, of packet sockets the EtherType
    std::uint16_t peer_port = 0;
    std::uint16_t space = 0;                ///< network namespace: index into Snapshot::spaces
    std::uint32_t interface = 0;            ///< that it is bound to; 0 = any
    std::uint32_t timer_ms = 0;             ///< until the timer fires
    /// Bytes that were not read yet, of a listener connections that were not accepted yet; nothing where /proc does not
    /// tell.
    std::optional<std::uint32_t> recv_queue = {};
    /// Bytes that were not acknowledged yet; of a listener the most connections that may wait.
    std::optional<std::uint32_t> send_queue = {};
    std::optional<std::uint32_t> uid = {};  ///< the owner's
    std::uint64_t inode = 0;                ///< 0 where no process can hold it any more (TIME-WAIT)
    std::uint64_t peer_inode = 0;           ///< Unix
    std::uint64_t cookie = 0;
    Address local, peer;  ///< of TCP, UDP and raw sockets
    std::string name;     ///< Unix: path or "@abstract"; netlink: family and port; may be empty
    std::unique_ptr<const TcpInfo> info;
    std::uint32_t first_holder = 0, holders = 0;  ///< in Snapshot::holders

    [[nodiscard]] bool is_ip() const { return kind == Kind::tcp || kind == Kind::udp || kind == Kind::raw; }
    [[nodiscard]] bool has_ports() const { return kind == Kind::tcp || kind == Kind::udp; }
    /// Does it wait for others to begin: a listener, or an unconnected socket of the kinds that have no such state
    /// (UDP, raw, a Unix datagram socket with a name)?
    [[nodiscard]] bool listens() const;
    [[nodiscard]] bool connected() const { return is_ip() && (peer_port != 0 || peer.number() != 0); }
    /// An IPv6 listener that takes IPv4 as well.
    [[nodiscard]] bool dual_stack() const {
        return is_ip() && !local.is_v4() && local.number() == 0 && v6_only && !*v6_only && !connected();
    }
};

[[nodiscard]] std::string_view kind_name(Kind kind);
/// "unix-stream", "unix-dgram", "unix-seqpacket"; for the other kinds the kind.
[[nodiscard]] std::string_view long_kind_name(const Socket& socket);
[[nodiscard]] std::optional<Kind> find_kind(std::string_view name);
[[nodiscard]] std::span<const std::string_view> kind_names();

/// "established", "time-wait", "listen"; "unconnected" for a closed socket that is not TCP.
[[nodiscard]] std::string_view state_name(Kind kind, State state);
/// A state's name, ss's other names for it, or a group: all, connected, synchronized, bucket, big. Nothing where there
/// is no such state.
[[nodiscard]] std::optional<StateMask> find_states(std::string_view name);
[[nodiscard]] std::span<const std::string_view> state_names();

[[nodiscard]] std::string_view timer_name(Timer timer);

}  // namespace fid::sockets
