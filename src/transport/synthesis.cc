// SPDX-License-Identifier: MIT
#include "transport/synthesis.h"

#include <cstring>

namespace fid::transport {
namespace {

constexpr unsigned tcp = 6, udp = 17, icmp = 1, icmp6 = 58;
constexpr std::size_t ipv4_size = 20, ipv6_size = 40, tcp_size = 20, udp_size = 8, syn_options = 8;
constexpr std::size_t length_limit = 0xffff;  // IPv4: the whole packet; IPv6: what follows its header

std::size_t ip_size(const Ends& ends) { return ends.source.is_v4() ? ipv4_size : ipv6_size; }

/// How much an IP packet between these ends carries.
std::size_t ip_room(const Ends& ends) { return length_limit - (ends.source.is_v4() ? ipv4_size : 0); }

/// An IP header for `length` bytes of `protocol`.
PacketHead ip_head(const Ends& ends, unsigned protocol, std::size_t length) {
    PacketHead head;
    if (ends.source.is_v4()) {
        constexpr unsigned version_and_words = 0x45, dont_fragment = 0x4000;
        constexpr std::size_t checksum_at = 10;
        head.u8(version_and_words);
        head.u8(0);
        head.u16(static_cast<unsigned>(ipv4_size + length));
        head.u16(0);  // no identification: RFC 6864 allows that where nothing is fragmented
        head.u16(dont_fragment);
        head.u8(ends.hops);
        head.u8(protocol);
        head.u16(0);
        head.address(ends.source);
        head.address(ends.destination);
        head.put_checksum(checksum_at, internet_checksum(checksum_sum(head.bytes())));
    } else {
        constexpr std::uint32_t version = 6U << 28U;
        head.u32(version);
        head.u16(static_cast<unsigned>(length));
        head.u8(protocol);
        head.u8(ends.hops);
        head.address(ends.source);
        head.address(ends.destination);
    }
    return head;
}

/// The checksum over the pseudo header of either family, the header after the IP header, and the payload.
std::uint16_t transport_checksum(const PacketHead& head, const Ends& ends, unsigned protocol, Bytes payload) {
    const std::size_t after_ip = ip_size(ends);
    const std::size_t addresses = ends.source.is_v4() ? 8 : 32;
    PacketHead pseudo;
    pseudo.u32(static_cast<std::uint32_t>(head.size() - after_ip + payload.size()));
    pseudo.u32(protocol);
    std::uint64_t sum = checksum_sum(pseudo.bytes());
    sum = checksum_sum(head.bytes().subspan(after_ip - addresses), sum);
    return internet_checksum(checksum_sum(payload, sum));
}

}  // namespace

void PacketHead::address(const Address& address) {
    const auto bytes = address.bytes();
    const std::size_t count = address.is_v4() ? 4 : 16;
    std::memcpy(bytes_.data() + size_, bytes.data(), count);
    size_ += count;
}

void PacketHead::put_checksum(std::size_t at, std::uint16_t checksum) {
    std::memcpy(bytes_.data() + at, &checksum, sizeof checksum);
}

std::uint64_t checksum_sum(Bytes bytes, std::uint64_t sum) {
    // Sums of 16 bits, taken 32 bits at a time: carries wait in the upper half of a wider number.
    std::size_t at = 0;
    for (; at + sizeof(std::uint32_t) <= bytes.size(); at += sizeof(std::uint32_t)) {
        std::uint32_t word = 0;
        std::memcpy(&word, bytes.data() + at, sizeof word);
        sum += word;
    }
    std::uint32_t last = 0;
    if (at < bytes.size()) std::memcpy(&last, bytes.data() + at, bytes.size() - at);
    return sum + last;
}

std::uint16_t internet_checksum(std::uint64_t sum) {
    while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
    return static_cast<std::uint16_t>(~sum);
}

std::size_t largest_datagram(const Ends& ends) { return ip_room(ends) - udp_size; }
std::size_t largest_message(const Ends& ends) { return ip_room(ends); }

PacketHead tcp_head(const Ends& ends, const TcpSegment& segment, Bytes payload) {
    constexpr unsigned unscaled_window = window_bytes >> 8U, window_scale = 8;
    constexpr std::size_t checksum_at = 16;
    const bool syn = (segment.flags & TcpSegment::syn) != 0;
    const std::size_t header = tcp_size + (syn ? syn_options : 0);
    PacketHead head = ip_head(ends, tcp, header + payload.size());
    const std::size_t start = head.size();
    head.u16(ends.source_port);
    head.u16(ends.destination_port);
    head.u32(segment.sequence);
    head.u32(segment.acknowledgement);
    head.u8(static_cast<unsigned>(header / 4) << 4U);
    head.u8(segment.flags);
    head.u16(unscaled_window);
    head.u16(0);
    head.u16(0);
    if (syn) {
        constexpr unsigned no_operation = 1, segment_size = 2, scale = 3;
        head.u8(segment_size);
        head.u8(4);
        head.u16(static_cast<unsigned>(largest_segment));
        head.u8(no_operation);
        head.u8(scale);
        head.u8(3);
        head.u8(window_scale);
    }
    head.put_checksum(start + checksum_at, transport_checksum(head, ends, tcp, payload));
    return head;
}

PacketHead udp_head(const Ends& ends, Bytes payload) {
    constexpr std::size_t checksum_at = 6;
    PacketHead head = ip_head(ends, udp, udp_size + payload.size());
    const std::size_t start = head.size();
    head.u16(ends.source_port);
    head.u16(ends.destination_port);
    head.u16(static_cast<unsigned>(udp_size + payload.size()));
    head.u16(0);
    const std::uint16_t checksum = transport_checksum(head, ends, udp, payload);
    head.put_checksum(start + checksum_at, checksum == 0 ? 0xffff : checksum);  // 0 would mean: none
    return head;
}

PacketHead icmp_head(const Ends& ends, Bytes message) {
    constexpr std::size_t checksum_at = 2;
    const bool v4 = ends.source.is_v4();
    PacketHead head = ip_head(ends, v4 ? icmp : icmp6, message.size());
    const std::size_t start = head.size();
    head.u8(message[0]);
    head.u8(message[1]);
    head.u16(0);
    const Bytes rest = message.subspan(icmp_in_head);
    const std::uint16_t checksum = v4 ? internet_checksum(checksum_sum(rest, checksum_sum(head.bytes().subspan(start))))
                                      : transport_checksum(head, ends, icmp6, rest);
    head.put_checksum(start + checksum_at, checksum);
    return head;
}

}  // namespace fid::transport
