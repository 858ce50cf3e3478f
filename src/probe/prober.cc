// SPDX-License-Identifier: MIT
#include "probe/prober.h"

#include <poll.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

namespace fid::probe {
namespace {

/// As the kernel will write it in answers: with the interface's name as the zone.
Address as_received(const Address& address) {
    if (address.zone().empty()) return address;
    return transport::SocketAddress(address, 0).address().value_or(address);
}

constexpr int buffer_patience_ms = 20;

}  // namespace

TargetTable::TargetTable(std::span<const Target> targets) : targets_(targets) {
    index_.reserve(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i)
        index_.emplace(as_received(targets[i].address), static_cast<std::uint32_t>(i));
}

bool TargetTable::has(Family family) const {
    return std::ranges::any_of(targets_, [family](const Target& one) { return one.address.family() == family; });
}

std::optional<std::uint32_t> TargetTable::find(const Address& address) const {
    const auto found = index_.find(address);
    if (found != index_.end()) return found->second;
    return std::nullopt;
}

int send_datagram(int socket, Bytes bytes, const transport::SocketAddress& to) {
    int error = 0;
    // An ICMP error that arrived for an earlier probe is told once by whatever call comes next.
    for (int attempt = 0; attempt < 3; ++attempt) {
        if (sendto(socket, bytes.data(), bytes.size(), 0, to.data(), to.length()) >= 0) return 0;
        error = errno;
        if (error != EAGAIN && error != ENOBUFS) continue;
        pollfd wanted{socket, POLLOUT, 0};
        poll(&wanted, 1, buffer_patience_ms);
    }
    return error;
}

Answer error_answer(const ProbeMark& probe, const Ancillary& beside, const Address& target) {
    Answer answer{.target = probe.target, .sequence = static_cast<std::uint16_t>(probe.sequence)};
    answer.outcome = Outcome::error;
    answer.stamp = beside.stamp;
    answer.from = beside.offender;
    if (!beside.icmp) {
        answer.error = fail_errno(Status::cannot_connect, {}, {}, beside.error).error().cause;
        return answer;
    }
    answer.error = beside.icmp->name();
    const bool by_itself = beside.offender && beside.offender->without_zone() == target.without_zone();
    if (beside.icmp->is_port_unreachable() && by_itself) answer.outcome = Outcome::refused;
    return answer;
}

Answer error_answer(const ProbeMark& probe, int error) {
    Ancillary beside;
    beside.error = error;
    Answer answer = error_answer(probe, beside, {});
    if (error == EACCES) answer.error += " (a broadcast address, or a firewall rule)";
    return answer;
}

Result<void> watch(int poll, int socket, std::uint32_t events, std::uint64_t tag) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = tag;
    if (epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event) == 0) return {};
    return fail_errno(Status::cannot_connect, "cannot watch", "a socket", errno);
}

}  // namespace fid::probe
