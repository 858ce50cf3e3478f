// SPDX-License-Identifier: MIT
// TCP probes: a connection attempt each, closed as soon as it is decided.
#include <sys/epoll.h>

#include <cerrno>

#include "probe/prober.h"
#include "probe/tape.h"

namespace fid::probe {
namespace {

using transport::Descriptor;

/// What epoll hands back; the sequence number's low half is enough among those under way.
std::uint64_t tag_of(const ProbeMark& probe) {
    return (std::uint64_t{probe.target} << 32U) | (probe.sequence & 0xffffffffU);
}

class TcpProber final : public Prober {
  public:
    explicit TcpProber(World world) : world_(std::move(world)), most_(most_sockets()), tape_(world_.settings) {}

    void send(const ProbeMark& probe) override {
        const Target& target = world_.targets[probe.target];
        auto opened = open_plain(target.address.family(), SOCK_STREAM, world_.settings);
        if (!opened) {
            world_.leaving(probe);
            Answer answer = error_answer(probe, 0);
            answer.error = opened.error().sentence();
            world_.deliver(answer);
            return;
        }
        // A reset instead of a farewell: nothing was said, and no port is left in TIME-WAIT.
        const linger at_once{1, 0};
        setsockopt(opened->get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        const transport::SocketAddress to(target.address, world_.settings.port);
        world_.leaving(probe);
        const int error = connect(opened->get(), to.data(), to.length()) == 0 ? 0 : errno;
        auto flow = tape_.attempt(opened->get(), target.address);
        Attempt attempt{std::move(*opened), std::move(flow)};
        if (error != EINPROGRESS) {
            decide(probe, attempt, error);
            return;
        }
        if (const auto watched = watch(world_.poll, attempt.socket.get(), EPOLLOUT, tag_of(probe)); !watched) {
            world_.deliver(error_answer(probe, errno));
            return;
        }
        attempts_.insert_or_assign(tag_of(probe), std::move(attempt));
    }

    void ready(std::uint64_t tag) override {
        const auto found = attempts_.find(tag);
        if (found == attempts_.end()) return;
        Attempt attempt = std::move(found->second);
        attempts_.erase(found);
        int error = 0;
        socklen_t size = sizeof(error);
        getsockopt(attempt.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        decide({static_cast<std::uint32_t>(tag >> 32U), tag & 0xffffffffU}, attempt, error);
    }

    void give_up(const ProbeMark& probe) override { attempts_.erase(tag_of(probe)); }
    [[nodiscard]] bool has_room() const override { return attempts_.size() < most_; }

  private:
    struct Attempt {
        Descriptor socket;
        transport::Flow flow;
    };

    void decide(const ProbeMark& probe, Attempt& attempt, int error) {
        Tape::settle(attempt.flow, error);
        const Address& address = world_.targets[probe.target].address;
        Answer answer{.target = probe.target, .sequence = static_cast<std::uint16_t>(probe.sequence)};
        answer.from = address;
        if (error == ECONNREFUSED) answer.outcome = Outcome::refused;
        if (error != 0) {
            // A router or firewall that refused in the target's place has left its name.
            if (error != ECONNREFUSED) answer = error_answer(probe, error);
            while (const Received* one = receiver_.next(attempt.socket.get(), Receiver::Queue::errors)) {
                if (!one->beside.icmp) continue;
                tape_.error(attempt.socket.get(), address, *one);
                answer = error_answer(probe, one->beside, address);
            }
            answer.stamp.reset();
        }
        world_.deliver(answer);
    }

    World world_;
    std::size_t most_;
    Tape tape_;
    std::unordered_map<std::uint64_t, Attempt> attempts_;  ///< under way, by tag
    Receiver receiver_;
};

}  // namespace

Result<std::unique_ptr<Prober>> make_tcp_prober(Prober::World world) {
    return std::make_unique<TcpProber>(std::move(world));
}

}  // namespace fid::probe
