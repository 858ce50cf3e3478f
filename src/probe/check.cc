// SPDX-License-Identifier: MIT
#include "probe/check.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <queue>

#include "probe/prober.h"
#include "probe/sockets.h"
#include "probe/udp_question.h"
#include "transport/socket_options.h"

namespace fid::probe {
namespace {

using transport::Descriptor;
using transport::SocketAddress;

/// Attempts begun before the answers to earlier ones are looked at: few enough that times stay true.
constexpr std::size_t burst = 16;
/// Results that wait for one before them; beyond that no new attempt is begun.
constexpr std::size_t most_held = 65536;
constexpr Nanoseconds longest_wait = 500'000'000;

/// Hands out the ports of all targets, one after another, without ever listing them.
class Jobs {
  public:
    struct Job {
        const CheckTarget* target = nullptr;
        Address address;  ///< the first where there are several
        std::uint16_t port = 0;
    };

    explicit Jobs(std::span<const CheckTarget> targets) : targets_(targets) { skip_empty(); }
    [[nodiscard]] bool done() const { return target_ == targets_.size(); }
    Job next() {
        const CheckTarget& target = targets_[target_];
        const bool named = !target.addresses.empty();
        const Job job{
            .target = &target,
            .address = named ? target.addresses.front() : Address(target.range.family, target.range.first + host_),
            .port = target.ports[port_]};
        if (++port_ == target.ports.size()) {
            port_ = 0;
            if (++host_ == target.hosts()) {
                host_ = 0;
                ++target_;
                skip_empty();
            }
        }
        return job;
    }

  private:
    void skip_empty() {
        while (!done() && targets_[target_].ports.empty()) ++target_;
    }
    std::span<const CheckTarget> targets_;
    std::size_t target_ = 0, port_ = 0;
    Uint128 host_ = 0;
};

/// A port on its way.
struct Slot {
    enum class Stage : std::uint8_t { idle, connecting, listening, asking };
    Stage stage = Stage::idle;
    Descriptor socket;
    Jobs::Job job;
    std::uint64_t number = 0;  ///< place of its result among all
    std::size_t address = 0;   ///< which of the target's
    unsigned asked = 0;        ///< UDP: datagrams sent
    Nanoseconds begun = 0;
    Nanoseconds wake = 0;            ///< when something is to be done, whatever comes
    PortResult result;               ///< of this address
    std::optional<PortResult> best;  ///< of the addresses before it
};

class Checker {
  public:
    Checker(std::span<const CheckTarget> targets, const CheckSettings& settings, const CheckWatcher& watcher)
        : jobs_(targets), settings_(settings), watcher_(watcher) {
        slots_.resize(std::clamp<std::size_t>(settings.parallel, 1, most_sockets()));
        for (std::size_t i = slots_.size(); i > 0; --i) free_.push_back(static_cast<std::uint32_t>(i - 1));
        if (settings.rate > 0) period_ = static_cast<Nanoseconds>(1e9 / settings.rate);
    }

    Result<void> run() {
        if (!poll_.valid()) return fail_errno(Status::cannot_connect, "cannot wait for", "sockets", errno);
        while (!failure_ && !(watcher_.stop && watcher_.stop())) {
            begin_some();
            tell();
            if (free_.size() == slots_.size() && jobs_.done()) break;
            wait();
            expire();
        }
        if (failure_) return std::unexpected(*failure_);
        // Of a run that was stopped: what is known, although something before it is not.
        for (const auto& result : results_)
            if (result) watcher_.on_result(*result);
        return {};
    }

  private:
    struct Wake {
        Nanoseconds at;
        std::uint32_t slot;
        friend bool operator>(const Wake& a, const Wake& b) { return a.at > b.at; }
    };

    [[nodiscard]] bool may_begin() const { return !jobs_.done() && !free_.empty() && results_.size() < most_held; }

    void begin_some() {
        for (std::size_t i = 0; i < burst && !failure_ && may_begin(); ++i) {
            const Nanoseconds now = steady_now();
            if (period_ != 0) {
                if (now < gate_) return;
                // What was missed is not made up for, but for a moment's delay.
                gate_ = std::max(gate_ + period_, now - period_ * static_cast<Nanoseconds>(burst));
            }
            const std::uint32_t index = free_.back();
            free_.pop_back();
            Slot& slot = slots_[index];
            slot.job = jobs_.next();
            slot.number = told_ + results_.size();
            slot.address = 0;
            slot.best.reset();
            results_.emplace_back();
            begin(slot, slot.job.address);
        }
    }

