// SPDX-License-Identifier: MIT
// What is probed, how, and what came of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "address/address.h"
#include "probe/icmp.h"
#include "probe/schedule.h"
#include "probe/statistics.h"
#include "transport/recorder.h"

namespace fid::probe {

enum class Method : std::uint8_t { icmp, tcp, udp };
[[nodiscard]] std::string_view name_of(Method method);

struct Target {
    std::string name;  ///< as the user wrote it
    Address address;
};

struct Settings {
    Method method = Method::icmp;
    std::uint16_t port = 0;                 ///< of tcp and udp
    std::size_t size = 56;                  ///< bytes of payload; not for tcp, whose probes are bare SYNs
    std::optional<std::uint8_t> hops = {};  ///< time to live, hop limit; the system's where not given
    std::optional<Address> source = {};
    std::string interface = {};
    Plan plan = {};
    std::optional<Nanoseconds> deadline = {};  ///< of the whole run
    transport::Recorder* recorder = nullptr;   ///< --record; outlives the run
};

enum class Outcome : std::uint8_t {
    reply,      ///< echo reply, UDP answer, TCP connection
    refused,    ///< the target itself said that nothing listens on the port: it is up
    late,       ///< an answer after the wait was over; the probe stays lost
    duplicate,  ///< a second answer to one probe
    damaged,    ///< an answer whose payload is not what was sent; it counts as an answer
    error,      ///< an ICMP error or the system says that the probe did not get there
    lost,       ///< nothing came in time
};
/// "reply", "refused", "late", "duplicate", "damaged", "error", "no answer".
[[nodiscard]] std::string_view name_of(Outcome outcome);

/// Something happened to a probe.
struct Event {
    std::uint32_t target = 0;
    std::uint64_t sequence = 0;
    Outcome outcome = Outcome::lost;
    std::optional<Nanoseconds> time = {};        ///< round trip; of errors too
    std::optional<Address> from = {};            ///< who answered or complained; nothing where the system did
    std::optional<unsigned> hops = {};           ///< TTL or hop limit the answer arrived with
    std::optional<std::size_t> size = {};        ///< of the answer: its ICMP message or UDP payload
    std::optional<std::size_t> damaged_at = {};  ///< first wrong byte of the payload
    std::string error = {};                      ///< "host unreachable"
    [[nodiscard]] bool answered() const {
        return outcome == Outcome::reply || outcome == Outcome::refused || outcome == Outcome::damaged;
    }
};

/// The account of one target.
struct Tally {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;  ///< probes answered in time
    std::uint64_t duplicates = 0, late = 0, damaged = 0, errors = 0;
    RoundTrips times;
    std::string last_error;  ///< of the last probe that met one
    std::optional<Address> error_from;
    bool refused = false;         ///< the last answer said that the port is closed
    std::uint64_t under_way = 0;  ///< probes not waited for to the end, because the run was ended
    /// A late answer is from a living host, too.
    [[nodiscard]] bool up() const { return received != 0 || late != 0; }
    [[nodiscard]] std::uint64_t lost() const { return sent - under_way - received; }
    [[nodiscard]] double loss_percent() const;
};

}  // namespace fid::probe
