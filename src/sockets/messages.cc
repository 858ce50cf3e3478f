// SPDX-License-Identifier: MIT
#include "sockets/messages.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace fid::sockets {
namespace {

constexpr std::size_t aligned(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

/// The structure at the start of the bytes; nothing where they are too few.
template <class T>
std::optional<T> read_as(Bytes bytes) {
    if (bytes.size() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
}

template <class T>
Bytes behind(Bytes bytes) {
    return bytes.subspan(std::min(bytes.size(), aligned(sizeof(T))));
}

std::uint64_t cookie_of(const std::uint32_t (&halves)[2]) {
    return halves[0] | (static_cast<std::uint64_t>(halves[1]) << 32U);
}

Address address_of(std::uint8_t family, const std::uint32_t (&words)[4]) {
    if (family == AF_INET) return Address::v4(ntohl(words[0]));
    std::array<std::uint8_t, 16> bytes;
    std::memcpy(bytes.data(), words, bytes.size());
    return Address::from_bytes(std::span<const std::uint8_t, 16>(bytes));
}

State state_of(std::uint8_t number) {
    // A request that waits for its ACK is told as SYN-RECV or, by newer kernels, by a number of its own.
    constexpr std::uint8_t new_syn_received = 12;
    if (number == new_syn_received) return State::syn_received;
    return number >= 1 && number < new_syn_received ? static_cast<State>(number) : State::closed;
}

void read_inet_attributes(Bytes rest, Socket& socket) {
    std::string congestion;
    std::optional<TcpInfo> info;
    for (Attribute attribute; next_attribute(rest, attribute);) {
        switch (attribute.type) {
            case INET_DIAG_SKV6ONLY:
                if (!attribute.value.empty()) socket.v6_only = attribute.value[0] != 0;
                break;
            case INET_DIAG_INFO:
                info = TcpInfo::read(attribute.value);
                break;
            case INET_DIAG_CONG: {
                const std::string_view name = as_text(attribute.value);
                congestion = name.substr(0, name.find('\0'));
                break;
            }
            default:
                break;
        }
    }
    if (!info) return;
    info->congestion = std::move(congestion);
    socket.info = std::make_unique<const TcpInfo>(std::move(*info));
}

std::optional<Socket> read_inet(Kind kind, Bytes payload) {
    const auto message = read_as<inet_diag_msg>(payload);
    if (!message || (message->idiag_family != AF_INET && message->idiag_family != AF_INET6)) return std::nullopt;
    Socket socket;
    socket.kind = kind;
    socket.state = state_of(message->idiag_state);
    socket.timer = message->idiag_timer <= 4 ? static_cast<Timer>(message->idiag_timer) : Timer::none;
    socket.timer_ms = socket.timer == Timer::none ? 0 : message->idiag_expires;
    socket.retransmits = message->idiag_retrans;
    socket.local_port = ntohs(message->id.idiag_sport);
    socket.peer_port = ntohs(message->id.idiag_dport);
    socket.local = address_of(message->idiag_family, message->id.idiag_src);
    socket.peer = address_of(message->idiag_family, message->id.idiag_dst);
    socket.interface = message->id.idiag_if;
    socket.recv_queue = message->idiag_rqueue;
    socket.send_queue = message->idiag_wqueue;
    socket.inode = message->idiag_inode;
    // Without an inode there is no owner any more (or not yet), and the kernel writes 0, which would be root.
    if (socket.inode != 0) socket.uid = message->idiag_uid;
    socket.cookie = cookie_of(message->id.idiag_cookie);
    read_inet_attributes(behind<inet_diag_msg>(payload), socket);
    return socket;
}

std::optional<Socket> read_unix(Bytes payload) {
    const auto message = read_as<unix_diag_msg>(payload);
    if (!message || message->udiag_family != AF_UNIX) return std::nullopt;
    Socket socket;
    socket.kind = Kind::unix_domain;
    socket.state = state_of(message->udiag_state);
    socket.type = message->udiag_type;
    socket.inode = message->udiag_ino;
    socket.cookie = cookie_of(message->udiag_cookie);
    Bytes rest = behind<unix_diag_msg>(payload);
    for (Attribute attribute; next_attribute(rest, attribute);) {
        if (attribute.type == UNIX_DIAG_NAME && !attribute.value.empty()) {
            const std::string_view name = as_text(attribute.value);
            if (name.front() == '\0')
                socket.name = "@" + std::string(name.substr(1));
            else
                socket.name = name.substr(0, name.find('\0'));
        } else if (attribute.type == UNIX_DIAG_PEER) {
            socket.peer_inode = read_as<std::uint32_t>(attribute.value).value_or(0);
        } else if (attribute.type == UNIX_DIAG_UID) {
            socket.uid = read_as<std::uint32_t>(attribute.value);
        } else if (attribute.type == UNIX_DIAG_RQLEN) {
            const auto lengths = read_as<unix_diag_rqlen>(attribute.value).value_or(unix_diag_rqlen{});
            socket.recv_queue = lengths.udiag_rqueue;
            socket.send_queue = lengths.udiag_wqueue;
        }
    }
    return socket;
}

/// The queues from an array of SK_MEMINFO_VARS numbers: received bytes first, sent bytes third.
void read_memory(Bytes value, Socket& socket) {
    struct Memory {
        std::uint32_t received, receive_limit, sent;
    };
    const auto memory = read_as<Memory>(value).value_or(Memory{});
    socket.recv_queue = memory.received;
    socket.send_queue = memory.sent;
}

std::optional<Socket> read_netlink(Bytes payload) {
    const auto message = read_as<netlink_diag_msg>(payload);
    if (!message || message->ndiag_family != AF_NETLINK) return std::nullopt;
    Socket socket;
    socket.kind = Kind::netlink;
    socket.type = message->ndiag_type;
    socket.inode = message->ndiag_ino;
    socket.cookie = cookie_of(message->ndiag_cookie);
    socket.name = netlink_name(message->ndiag_protocol, message->ndiag_portid);
    Bytes rest = behind<netlink_diag_msg>(payload);
    for (Attribute attribute; next_attribute(rest, attribute);)
        if (attribute.type == NETLINK_DIAG_MEMINFO) read_memory(attribute.value, socket);
    return socket;
}

std::optional<Socket> read_packet(Bytes payload) {
    const auto message = read_as<packet_diag_msg>(payload);
    if (!message || message->pdiag_family != AF_PACKET) return std::nullopt;
    Socket socket;
    socket.kind = Kind::packet;
    socket.type = message->pdiag_type;
    socket.local_port = message->pdiag_num;
    socket.inode = message->pdiag_ino;
    socket.cookie = cookie_of(message->pdiag_cookie);
    Bytes rest = behind<packet_diag_msg>(payload);
    for (Attribute attribute; next_attribute(rest, attribute);) {
        if (attribute.type == PACKET_DIAG_INFO)
            socket.interface = read_as<packet_diag_info>(attribute.value).value_or(packet_diag_info{}).pdi_index;
        else if (attribute.type == PACKET_DIAG_UID)
            socket.uid = read_as<std::uint32_t>(attribute.value);
        else if (attribute.type == PACKET_DIAG_MEMINFO)
            read_memory(attribute.value, socket);
    }
    return socket;
}

}  // namespace

bool next_message(Bytes& rest, Message& message) {
    const auto header = read_as<nlmsghdr>(rest);
    if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > rest.size()) return false;
    message.type = header->nlmsg_type;
    message.flags = header->nlmsg_flags;
    message.payload = rest.subspan(sizeof(nlmsghdr), header->nlmsg_len - sizeof(nlmsghdr));
    rest = rest.subspan(std::min(rest.size(), aligned(header->nlmsg_len)));
    return true;
}

bool next_attribute(Bytes& rest, Attribute& attribute) {
    const auto header = read_as<nlattr>(rest);
    if (!header || header->nla_len < sizeof(nlattr) || header->nla_len > rest.size()) return false;
    attribute.type = header->nla_type & static_cast<std::uint16_t>(NLA_TYPE_MASK);
    attribute.value = rest.subspan(sizeof(nlattr), header->nla_len - sizeof(nlattr));
    rest = rest.subspan(std::min(rest.size(), aligned(header->nla_len)));
    return true;
}

std::optional<Socket> read_answer(Kind kind, Bytes payload) {
    switch (kind) {
        case Kind::unix_domain:
            return read_unix(payload);
        case Kind::netlink:
            return read_netlink(payload);
        case Kind::packet:
            return read_packet(payload);
        default:
            return read_inet(kind, payload);
    }
}

std::string netlink_name(unsigned protocol, std::uint32_t port) {
    static constexpr std::array<std::string_view, 22> names{
        "route",   "",      "usersock",   "firewall",  "sock-diag", "nflog", "xfrm",    "selinux",
        "iscsi",   "audit", "fib-lookup", "connector", "netfilter", "",      "dnrtmsg", "uevent",
        "generic", "",      "scsi",       "ecryptfs",  "rdma",      "crypto"};
    const std::string_view known = protocol < names.size() ? names[protocol] : "";
    const std::string family = known.empty() ? std::to_string(protocol) : std::string(known);
    return family + ":" + (port == 0 ? std::string("kernel") : std::to_string(port));
}

}  // namespace fid::sockets