    void begin(Slot& slot, const Address& address) {
        const CheckTarget& target = *slot.job.target;
        slot.result = {.host = target.name.empty() ? address.text() : target.name,
                       .address = address,
                       .port = slot.job.port,
                       .transport = target.transport};
        const SocketAddress peer(address, slot.job.port);
        const bool tcp = target.transport == Transport::tcp;
        Descriptor& spare = spare_of(address);
        if (tcp && spare.valid()) {
            slot.socket = std::move(spare);
        } else {
            auto socket = transport::make_socket(peer, tcp ? SOCK_STREAM : SOCK_DGRAM, settings_.socket);
            if (!socket) {
                failure_ = std::move(socket.error());
                return;
            }
            slot.socket = std::move(*socket);
            keep_errors(slot.socket.get(), address.family());
        }
        slot.begun = steady_now();
        if (tcp)
            connect_to(slot, peer);
        else
            ask(slot, peer);
    }

    void connect_to(Slot& slot, const SocketAddress& peer) {
        slot.stage = Slot::Stage::connecting;
        int error = connect(slot.socket.get(), peer.data(), peer.length()) == 0 ? 0 : errno;
        // A host on this machine has answered by now, which the second call tells without a round through epoll.
        if (error == EINPROGRESS) error = connect(slot.socket.get(), peer.data(), peer.length()) == 0 ? 0 : errno;
        if (error == EALREADY || error == EINPROGRESS) {
            watch_for(slot, EPOLLOUT, EPOLL_CTL_ADD);
            wake_at(slot, slot.begun + settings_.timeout);
        } else if (error == 0) {
            connected(slot, EPOLL_CTL_ADD);
        } else {
            refused(slot, error, true);
        }
    }

    void connected(Slot& slot, int operation) {
        slot.result.rtt = steady_now() - slot.begun;
        // A port of our own system that is free may become the near end of its own connection.
        const auto local = SocketAddress::local_of(slot.socket.get());
        if (local.port() == slot.job.port && local.address() == slot.result.address) {
            slot.result.state = PortState::closed;
            return finish(slot);
        }
        slot.result.state = PortState::open;
        if (settings_.banner_wait == 0) return finish(slot);
        slot.stage = Slot::Stage::listening;
        watch_for(slot, EPOLLIN, operation);
        wake_at(slot, steady_now() + settings_.banner_wait);
    }

    /// Reads until the first line has ended, the service has, or it has said enough.
    void listen_on(Slot& slot) {
        std::array<char, most_banner> block;
        std::string& banner = slot.result.banner;
        while (banner.size() < most_banner) {
            const ssize_t count = recv(slot.socket.get(), block.data(), most_banner - banner.size(), 0);
            if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
            if (count <= 0) break;
            banner.append(block.data(), static_cast<std::size_t>(count));
            const std::size_t text = banner.find_first_not_of("\r\n");
            if (text != std::string::npos && banner.find('\n', text) != std::string::npos) break;
        }
        finish(slot);
    }

    void ask(Slot& slot, const SocketAddress& peer) {
        slot.stage = Slot::Stage::asking;
        slot.asked = 0;
        if (connect(slot.socket.get(), peer.data(), peer.length()) != 0) return refused(slot, errno);
        watch_for(slot, EPOLLIN, EPOLL_CTL_ADD);
        ask_again(slot);
    }

    void ask_again(Slot& slot) {
        const auto question = udp_question(slot.job.port, slot.asked);
        const ssize_t sent = send(slot.socket.get(), question.data(), question.size(), 0);
        if (sent < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS) return refused(slot, errno);
        ++slot.asked;
        wake_at(slot, slot.begun + settings_.timeout * slot.asked / udp_attempts);
    }

