// SPDX-License-Identifier: MIT
// Echo requests: one socket a family for all targets.
#include <sys/epoll.h>

#include <array>
#include <random>
#include <vector>

#include "probe/prober.h"
#include "probe/tape.h"

namespace fid::probe {
namespace {

using Queue = Receiver::Queue;

class IcmpProber final : public Prober {
  public:
    IcmpProber(World world, std::array<IcmpSocket, 2> sockets)
        : world_(std::move(world)),
          sockets_(std::move(sockets)),
          message_(echo_header_size + world_.settings.size),
          key_((std::uint64_t{std::random_device()()} << 32U) | std::random_device()()),
          tape_(world_.settings) {}

    void send(const ProbeMark& probe) override {
        const Target& target = world_.targets[probe.target];
        const IcmpSocket& socket = sockets_[place_of(target.address.family())];
        const auto sequence = static_cast<std::uint16_t>(probe.sequence);
        fill_payload(std::span(message_).subspan(echo_header_size), key_, {probe.target, sequence});
        write_echo_request(message_, target.address.family(), socket.identifier, sequence);
        world_.leaving(probe);
        const int error = send_datagram(socket.descriptor.get(), message_, {target.address, 0});
        if (error == 0) {
            tape_.sent(socket.descriptor.get(), target.address, message_);
        } else {
            world_.deliver(error_answer(probe, error));
        }
    }

    void ready(std::uint64_t tag) override {
        const IcmpSocket& socket = sockets_[tag];
        const Family family = tag == 0 ? Family::v4 : Family::v6;
        while (const Received* one = receiver_.next(socket.descriptor.get(), Queue::errors))
            take_error(*one, socket, family);
        while (const Received* one = receiver_.next(socket.descriptor.get(), Queue::packets))
            take_reply(*one, socket, family);
    }

    [[nodiscard]] static std::size_t place_of(Family family) { return family == Family::v4 ? 0 : 1; }

  private:
    void take_error(const Received& received, const IcmpSocket& socket, Family family) {
        const auto quoted = read_quoted_request(received.bytes, family);
        if (!quoted || (socket.raw && quoted->identifier != socket.identifier)) return;
        const auto address = received.peer.address();
        const auto target = address ? world_.targets.find(*address) : std::nullopt;
        if (!target) return;
        tape_.error(socket.descriptor.get(), world_.targets[*target].address, received);
        world_.deliver(error_answer({*target, quoted->sequence}, received.beside, world_.targets[*target].address));
    }

    void take_reply(const Received& received, const IcmpSocket& socket, Family family) {
        const auto echo = read_echo_reply(received.bytes, family, socket.raw && family == Family::v4);
        if (!echo || (socket.raw && echo->identifier != socket.identifier)) return;
        const auto from = received.peer.address();
        if (!from) return;
        tape_.received(socket.descriptor.get(), *from, echo->message);
        Answer answer{.sequence = echo->sequence};
        answer.from = *from;
        answer.stamp = received.beside.stamp;
        answer.hops = received.beside.hops;
        answer.size = echo_header_size + echo->payload.size();
        if (const auto target = world_.targets.find(*from)) {
            answer.target = *target;
        } else if (const auto mark = read_mark(echo->payload, key_); mark && mark->target < world_.targets.size()) {
            answer.target = mark->target;  // a host that answers from another of its addresses, or a group
        } else {
            return;
        }
        const ProbeMark expected{answer.target, echo->sequence};
        answer.damaged_at = first_difference(echo->payload, key_, expected, world_.settings.size);
        if (answer.damaged_at) answer.outcome = Outcome::damaged;
        world_.deliver(answer);
    }

    World world_;
    std::array<IcmpSocket, 2> sockets_;  ///< v4, v6
    std::vector<std::uint8_t> message_;
    std::uint64_t key_;
    Tape tape_;
    Receiver receiver_;
};

}  // namespace

Result<std::unique_ptr<Prober>> make_icmp_prober(Prober::World world) {
    std::array<IcmpSocket, 2> sockets;
    for (const Family family : {Family::v4, Family::v6}) {
        if (!world.targets.has(family)) continue;
        const std::size_t place = IcmpProber::place_of(family);
        auto socket = open_icmp(family, world.settings);
        if (!socket) return std::unexpected(socket.error());
        if (const auto watched = watch(world.poll, socket->descriptor.get(), EPOLLIN, place); !watched)
            return std::unexpected(watched.error());
        sockets[place] = std::move(*socket);
    }
    return std::make_unique<IcmpProber>(std::move(world), std::move(sockets));
}

}  // namespace fid::probe
