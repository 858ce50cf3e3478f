// SPDX-License-Identifier: MIT
// One way of probing: sends probes and recognises what comes back. One implementation for each Method.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "probe/probe.h"
#include "probe/sockets.h"
#include "report/error.h"

namespace fid::probe {

/// What came back, and for which probe.
struct Answer {
    std::uint32_t target = 0;
    std::uint16_t sequence = 0;  ///< low 16 bits
    Outcome outcome = Outcome::reply;
    std::optional<Nanoseconds> stamp = {};  ///< when it arrived, wall clock, where the kernel says
    std::optional<Address> from = {};
    std::optional<unsigned> hops = {};
    std::optional<std::size_t> size = {};
    std::optional<std::size_t> damaged_at = {};
    std::string error = {};
};

struct AddressHash {
    std::size_t operator()(const Address& address) const {
        const Uint128 number = address.number();
        return static_cast<std::size_t>(
            (static_cast<std::uint64_t>(number) ^ static_cast<std::uint64_t>(number >> 64U)) * 0x9e3779b97f4a7c15U);
    }
};

/// The targets, and which of them has an address. Zones count: fe80::1 is another host on every link.
class TargetTable {
  public:
    explicit TargetTable(std::span<const Target> targets);
    [[nodiscard]] const Target& operator[](std::uint32_t index) const { return targets_[index]; }
    [[nodiscard]] std::size_t size() const { return targets_.size(); }
    [[nodiscard]] bool has(Family family) const;
    [[nodiscard]] std::optional<std::uint32_t> find(const Address& address) const;

  private:
    std::span<const Target> targets_;
    std::unordered_map<Address, std::uint32_t, AddressHash> index_;
};

class Prober {
  public:
    using Deliver = std::function<void(const Answer&)>;
    /// Schedule::presumed().
    using Presume = std::function<std::uint64_t(std::uint32_t target)>;

    struct World {
        const Settings& settings;
        const TargetTable& targets;
        int poll;                                       ///< epoll descriptor; what it reports goes to ready()
        std::function<void(const ProbeMark&)> leaving;  ///< to be called at the moment a probe is sent, before it
        Deliver deliver;
        Presume presumed;
    };

    virtual ~Prober() = default;
    /// What cannot be sent is delivered as an error, after it was said to be leaving.
    virtual void send(const ProbeMark& probe) = 0;
    /// Reads what has come; `tag` is what the socket was registered with.
    virtual void ready(std::uint64_t tag) = 0;
    /// Nobody waits for this one any more.
    virtual void give_up(const ProbeMark&) {}
    /// False while there is no room for another probe (descriptors).
    [[nodiscard]] virtual bool has_room() const { return true; }
};

[[nodiscard]] Result<std::unique_ptr<Prober>> make_icmp_prober(Prober::World world);
[[nodiscard]] Result<std::unique_ptr<Prober>> make_udp_prober(Prober::World world);
[[nodiscard]] Result<std::unique_ptr<Prober>> make_tcp_prober(Prober::World world);

// What the implementations share.

/// Sends a datagram, past errors of earlier probes and a full buffer; 0 or errno.
[[nodiscard]] int send_datagram(int socket, Bytes bytes, const transport::SocketAddress& to);
/// An ICMP error about a probe to `target`. A closed port, told by the target itself, means that it is up.
[[nodiscard]] Answer error_answer(const ProbeMark& probe, const Ancillary& beside, const Address& target);
/// The system refused to send.
[[nodiscard]] Answer error_answer(const ProbeMark& probe, int error);
/// Registers a socket to be read from.
[[nodiscard]] Result<void> watch(int poll, int socket, std::uint32_t events, std::uint64_t tag);

}  // namespace fid::probe