    void answered(Slot& slot) {
        std::array<char, most_banner> block;
        const ssize_t count = recv(slot.socket.get(), block.data(), block.size(), 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count < 0) return refused(slot, errno);
        slot.result.state = PortState::open;
        slot.result.rtt = steady_now() - slot.begun;
        slot.result.banner.assign(block.data(), static_cast<std::size_t>(count));
        finish(slot);
    }

    /// A TCP port is closed by a reset, which leaves nothing in the error queue; a UDP port by the host's own "port
    /// unreachable". Everything else comes from somebody between.
    /// `unwatched`: epoll does not know the socket yet. Linux takes a refused socket back to where it was before
    /// connect(2), so that the next attempt can have it: closed ports cost a third less.
    void refused(Slot& slot, int error, bool unwatched = false) {
        const Address& target = slot.result.address;
        std::optional<Ancillary> icmp;
        while (const Received* one = receiver_.next(slot.socket.get(), Receiver::Queue::errors))
            if (one->beside.icmp) icmp = one->beside;
        slot.result.state = PortState::unreachable;
        if (!icmp) {
            if (error == ETIMEDOUT || error == EPERM || error == EACCES) slot.result.state = PortState::filtered;
            if (error == ECONNREFUSED) slot.result.state = PortState::closed;
            if (error != ECONNREFUSED) slot.result.error = error_answer(ProbeMark{}, error).error;
        } else {
            const Answer answer = error_answer(ProbeMark{}, *icmp, target);
            const bool udp = slot.job.target->transport == Transport::udp;
            if (answer.outcome == Outcome::refused && udp) {
                slot.result.state = PortState::closed;
            } else {
                if (is_refusal(*icmp->icmp)) slot.result.state = PortState::filtered;
                slot.result.error = answer.error;
                if (answer.from && answer.from->without_zone() != target.without_zone())
                    slot.result.error += " from " + answer.from->text();
            }
        }
        if (unwatched && error == ECONNREFUSED) spare_of(target) = std::move(slot.socket);
        if (slot.result.state == PortState::closed || icmp) slot.result.rtt = steady_now() - slot.begun;
        finish(slot);
    }

    /// A message that a filter sends, as opposed to a router that knows no way: port or protocol unreachable, and
    /// "administratively prohibited" in all its kinds (RFC 792, RFC 1812 section 5.2.7.1; RFC 4443 section 3.1).
    static bool is_refusal(const IcmpError& icmp) {
        if (icmp.is_port_unreachable()) return true;
        constexpr std::uint8_t unreachable_v4 = 3, unreachable_v6 = 1;
        const auto is = [&icmp](std::initializer_list<unsigned> codes) {
            return std::ranges::find(codes, unsigned{icmp.code}) != codes.end();
        };
        if (icmp.family == Family::v4) return icmp.type == unreachable_v4 && is({2, 9, 10, 13});
        return icmp.type == unreachable_v6 && is({1, 5, 6});
    }

    /// The wait is over: silence has its meaning in each stage.
    void silent(Slot& slot) {
        switch (slot.stage) {
            case Slot::Stage::idle:
                return;
            case Slot::Stage::asking:
                if (slot.asked < udp_attempts) return ask_again(slot);
                slot.result.state = PortState::open_or_filtered;
                break;
            case Slot::Stage::connecting:
                slot.result.state = PortState::filtered;
                break;
            case Slot::Stage::listening:
                break;
        }
        finish(slot);
    }

    /// A TCP socket for another attempt, if there is one.
    Descriptor& spare_of(const Address& address) { return address.is_v4() ? spare_v4_ : spare_v6_; }

    /// This address is decided; the next one is tried where it was not open.
    void finish(Slot& slot) {
        slot.socket.reset();
        slot.stage = Slot::Stage::idle;
        if (!slot.best || slot.result.state > slot.best->state) slot.best = std::move(slot.result);
        const auto& addresses = slot.job.target->addresses;
        if (slot.best->state != PortState::open && slot.address + 1 < addresses.size())
            return begin(slot, addresses[++slot.address]);
        results_[slot.number - told_] = std::move(slot.best);
        free_.push_back(index_of(slot));
    }

    void tell() {
        while (!results_.empty()) {
            const auto& first = results_.front();
            if (!first) return;
            watcher_.on_result(*first);
            results_.pop_front();
            ++told_;
        }
    }

