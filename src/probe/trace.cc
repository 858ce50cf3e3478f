// SPDX-License-Identifier: MIT
#include "probe/trace.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <random>

#include "probe/prober.h"
#include "probe/tape.h"
#include "probe/udp_payload.h"

namespace fid::probe {
namespace {

using transport::Descriptor;
using transport::SocketAddress;

constexpr Nanoseconds longest_sleep = 500'000'000;

class Tracer {
  public:
    Tracer(const Target& target, const TraceSettings& settings, const std::function<bool()>& stop)
        : target_(target),
          family_(target.address.family()),
          settings_(settings),
          stop_(stop),
          poll_(epoll_create1(EPOLL_CLOEXEC)),
          to_(target.address, settings.probe.port),
          key_((std::uint64_t{std::random_device()()} << 32U) | std::random_device()()),
          tape_(settings.probe),
          probes_(std::size_t{settings.most_hops} * settings.queries),
          end_(probes_.size()) {
        trace_.hops.resize(settings.most_hops);
        for (unsigned i = 0; i < settings.most_hops; ++i) trace_.hops[i].number = i + 1;
    }

    Result<Trace> run() {
        if (!poll_.valid()) return fail_errno(Status::cannot_connect, "cannot open", "an epoll descriptor", errno);
        if (settings_.probe.method == Method::icmp) {
            auto opened = open_icmp(family_, settings_.probe);
            if (!opened) return std::unexpected(opened.error());
            icmp_ = std::move(*opened);
            if (const auto watched = watch(poll_.get(), icmp_.descriptor.get(), EPOLLIN, 0); !watched)
                return std::unexpected(watched.error());
        }
        const Nanoseconds begin = steady_now();
        while (!over() && !(stop_ && stop_())) {
            const auto sent = send_due(begin);
            if (!sent) return std::unexpected(sent.error());
            read_until(wake_at(begin));
        }
        trace_.duration = steady_now() - begin;
        finish();
        return std::move(trace_);
    }

  private:
    struct Probe {
        SentAt sent;
        bool answered = false;
        Descriptor socket;     ///< udp and tcp: each probe has one
        transport::Flow flow;  ///< tcp
    };

    [[nodiscard]] std::size_t hop_of(std::size_t probe) const { return probe / settings_.queries; }
    [[nodiscard]] Nanoseconds due(Nanoseconds begin, std::size_t probe) const {
        return begin + static_cast<Nanoseconds>(static_cast<double>(probe) * 1e9 / settings_.probe.plan.rate);
    }
    /// All probes that matter are sent, and answered or waited for.
    [[nodiscard]] bool over() const {
        if (!trace_.error.empty()) return true;
        if (next_ < end_) return false;
        const Nanoseconds horizon = steady_now() - settings_.probe.plan.wait;
        return std::ranges::all_of(probes_.begin(), probes_.begin() + static_cast<std::ptrdiff_t>(end_),
                                   [horizon](const Probe& one) { return one.answered || one.sent.steady <= horizon; });
    }
    [[nodiscard]] Nanoseconds wake_at(Nanoseconds begin) const {
        if (next_ < end_) return due(begin, next_);
        Nanoseconds at = Schedule::never;
        for (std::size_t i = 0; i < end_; ++i)
            if (!probes_[i].answered) at = std::min(at, probes_[i].sent.steady + settings_.probe.plan.wait);
        return at;
    }

    Result<void> send_due(Nanoseconds begin) {
        while (next_ < end_ && due(begin, next_) <= steady_now()) {
            const std::size_t probe = next_++;
            const auto hops = static_cast<std::uint8_t>(hop_of(probe) + 1);
            const auto sent = settings_.probe.method == Method::icmp ? send_echo(probe, hops) : send_own(probe, hops);
            if (!sent) return sent;
            ++trace_.sent;
            ++trace_.hops[hop_of(probe)].sent;
        }
        return {};
    }

