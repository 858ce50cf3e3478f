// SPDX-License-Identifier: MIT
#include "probe/udp_payload.h"

#include <algorithm>
#include <array>

namespace fid::probe {
namespace {

constexpr std::size_t ntp_size = 48, ntp_originate = 24, ntp_transmit = 40, ntp_time_size = 8;
constexpr std::uint8_t ntp_client_v4 = 0x23;  // RFC 5905: no leap warning, version 4, mode 3

// RFC 1035: one question, recursion desired; ". NS IN".
constexpr std::array<std::uint8_t, 17> dns_question{0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};

std::uint16_t read16(Bytes bytes, std::size_t at) {
    return static_cast<std::uint16_t>((unsigned{bytes[at]} << 8U) | bytes[at + 1]);
}

void write16(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint64_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8U);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}

}  // namespace

UdpService udp_service(std::uint16_t port) {
    if (port == 53) return UdpService::dns;
    return port == 123 ? UdpService::ntp : UdpService::none;
}

std::vector<std::uint8_t> udp_payload(UdpService service, std::size_t size, std::uint64_t key, const ProbeMark& mark) {
    std::vector<std::uint8_t> payload;
    switch (service) {
        case UdpService::dns:
            payload.assign(dns_question.begin(), dns_question.end());
            write16(payload, 0, mark.sequence);
            break;
        case UdpService::ntp: {
            // A server copies the transmit time, which nobody checks, to the originate time of its answer.
            std::array<std::uint8_t, ntp_time_size> token;
            fill_payload(token, key, mark);
            payload.assign(ntp_size, 0);
            payload[0] = ntp_client_v4;
            std::ranges::copy(token, payload.begin() + ntp_transmit);
            write16(payload, ntp_transmit + ntp_time_size - 2, mark.sequence);
            break;
        }
        case UdpService::none:
            payload.resize(size);
            fill_payload(payload, key, mark);
            break;
    }
    return payload;
}

std::optional<std::uint16_t> udp_sequence(UdpService service, UdpSide side, Bytes payload, std::uint64_t key) {
    switch (service) {
        case UdpService::dns:
            if (payload.size() < 2) return std::nullopt;
            return read16(payload, 0);
        case UdpService::ntp: {
            const std::size_t at = (side == UdpSide::probe ? ntp_transmit : ntp_originate) + ntp_time_size - 2;
            if (payload.size() < at + 2) return std::nullopt;
            return read16(payload, at);
        }
        case UdpService::none:
            break;
    }
    if (const auto mark = read_mark(payload, key)) return static_cast<std::uint16_t>(mark->sequence);
    return std::nullopt;
}

}  // namespace fid::probe