    void wait() {
        drop_stale();
        std::array<epoll_event, 256> events;
        const Nanoseconds now = steady_now();
        Nanoseconds until = now + longest_wait;
        if (!wakes_.empty()) until = std::min(until, wakes_.top().at);
        if (may_begin()) until = std::min(until, period_ != 0 ? gate_ : now);
        const Nanoseconds rest = std::max<Nanoseconds>(until - now, 0);
        if (rest != 0 && watcher_.before_wait) watcher_.before_wait();
        const timespec time{.tv_sec = rest / 1'000'000'000, .tv_nsec = rest % 1'000'000'000};
        const int count = epoll_pwait2(poll_.get(), events.data(), static_cast<int>(events.size()), &time, nullptr);
        for (int i = 0; i < count; ++i) ready(slots_[events[static_cast<std::size_t>(i)].data.u64]);
    }

    void ready(Slot& slot) {
        if (slot.stage == Slot::Stage::listening) return listen_on(slot);
        if (slot.stage == Slot::Stage::asking) return answered(slot);
        if (slot.stage != Slot::Stage::connecting) return;
        int error = 0;
        socklen_t size = sizeof(error);
        getsockopt(slot.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error == 0)
            connected(slot, EPOLL_CTL_MOD);
        else
            refused(slot, error);
    }

    void expire() {
        for (const Nanoseconds now = steady_now(); !wakes_.empty() && wakes_.top().at <= now;) {
            const Wake wake = wakes_.top();
            wakes_.pop();
            Slot& slot = slots_[wake.slot];
            if (slot.stage != Slot::Stage::idle && slot.wake == wake.at) silent(slot);
        }
    }

    /// Entries of slots that have moved on are passed over.
    void drop_stale() {
        while (!wakes_.empty()) {
            const Slot& slot = slots_[wakes_.top().slot];
            if (slot.stage != Slot::Stage::idle && slot.wake == wakes_.top().at) return;
            wakes_.pop();
        }
    }

    void wake_at(Slot& slot, Nanoseconds at) {
        slot.wake = at;
        wakes_.push({at, index_of(slot)});
        // With a long timeout and quick answers nearly all would be stale.
        constexpr std::size_t some = 4096;
        if (wakes_.size() < 4 * slots_.size() + some) return;
        wakes_ = {};
        for (const Slot& one : slots_)
            if (one.stage != Slot::Stage::idle) wakes_.push({one.wake, index_of(one)});
    }

    void watch_for(Slot& slot, std::uint32_t events, int operation) {
        epoll_event event{};
        event.events = events;
        event.data.u64 = index_of(slot);
        if (epoll_ctl(poll_.get(), operation, slot.socket.get(), &event) != 0)
            failure_ = fail_errno(Status::cannot_connect, "cannot wait for", "a socket", errno).error();
    }

    [[nodiscard]] std::uint32_t index_of(const Slot& slot) const {
        return static_cast<std::uint32_t>(&slot - slots_.data());
    }

    Jobs jobs_;
    const CheckSettings& settings_;
    const CheckWatcher& watcher_;
    Descriptor poll_{epoll_create1(EPOLL_CLOEXEC)};
    Descriptor spare_v4_, spare_v6_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::priority_queue<Wake, std::vector<Wake>, std::greater<>> wakes_;
    std::deque<std::optional<PortResult>> results_;  ///< from the first that is not told yet
    std::uint64_t told_ = 0;
    Nanoseconds period_ = 0;  ///< between two attempts, by the rate
    Nanoseconds gate_ = 0;    ///< none before this
    Receiver receiver_;
    std::optional<Error> failure_;
};

}  // namespace

std::string_view name_of(PortState state) {
    switch (state) {
        case PortState::unreachable:
            return "unreachable";
        case PortState::filtered:
            return "filtered";
        case PortState::closed:
            return "closed";
        case PortState::open_or_filtered:
            return "open|filtered";
        case PortState::open:
            break;
    }
    return "open";
}

Result<void> check_ports(std::span<const CheckTarget> targets, const CheckSettings& settings,
                         const CheckWatcher& watcher) {
    return Checker(targets, settings, watcher).run();
}

}  // namespace fid::probe