    Result<void> send_echo(std::size_t probe, std::uint8_t hops) {
        const auto sequence = static_cast<std::uint16_t>(probe + 1);
        std::vector<std::uint8_t> message(echo_header_size + settings_.probe.size);
        fill_payload(std::span(message).subspan(echo_header_size), key_, {0, sequence});
        write_echo_request(message, family_, icmp_.identifier, sequence);
        const int socket = icmp_.descriptor.get();
        if (!set_hops(socket, family_, hops)) return fail_errno(Status::cannot_connect, "cannot set", "hops", errno);
        probes_[probe].sent = now();
        const int error = send_datagram(socket, message, SocketAddress(target_.address, 0));
        if (error == 0) tape_.sent(socket, target_.address, message, hops);
        note(error);
        return {};
    }

    /// UDP and TCP: the socket's port is what tells the probes apart.
    Result<void> send_own(std::size_t probe, std::uint8_t hops) {
        const bool udp = settings_.probe.method == Method::udp;
        auto opened = open_plain(family_, udp ? SOCK_DGRAM : SOCK_STREAM, settings_.probe);
        if (!opened) return std::unexpected(opened.error());
        Descriptor& socket = probes_[probe].socket = std::move(*opened);
        if (!set_hops(socket.get(), family_, hops))
            return fail_errno(Status::cannot_connect, "cannot set", "hops", errno);
        if (const auto watched = watch(poll_.get(), socket.get(), udp ? EPOLLIN : EPOLLOUT, probe); !watched)
            return watched;
        const linger at_once{1, 0};
        if (!udp) setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        const auto payload = udp_payload(udp_service(settings_.probe.port), settings_.probe.size, key_, {0, probe});
        probes_[probe].sent = now();
        int error = connect(socket.get(), to_.data(), to_.length()) == 0 ? 0 : errno;
        if (error == 0 && udp && ::send(socket.get(), payload.data(), payload.size(), 0) < 0) error = errno;
        if (!udp) probes_[probe].flow = tape_.attempt(socket.get(), target_.address, hops);
        if (udp) {
            if (error == 0) tape_.sent(socket.get(), target_.address, payload, hops);
            note(error);
        } else if (error != EINPROGRESS) {
            settle_tcp(probe, socket.get(), error);  // on this machine it may be decided at once
            if (!probes_[probe].answered) note(error);
        }
        return {};
    }

    /// What the system refuses to send it refuses for every distance.
    void note(int error) {
        if (error != 0) trace_.error = error_answer({}, error).error;
    }

