// SPDX-License-Identifier: MIT
// UDP probes: one socket a family for all targets. An answer, or a closed port told by the target, means that it is up.
#include <sys/epoll.h>

#include <array>
#include <random>

#include "probe/prober.h"
#include "probe/tape.h"
#include "probe/udp_payload.h"

namespace fid::probe {
namespace {

using transport::Descriptor;

class UdpProber final : public Prober {
  public:
    UdpProber(World world, std::array<Descriptor, 2> sockets)
        : world_(std::move(world)),
          sockets_(std::move(sockets)),
          service_(udp_service(world_.settings.port)),
          key_((std::uint64_t{std::random_device()()} << 32U) | std::random_device()()),
          tape_(world_.settings) {}

    void send(const ProbeMark& probe) override {
        const Target& target = world_.targets[probe.target];
        const Descriptor& socket = sockets_[place_of(target.address.family())];
        const auto sequence = static_cast<std::uint16_t>(probe.sequence);
        const auto payload = udp_payload(service_, world_.settings.size, key_, {probe.target, sequence});
        world_.leaving(probe);
        const int error = send_datagram(socket.get(), payload, {target.address, world_.settings.port});
        if (error == 0) {
            tape_.sent(socket.get(), target.address, payload);
        } else {
            world_.deliver(error_answer(probe, error));
        }
    }

    void ready(std::uint64_t tag) override {
        const int socket = sockets_[tag].get();
        while (const Received* one = receiver_.next(socket, Receiver::Queue::errors)) {
            const auto probe = probe_of(*one, UdpSide::probe);
            if (!probe) continue;
            const Address& target = world_.targets[probe->target].address;
            tape_.error(socket, target, *one);
            world_.deliver(error_answer(*probe, one->beside, target));
        }
        while (const Received* one = receiver_.next(socket, Receiver::Queue::packets)) {
            const auto probe = probe_of(*one, UdpSide::answer);
            if (!probe) continue;
            tape_.received(socket, world_.targets[probe->target].address, one->bytes);
            Answer answer{.target = probe->target, .sequence = static_cast<std::uint16_t>(probe->sequence)};
            answer.from = one->peer.address();
            answer.stamp = one->beside.stamp;
            answer.hops = one->beside.hops;
            answer.size = one->bytes.size();
            world_.deliver(answer);
        }
    }

    [[nodiscard]] static std::size_t place_of(Family family) { return family == Family::v4 ? 0 : 1; }

  private:
    /// Which probe this is about, by its bytes if they tell.
    [[nodiscard]] std::optional<ProbeMark> probe_of(const Received& received, UdpSide side) const {
        const auto address = received.peer.address();
        const auto target = address ? world_.targets.find(*address) : std::nullopt;
        if (!target || received.peer.port() != world_.settings.port) return std::nullopt;
        if (const auto sequence = udp_sequence(service_, side, received.bytes, key_))
            return ProbeMark{*target, *sequence};
        return ProbeMark{*target, world_.presumed(*target)};
    }

    World world_;
    std::array<Descriptor, 2> sockets_;  ///< v4, v6
    UdpService service_;
    std::uint64_t key_;
    Tape tape_;
    Receiver receiver_;
};

}  // namespace

Result<std::unique_ptr<Prober>> make_udp_prober(Prober::World world) {
    std::array<Descriptor, 2> sockets;
    for (const Family family : {Family::v4, Family::v6}) {
        if (!world.targets.has(family)) continue;
        const std::size_t place = UdpProber::place_of(family);
        auto socket = open_plain(family, SOCK_DGRAM, world.settings);
        if (!socket) return std::unexpected(socket.error());
        if (const auto watched = watch(world.poll, socket->get(), EPOLLIN, place); !watched)
            return std::unexpected(watched.error());
        sockets[place] = std::move(*socket);
    }
    return std::make_unique<UdpProber>(std::move(world), std::move(sockets));
}

}  // namespace fid::probe
