// SPDX-License-Identifier: MIT
#include "probe/sockets.h"

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <random>

namespace fid::probe {
namespace {

using transport::Descriptor;
using transport::SocketAddress;

Nanoseconds clock_now(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return Nanoseconds{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Nothing where it is no time of the next few centuries, which is what fits.
std::optional<Nanoseconds> nanoseconds(const timespec& time) {
    constexpr std::int64_t most_seconds = 9'000'000'000, second = 1'000'000'000;
    if (time.tv_sec < 0 || time.tv_sec > most_seconds || time.tv_nsec < 0 || time.tv_nsec >= second)
        return std::nullopt;
    return Nanoseconds{time.tv_sec} * second + time.tv_nsec;
}

void set_int(int socket, int level, int option, int value) {
    // What an old kernel does not know is only missed in the report.
    setsockopt(socket, level, option, &value, sizeof(value));
}

/// Stamps, hop counts, and room so that a burst of answers is kept.
void ask_for_more(int socket, Family family) {
    constexpr int buffer = 4 << 20U;
    set_int(socket, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    set_int(socket, SOL_SOCKET, SO_RCVBUF, buffer);
    set_int(socket, SOL_SOCKET, SO_RCVBUFFORCE, buffer);
    if (family == Family::v4) {
        set_int(socket, IPPROTO_IP, IP_RECVTTL, 1);
    } else {
        set_int(socket, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
    }
}

/// A raw socket gets every ICMP message of the machine: only echo replies are ours.
void keep_echo_replies(int socket, Family family) {
    if (family == Family::v4) {
        icmp_filter filter{};
        filter.data = ~(1U << ICMP_ECHOREPLY);
        setsockopt(socket, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter));
    } else {
        icmp6_filter filter{};
        ICMP6_FILTER_SETBLOCKALL(&filter);
        ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
        setsockopt(socket, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
    }
}

int domain_of(Family family) { return family == Family::v4 ? AF_INET : AF_INET6; }

Result<void> apply(int socket, Family family, const Settings& settings) {
    keep_errors(socket, family);
    if (settings.hops && !set_hops(socket, family, *settings.hops))
        return fail_errno(Status::usage, "cannot set the time to live to", std::to_string(*settings.hops), errno);
    const std::string& interface = settings.interface;
    if (!interface.empty() && setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(),
                                         static_cast<socklen_t>(interface.size())) != 0)
        return fail_errno(Status::usage, "cannot use the interface", interface, errno);
    if (settings.source && settings.source->family() == family) {
        const SocketAddress place(*settings.source, 0);
        if (bind(socket, place.data(), place.length()) != 0)
            return fail_errno(Status::usage, "cannot send from", settings.source->text(), errno);
    }
    return {};
}

template <class T>
std::optional<T> read_data(const cmsghdr& header) {
    if (header.cmsg_len < CMSG_LEN(sizeof(T))) return std::nullopt;
    T value;
    std::memcpy(&value, CMSG_DATA(&header), sizeof(value));
    return value;
}

/// What an error queue entry says; the offender's address stands behind it.
void read_extended_error(const cmsghdr& header, Ancillary& beside) {
    const auto error = read_data<sock_extended_err>(header);
    if (!error) return;
    beside.error = static_cast<int>(error->ee_errno);
    beside.local = error->ee_origin == SO_EE_ORIGIN_LOCAL;
    const bool v4 = error->ee_origin == SO_EE_ORIGIN_ICMP;
    if (!v4 && error->ee_origin != SO_EE_ORIGIN_ICMP6) return;
    beside.icmp = {v4 ? Family::v4 : Family::v6, error->ee_type, error->ee_code, error->ee_info};
    const std::size_t rest = header.cmsg_len - CMSG_LEN(sizeof(sock_extended_err));
    sockaddr_storage storage{};
    const std::size_t size = v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (rest < size) return;
    std::memcpy(&storage, CMSG_DATA(&header) + sizeof(sock_extended_err), size);
    if (storage.ss_family == (v4 ? AF_INET : AF_INET6))
        beside.offender = SocketAddress(storage, static_cast<socklen_t>(size)).address();
}

}  // namespace

Nanoseconds steady_now() { return clock_now(CLOCK_MONOTONIC); }
Nanoseconds wall_now() { return clock_now(CLOCK_REALTIME); }

bool set_hops(int socket, Family family, std::uint8_t hops) {
    const int value = hops;
    return setsockopt(socket, family == Family::v4 ? IPPROTO_IP : IPPROTO_IPV6,
                      family == Family::v4 ? IP_TTL : IPV6_UNICAST_HOPS, &value, sizeof(value)) == 0;
}

std::size_t most_sockets() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 512;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    constexpr rlim_t reserve = 32, enough = 20000;
    return static_cast<std::size_t>(std::clamp<rlim_t>(limit.rlim_cur, reserve + 1, enough + reserve) - reserve);
}

void keep_errors(int socket, Family family) {
    set_int(socket, family == Family::v4 ? IPPROTO_IP : IPPROTO_IPV6, family == Family::v4 ? IP_RECVERR : IPV6_RECVERR,
            1);
}

Result<IcmpSocket> open_icmp(Family family, const Settings& settings) {
    const int protocol = family == Family::v4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
    constexpr int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
    IcmpSocket result;
    result.descriptor = Descriptor(socket(domain_of(family), SOCK_DGRAM | flags, protocol));
    if (!result.descriptor.valid() && (errno == EACCES || errno == EPERM || errno == EPROTONOSUPPORT)) {
        result.descriptor = Descriptor(socket(domain_of(family), SOCK_RAW | flags, protocol));
        result.raw = true;
    }
    if (!result.descriptor.valid()) {
        auto error = fail_errno(Status::cannot_connect, "cannot open", "an ICMP socket", errno);
        if (errno == EACCES || errno == EPERM)
            error.error().hint =
                "let your group ping with sysctl net.ipv4.ping_group_range=\"0 2147483647\", or try "
                "--tcp PORT or --udp PORT, which need no right";
        return error;
    }
    const int descriptor = result.descriptor.get();
    ask_for_more(descriptor, family);
    if (const auto applied = apply(descriptor, family, settings); !applied) return std::unexpected(applied.error());
    if (result.raw) {
        keep_echo_replies(descriptor, family);
        result.identifier = static_cast<std::uint16_t>(std::random_device()());
    }
    return result;
}

Result<Descriptor> open_plain(Family family, int type, const Settings& settings) {
    Descriptor result(socket(domain_of(family), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!result.valid()) return fail_errno(Status::cannot_connect, "cannot open", "a socket", errno);
    if (type == SOCK_DGRAM) ask_for_more(result.get(), family);
    if (const auto applied = apply(result.get(), family, settings); !applied) return std::unexpected(applied.error());
    return result;
}

Ancillary read_ancillary(const msghdr& message) {
    Ancillary beside;
    // CMSG_NXTHDR wants a pointer to what it does not change.
    msghdr copy = message;
    for (cmsghdr* header = CMSG_FIRSTHDR(&copy); header != nullptr; header = CMSG_NXTHDR(&copy, header)) {
        // The kernel's own lengths are right; a cut buffer may hold less than the last one says.
        const auto* end = static_cast<const char*>(copy.msg_control) + copy.msg_controllen;
        if (header->cmsg_len < sizeof(cmsghdr) ||
            header->cmsg_len > static_cast<std::size_t>(end - reinterpret_cast<const char*>(header)))
            break;
        const auto is = [header](int level, int type) {
            return header->cmsg_level == level && header->cmsg_type == type;
        };
        if (is(SOL_SOCKET, SCM_TIMESTAMPNS)) {
            if (const auto time = read_data<timespec>(*header)) beside.stamp = nanoseconds(*time);
        } else if (is(IPPROTO_IP, IP_TTL) || is(IPPROTO_IPV6, IPV6_HOPLIMIT)) {
            if (const auto hops = read_data<int>(*header); hops && *hops >= 0 && *hops <= 255)
                beside.hops = static_cast<unsigned>(*hops);
        } else if (is(IPPROTO_IP, IP_RECVERR) || is(IPPROTO_IPV6, IPV6_RECVERR)) {
            read_extended_error(*header, beside);
        }
    }
    return beside;
}

Receiver::Receiver()
    : bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(batch * room)), places_(batch), headers_(batch) {}

const Received* Receiver::next(int socket, Queue queue) {
    if (at_ == count_) {
        if (drained_ && count_ != 0) {
            drained_ = false;
            count_ = at_ = 0;
            return nullptr;
        }
        for (std::size_t i = 0; i < batch; ++i) {
            Place& place = places_[i];
            place.vector = {bytes_.get() + i * room, room};
            headers_[i].msg_hdr = {
                &place.peer, sizeof(place.peer), &place.vector, 1, place.control.data(), place.control.size(), 0};
        }
        const int flags = MSG_DONTWAIT | (queue == Queue::errors ? MSG_ERRQUEUE : 0);
        int received = recvmmsg(socket, headers_.data(), batch, flags, nullptr);
        // An error of an earlier probe may be told here instead; it is in the error queue as well.
        if (received < 0 && errno != EAGAIN) received = recvmmsg(socket, headers_.data(), batch, flags, nullptr);
        at_ = 0;
        count_ = received > 0 ? static_cast<std::size_t>(received) : 0;
        drained_ = count_ < batch;
        if (count_ == 0) return nullptr;
    }
    const mmsghdr& header = headers_[at_];
    const Place& place = places_[at_];
    ++at_;
    received_.peer = SocketAddress(place.peer, header.msg_hdr.msg_namelen);
    received_.bytes = {static_cast<const std::uint8_t*>(place.vector.iov_base), header.msg_len};
    received_.beside = read_ancillary(header.msg_hdr);
    return &received_;
}

Nanoseconds round_trip(const SentAt& sent, const std::optional<Nanoseconds>& stamp) {
    const Nanoseconds elapsed = steady_now() - sent.steady;
    if (!stamp) return elapsed;
    const Nanoseconds by_kernel = *stamp - sent.wall;
    // It cannot have taken longer than until now; a clock that was set meanwhile says so.
    return by_kernel >= 0 && by_kernel <= elapsed + 1'000'000 ? by_kernel : elapsed;
}

}  // namespace fid::probe
