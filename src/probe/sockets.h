// SPDX-License-Identifier: MIT
// The sockets probes go through, and everything the kernel tells beside a packet.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "probe/icmp.h"
#include "probe/probe.h"
#include "report/error.h"
#include "transport/descriptor.h"
#include "transport/socket_address.h"

namespace fid::probe {

/// Nanoseconds of the clock that never jumps, and of the one packets are stamped with.
[[nodiscard]] Nanoseconds steady_now();
[[nodiscard]] Nanoseconds wall_now();
[[nodiscard]] inline SentAt now() { return {steady_now(), wall_now()}; }

struct IcmpSocket {
    transport::Descriptor descriptor;
    bool raw = false;              ///< the caller numbers its echoes and tells others' apart
    std::uint16_t identifier = 0;  ///< raw: ours; otherwise the kernel fills it in and filters by it
};

/// An unprivileged ICMP socket where net.ipv4.ping_group_range has our group, a raw one where we may have that. The
/// error's hint says what to do where neither is.
[[nodiscard]] Result<IcmpSocket> open_icmp(Family family, const Settings& settings);
/// A non-blocking UDP or TCP socket.
[[nodiscard]] Result<transport::Descriptor> open_plain(Family family, int type, const Settings& settings);
/// How many sockets may be open at once: as many descriptors as the system lets us have (the limit is raised), less
/// some for everything else.
[[nodiscard]] std::size_t most_sockets();
/// Has the kernel keep ICMP errors for Receiver::Queue::errors.
void keep_errors(int socket, Family family);
/// Time to live, or hop limit.
[[nodiscard]] bool set_hops(int socket, Family family, std::uint8_t hops);

/// What came with a packet beside its bytes.
struct Ancillary {
    std::optional<Nanoseconds> stamp;  ///< wall clock, by the kernel
    std::optional<unsigned> hops;
    std::optional<IcmpError> icmp;    ///< error queue: the ICMP message that was received
    int error = 0;                    ///< error queue: the same as errno
    bool local = false;               ///< error queue: our own system says so
    std::optional<Address> offender;  ///< error queue: who sent the ICMP message
};
/// Reads the control messages of `message`, whose msg_control and msg_controllen are set. Tolerates any bytes there.
[[nodiscard]] Ancillary read_ancillary(const msghdr& message);

struct Received {
    transport::SocketAddress peer;  ///< sender; of the error queue: where the probe was going
    Bytes bytes;                    ///< of the error queue: what the error quotes of the probe
    Ancillary beside;
};

/// Receives in batches. What next() hands out is valid until it is called again.
class Receiver {
  public:
    enum class Queue : std::uint8_t { packets, errors };
    Receiver();
    /// The next packet (or error) of the socket; nothing where there is none at the moment. A socket is read until then
    /// before another one is.
    [[nodiscard]] const Received* next(int socket, Queue queue);

  private:
    static constexpr std::size_t batch = 16, room = 65536, control_room = 512;
    struct Place {
        sockaddr_storage peer;
        iovec vector;
        std::array<char, control_room> control;
    };
    std::unique_ptr<std::uint8_t[]> bytes_;
    std::vector<Place> places_;
    std::vector<mmsghdr> headers_;
    Received received_;
    std::size_t at_ = 0, count_ = 0;
    bool drained_ = false;  ///< the last batch was not full
};

/// The round trip: by the kernel's stamp where there is one and the wall clock did not jump, else until now.
[[nodiscard]] Nanoseconds round_trip(const SentAt& sent, const std::optional<Nanoseconds>& stamp);

}  // namespace fid::probe
