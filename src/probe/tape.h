// SPDX-License-Identifier: MIT
// Probes and what comes back, told to a recorder (--record): echoes, datagrams and attempts to connect as such, errors
// as the ICMP messages they came in. Without a recorder nothing is done.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "probe/prober.h"
#include "transport/recorder.h"

namespace fid::probe {

class Tape {
  public:
    /// Of the settings it keeps what says how probes are sent.
    explicit Tape(const Settings& settings);

    /// A message or datagram that `socket` sent to the target, with this many hops to live where not the usual.
    void sent(int socket, const Address& target, Bytes bytes, std::uint8_t hops = 0);
    /// What `socket` received from there: an ICMP message from its header on, a datagram's payload.
    void received(int socket, const Address& from, Bytes bytes);
    /// An ICMP error about a probe of `socket`'s to `target`. What it quoted beyond the kernel's copy is made up.
    void error(int socket, const Address& target, const Received& received);
    /// An attempt to connect, begun now.
    [[nodiscard]] transport::Flow attempt(int socket, const Address& target, std::uint8_t hops = 0);
    /// What became of it: errno, 0 where it was accepted, which ends with our reset.
    static void settle(transport::Flow& flow, int error);

  private:
    using Key = std::tuple<Address, std::uint8_t, std::uint16_t>;  ///< target, hops to live, our port
    [[nodiscard]] transport::SocketAddress local_of(int socket, const Address& target);
    [[nodiscard]] transport::Flow& flow(int socket, const Address& target, std::uint8_t hops);
    /// The kernel writes the identifier into the echoes of its unprivileged sockets: their port.
    [[nodiscard]] Bytes with_identifier(int socket, Bytes message);

    transport::Recorder* recorder_;
    const Settings& settings_;
    std::map<Key, transport::Flow> flows_;
    std::unordered_map<Address, Address, AddressHash> sources_;  ///< from where a target is reached
    std::vector<std::uint8_t> scratch_;
};

}  // namespace fid::probe
