// SPDX-License-Identifier: MIT
#include "probe/tape.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>

#include "transport/synthesis.h"

namespace fid::probe {
namespace {

using transport::Ends;
using transport::Flow;
using transport::FlowKind;
using transport::PacketHead;
using transport::SocketAddress;

constexpr std::size_t identifier_at = 4;
constexpr std::size_t icmp_error_header = 8;  // type, code, checksum, four bytes of which the last may be an MTU

bool is_ping_socket(int socket) {
    int type = 0;
    socklen_t size = sizeof(type);
    return getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM;
}

void append(std::vector<std::uint8_t>& out, Bytes bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void append(std::vector<std::uint8_t>& out, const PacketHead& head, Bytes payload) {
    append(out, head.bytes());
    append(out, payload);
}

std::vector<std::uint8_t> error_header(const IcmpError& error) {
    std::vector<std::uint8_t> header(icmp_error_header);
    header[0] = error.type;
    header[1] = error.code;
    for (std::size_t i = 0; i < sizeof(error.mtu); ++i)
        header[icmp_error_header - 1 - i] = static_cast<std::uint8_t>(error.mtu >> (8 * i));
    return header;
}

}  // namespace

Tape::Tape(const Settings& settings) : recorder_(settings.recorder), settings_(settings) {}

SocketAddress Tape::local_of(int socket, const Address& target) {
    const SocketAddress bound = SocketAddress::local_of(socket);
    auto found = sources_.find(target);
    if (found == sources_.end()) {
        // A socket for all targets has no address of its own; the route to this one says which it sends from.
        const auto route = open_plain(target.family(), SOCK_DGRAM, settings_);
        const SocketAddress there(target, 9);
        Address source = target.is_v4() ? Address::v4(0) : Address::v6(0);
        if (route && connect(route->get(), there.data(), there.length()) == 0)
            source = SocketAddress::local_of(route->get()).address().value_or(source);
        found = sources_.emplace(target, source).first;
    }
    return {found->second, settings_.method == Method::icmp ? std::uint16_t{0} : bound.port()};
}

Flow& Tape::flow(int socket, const Address& target, std::uint8_t hops) {
    const SocketAddress local = local_of(socket, target);
    const Key key(target, hops, local.port());
    auto found = flows_.find(key);
    if (found == flows_.end()) {
        const bool icmp = settings_.method == Method::icmp;
        const std::uint8_t real = hops != 0 ? hops : settings_.hops.value_or(transport::usual_hops);
        Flow opened = recorder_->open(local, SocketAddress(target, icmp ? 0 : settings_.port),
                                      icmp ? FlowKind::icmp : FlowKind::datagram, {}, real);
        found = flows_.emplace(key, std::move(opened)).first;
    }
    return found->second;
}

Bytes Tape::with_identifier(int socket, Bytes message) {
    if (settings_.method != Method::icmp || message.size() < echo_header_size || !is_ping_socket(socket))
        return message;
    const std::uint16_t identifier = SocketAddress::local_of(socket).port();
    scratch_.assign(message.begin(), message.end());
    scratch_[identifier_at] = static_cast<std::uint8_t>(identifier >> 8U);
    scratch_[identifier_at + 1] = static_cast<std::uint8_t>(identifier);
    return scratch_;
}

void Tape::sent(int socket, const Address& target, Bytes bytes, std::uint8_t hops) {
    if (recorder_ != nullptr) flow(socket, target, hops).sent(with_identifier(socket, bytes));
}

void Tape::received(int socket, const Address& from, Bytes bytes) {
    if (recorder_ != nullptr) flow(socket, from, 0).received(bytes);
}

void Tape::error(int socket, const Address& target, const Received& received) {
    const Ancillary& beside = received.beside;
    if (recorder_ == nullptr || !beside.icmp || !beside.offender) return;
    const SocketAddress local = local_of(socket, target);
    Ends ends;
    ends.source = local.address().value_or(Address());
    ends.destination = target.without_zone();
    ends.source_port = local.port();
    ends.destination_port = settings_.port;
    std::vector<std::uint8_t> message = error_header(*beside.icmp);
    if (settings_.method == Method::icmp) {
        if (received.bytes.size() < echo_header_size) return;
        append(message, transport::icmp_head(ends, received.bytes), received.bytes.subspan(transport::icmp_in_head));
    } else if (settings_.method == Method::udp) {
        append(message, transport::udp_head(ends, received.bytes), received.bytes);
    } else {
        const transport::TcpSegment attempt{.flags = transport::TcpSegment::syn};
        append(message, transport::tcp_head(ends, attempt, {}), {});
    }
    Flow complaint = recorder_->open(SocketAddress(ends.source, 0), SocketAddress(*beside.offender, 0), FlowKind::icmp);
    complaint.received(message);
}

Flow Tape::attempt(int socket, const Address& target, std::uint8_t hops) {
    if (recorder_ == nullptr) return {};
    const std::uint8_t real = hops != 0 ? hops : settings_.hops.value_or(transport::usual_hops);
    Flow flow =
        recorder_->open(local_of(socket, target), SocketAddress(target, settings_.port), FlowKind::stream, {}, real);
    flow.connecting();
    return flow;
}

void Tape::settle(Flow& flow, int error) {
    if (!flow) return;
    if (error == ECONNREFUSED) flow.refused();
    if (error != 0) return;
    flow.connected();
    flow.reset_by_us();
}

}  // namespace fid::probe
