// SPDX-License-Identifier: MIT
// ICMP echo messages (RFC 792, RFC 4443), what a probe carries to be known again, and the names of ICMP errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "address/address.h"
#include "report/text.h"

namespace fid::probe {

constexpr std::size_t echo_header_size = 8;

/// Who sent a probe and as which; the key is random per run, so that only who saw the probe can answer it.
struct ProbeMark {
    std::uint32_t target = 0;
    std::uint64_t sequence = 0;
    friend bool operator==(const ProbeMark&, const ProbeMark&) = default;
};
/// A payload of at least this size holds the whole mark.
constexpr std::size_t marked_size = 20;

/// Fills a probe's payload: a token of key and mark, the mark, then a pattern by which damage is seen. A smaller
/// payload holds the beginning.
void fill_payload(std::span<std::uint8_t> payload, std::uint64_t key, const ProbeMark& mark);
/// The mark of a payload that was filled with this key; nothing where it is too short or the token is another's.
[[nodiscard]] std::optional<ProbeMark> read_mark(Bytes payload, std::uint64_t key);
/// Where the payload begins to differ from what fill_payload makes of `size` bytes; nothing where it is the same.
[[nodiscard]] std::optional<std::size_t> first_difference(Bytes payload, std::uint64_t key, const ProbeMark& mark,
                                                          std::size_t size);

/// Writes an echo request's header before the payload that `message` already holds. The kernel computes the ICMPv6
/// checksum, which needs the addresses.
void write_echo_request(std::span<std::uint8_t> message, Family family, std::uint16_t identifier,
                        std::uint16_t sequence);

struct Echo {
    std::uint16_t identifier = 0;
    std::uint16_t sequence = 0;
    Bytes payload;
    Bytes message;  ///< from the ICMP header on
};
/// An echo reply as a socket hands it out; raw IPv4 sockets put the IP header before it.
[[nodiscard]] std::optional<Echo> read_echo_reply(Bytes message, Family family, bool with_ip_header);
/// The echo request of ours that an ICMP error quotes, from its ICMP header on; the payload may be cut short.
[[nodiscard]] std::optional<Echo> read_quoted_request(Bytes message, Family family);

struct IcmpError {
    Family family = Family::v4;
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint32_t mtu = 0;  ///< of "packet too big" and "fragmentation needed"

    [[nodiscard]] bool is_port_unreachable() const;
    [[nodiscard]] bool is_time_exceeded() const;  ///< in transit: the TTL or hop limit ran out
    /// "host unreachable", "time to live exceeded", "packet too big, mtu 1280", "icmp type 3 code 42".
    [[nodiscard]] std::string name() const;
};

}  // namespace fid::probe
