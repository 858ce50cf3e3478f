// SPDX-License-Identifier: MIT
// Headers for bytes that crossed a socket, as they may have stood before them on the wire: IPv4 or IPv6, then TCP,
// UDP or ICMP, with correct lengths and checksums.
#pragma once

#include <array>
#include <cstdint>

#include "address/address.h"
#include "report/text.h"

namespace fid::transport {

inline constexpr std::uint8_t usual_hops = 64;

/// Both ends of a conversation, of one family. IPv4 addresses mapped into IPv6 (::ffff:192.0.2.1) travel as IPv4.
struct Ends {
    Address source, destination;
    std::uint16_t source_port = 0, destination_port = 0;  ///< none for ICMP
    std::uint8_t hops = usual_hops;                       ///< the source's time to live, or hop limit
    [[nodiscard]] Ends turned() const { return {destination, source, destination_port, source_port}; }
};

struct TcpSegment {
    enum Flag : std::uint8_t { fin = 1, syn = 2, rst = 4, psh = 8, ack = 16 };
    std::uint32_t sequence = 0, acknowledgement = 0;
    std::uint8_t flags = 0;  ///< with syn, the options say the largest segment and the window scale
};

/// The bytes before a payload.
class PacketHead {
  public:
    [[nodiscard]] Bytes bytes() const { return Bytes(bytes_).first(size_); }

    void u8(unsigned value) { bytes_[size_++] = static_cast<std::uint8_t>(value); }
    void u16(unsigned value) {
        u8(value >> 8U);
        u8(value);
    }
    void u32(std::uint32_t value) {
        u16(value >> 16U);
        u16(value);
    }
    void address(const Address& address);
    /// A checksum (as internet_checksum gives it) in the place of two bytes.
    void put_checksum(std::size_t at, std::uint16_t checksum);
    [[nodiscard]] std::size_t size() const { return size_; }

  private:
    static constexpr std::size_t longest = 40 + 20 + 8;  ///< IPv6, TCP, its options
    std::array<std::uint8_t, longest> bytes_{};
    std::size_t size_ = 0;
};

/// What a UDP datagram or an ICMP message between these ends holds at most: the lengths in the headers have 16 bits.
[[nodiscard]] std::size_t largest_datagram(const Ends& ends);
[[nodiscard]] std::size_t largest_message(const Ends& ends);
/// The payload of one TCP segment here: two make up a read of 64 KiB.
inline constexpr std::size_t largest_segment = 32768;
/// Every window is this many bytes, after scaling.
inline constexpr std::uint32_t window_bytes = 65535U << 8U;

[[nodiscard]] PacketHead tcp_head(const Ends& ends, const TcpSegment& segment, Bytes payload);
[[nodiscard]] PacketHead udp_head(const Ends& ends, Bytes payload);
/// For an ICMP or ICMPv6 message of at least 8 bytes; the head ends behind the message's own checksum, which is made
/// anew: what follows it is `message.subspan(icmp_in_head)`.
[[nodiscard]] PacketHead icmp_head(const Ends& ends, Bytes message);
inline constexpr std::size_t icmp_in_head = 4;

/// The Internet checksum (RFC 1071) of bytes, in the byte order of memory; `sum` carries on from other bytes, which
/// must be of even number.
[[nodiscard]] std::uint64_t checksum_sum(Bytes bytes, std::uint64_t sum = 0);
[[nodiscard]] std::uint16_t internet_checksum(std::uint64_t sum);

}  // namespace fid::transport