    void read_until(Nanoseconds wake) {
        const Nanoseconds at = steady_now();
        const Nanoseconds sleep = std::min(std::max(wake, at) - at, longest_sleep);
        const timespec timeout{sleep / 1'000'000'000, sleep % 1'000'000'000};
        const int count =
            epoll_pwait2(poll_.get(), events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
        for (int i = 0; i < count; ++i) {
            const std::size_t probe = events_[static_cast<std::size_t>(i)].data.u64;
            if (settings_.probe.method == Method::icmp) {
                read_icmp();
            } else if (settings_.probe.method == Method::udp) {
                read_udp(probe);
            } else {
                read_tcp(probe);
            }
        }
    }

    void read_icmp() {
        const int socket = icmp_.descriptor.get();
        const auto ours = [this](const Echo& echo) { return !icmp_.raw || echo.identifier == icmp_.identifier; };
        while (const Received* one = receiver_.next(socket, Receiver::Queue::errors)) {
            const auto quoted = read_quoted_request(one->bytes, family_);
            if (!quoted || !ours(*quoted) || one->peer.address() != to_.address()) continue;
            tape_.error(socket, target_.address, *one);
            take_error(std::size_t{quoted->sequence} - 1, one->beside);
        }
        while (const Received* one = receiver_.next(socket, Receiver::Queue::packets)) {
            const auto echo = read_echo_reply(one->bytes, family_, icmp_.raw && family_ == Family::v4);
            if (!echo || !ours(*echo)) continue;
            const auto from = one->peer.address();
            if (from) tape_.received(socket, *from, echo->message);
            const bool expected = from == to_.address() || read_mark(echo->payload, key_).has_value();
            if (from && expected) take(std::size_t{echo->sequence} - 1, *from, one->beside.stamp, true, {});
        }
    }

    void read_udp(std::size_t probe) {
        const int socket = probes_[probe].socket.get();
        read_errors(probe, socket);
        while (const Received* one = receiver_.next(socket, Receiver::Queue::packets)) {
            const auto from = one->peer.address();
            if (!from) continue;
            tape_.received(socket, *from, one->bytes);
            take(probe, *from, one->beside.stamp, true, {});
        }
    }

    void read_tcp(std::size_t probe) {
        const Descriptor socket = std::move(probes_[probe].socket);
        if (!socket.valid()) return;
        int error = 0;
        socklen_t size = sizeof(error);
        getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        settle_tcp(probe, socket.get(), error);
    }

    /// What became of a connection attempt, and who said so: a router's error is in the queue.
    void settle_tcp(std::size_t probe, int socket, int error) {
        Tape::settle(probes_[probe].flow, error);
        read_errors(probe, socket);
        if (error == 0 || error == ECONNREFUSED) take(probe, target_.address, {}, true, {});
    }

    void read_errors(std::size_t probe, int socket) {
        while (const Received* one = receiver_.next(socket, Receiver::Queue::errors)) {
            tape_.error(socket, target_.address, *one);
            take_error(probe, one->beside);
        }
    }

    void take_error(std::size_t probe, const Ancillary& beside) {
        if (!beside.icmp || !beside.offender) return;
        const bool is_target = beside.offender->without_zone() == target_.address.without_zone();
        const bool closed = beside.icmp->is_port_unreachable() && is_target;
        const bool on_the_way = beside.icmp->is_time_exceeded();
        take(probe, *beside.offender, beside.stamp, closed, closed || on_the_way ? std::string() : beside.icmp->name());
    }

    void take(std::size_t probe, const Address& from, const std::optional<Nanoseconds>& stamp, bool reached,
              std::string error) {
        if (probe >= next_ || probes_[probe].answered) return;
        probes_[probe].answered = true;
        const Nanoseconds time = round_trip(probes_[probe].sent, stamp);
        Hop& hop = trace_.hops[hop_of(probe)];
        auto host = std::ranges::find(hop.hosts, from, &HopHost::address);
        if (host == hop.hosts.end()) host = hop.hosts.insert(hop.hosts.end(), HopHost{.address = from});
        host->times.push_back(time);
        // Whether it was reached or is beyond reach: nothing farther away is of interest.
        const bool final = reached || !error.empty();
        if (reached) host->is_target = true;
        if (!error.empty()) host->error = std::move(error);
        if (final) end_ = std::min(end_, (hop_of(probe) + 1) * settings_.queries);
    }

    /// Leaves the hops that matter.
    void finish() {
        std::size_t keep = end_ / settings_.queries;
        const bool decided =
            end_ < probes_.size() ||
            std::ranges::any_of(trace_.hops.back().hosts, [](const HopHost& one) { return one.is_target; });
        if (!decided) {
            while (keep != 0 && trace_.hops[keep - 1].hosts.empty()) --keep;
        }
        trace_.hops.resize(keep);
        for (const Hop& hop : trace_.hops)
            trace_.reached = trace_.reached || std::ranges::any_of(hop.hosts, &HopHost::is_target);
    }

    const Target& target_;
    Family family_;
    const TraceSettings& settings_;
    const std::function<bool()>& stop_;
    Descriptor poll_;
    SocketAddress to_;
    std::uint64_t key_;
    Tape tape_;
    IcmpSocket icmp_;
    std::vector<Probe> probes_;  ///< by distance, then by query
    std::size_t end_;            ///< probes from here on are of no interest
    std::size_t next_ = 0;       ///< to send
    Trace trace_;
    Receiver receiver_;
    std::array<epoll_event, 64> events_{};
};

}  // namespace

unsigned Hop::answered() const {
    std::size_t count = 0;
    for (const HopHost& host : hosts) count += host.times.size();
    return static_cast<unsigned>(count);
}

Result<Trace> trace(const Target& target, const TraceSettings& settings, const std::function<bool()>& stop) {
    return Tracer(target, settings, stop).run();
}

}  // namespace fid::probe
