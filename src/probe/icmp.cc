// SPDX-License-Identifier: MIT
#include "probe/icmp.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "transport/synthesis.h"

namespace fid::probe {
namespace {

constexpr std::uint8_t echo_reply_v4 = 0, echo_request_v4 = 8;
constexpr std::uint8_t echo_request_v6 = 128, echo_reply_v6 = 129;
constexpr std::uint8_t unreachable_v4 = 3, exceeded_v4 = 11, unreachable_v6 = 1, too_big_v6 = 2, exceeded_v6 = 3;
constexpr std::uint8_t fragmentation_needed = 4;

std::uint16_t read16(Bytes bytes, std::size_t at) {
    return static_cast<std::uint16_t>((unsigned{bytes[at]} << 8U) | bytes[at + 1]);
}

void write_big(std::span<std::uint8_t> out, std::uint64_t value) {
    for (std::size_t i = out.size(); i-- != 0; value >>= 8U) out[i] = static_cast<std::uint8_t>(value);
}

std::uint64_t read_big(Bytes bytes) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes) value = (value << 8U) | byte;
    return value;
}

/// The finalizer of splitmix64: every bit of the input changes half of the output.
std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

std::uint64_t token(std::uint64_t key, const ProbeMark& mark) {
    return mix(mix(key + mark.target) ^ (mark.sequence * 0x9e3779b97f4a7c15U));
}

std::array<std::uint8_t, marked_size> head_of(std::uint64_t key, const ProbeMark& mark) {
    std::array<std::uint8_t, marked_size> head{};
    const std::span all(head);
    write_big(all.first(8), token(key, mark));
    write_big(all.subspan(8, 4), mark.target);
    write_big(all.subspan(12), mark.sequence);
    return head;
}

std::optional<Echo> read_echo(Bytes message, std::uint8_t type) {
    if (message.size() < echo_header_size || message[0] != type || message[1] != 0) return std::nullopt;
    return Echo{read16(message, 4), read16(message, 6), message.subspan(echo_header_size), message};
}

constexpr std::array<std::string_view, 16> unreachable_names_v4{"network unreachable",
                                                                "host unreachable",
                                                                "protocol unreachable",
                                                                "port unreachable",
                                                                "fragmentation needed",
                                                                "source route failed",
                                                                "network unknown",
                                                                "host unknown",
                                                                "source host isolated",
                                                                "network prohibited",
                                                                "host prohibited",
                                                                "network unreachable for this type of service",
                                                                "host unreachable for this type of service",
                                                                "administratively prohibited",
                                                                "host precedence violation",
                                                                "precedence cutoff"};
constexpr std::array<std::string_view, 8> unreachable_names_v6{"no route to the destination",
                                                               "administratively prohibited",
                                                               "beyond the scope of the source address",
                                                               "address unreachable",
                                                               "port unreachable",
                                                               "source address failed policy",
                                                               "route rejected",
                                                               "error in the source routing header"};

std::string_view plain_name(const IcmpError& error) {
    const bool v4 = error.family == Family::v4;
    if (v4 && error.type == unreachable_v4 && error.code < unreachable_names_v4.size())
        return unreachable_names_v4[error.code];
    if (!v4 && error.type == unreachable_v6 && error.code < unreachable_names_v6.size())
        return unreachable_names_v6[error.code];
    if (!v4 && error.type == too_big_v6) return "packet too big";
    if (error.type == (v4 ? exceeded_v4 : exceeded_v6)) {
        if (error.code == 0) return v4 ? "time to live exceeded" : "hop limit exceeded";
        if (error.code == 1) return "reassembly time exceeded";
    }
    if (v4 && error.type == 4) return "source quench";
    if (v4 && error.type == 5) return "redirect";
    if (error.type == (v4 ? 12 : 4)) return "parameter problem";
    return {};
}

}  // namespace

void fill_payload(std::span<std::uint8_t> payload, std::uint64_t key, const ProbeMark& mark) {
    const auto head = head_of(key, mark);
    const std::size_t size = std::min(payload.size(), head.size());
    std::copy_n(head.begin(), size, payload.begin());
    for (std::size_t i = size; i < payload.size(); ++i) payload[i] = static_cast<std::uint8_t>(i);
}

std::optional<ProbeMark> read_mark(Bytes payload, std::uint64_t key) {
    if (payload.size() < marked_size) return std::nullopt;
    const ProbeMark mark{static_cast<std::uint32_t>(read_big(payload.subspan(8, 4))), read_big(payload.subspan(12, 8))};
    if (read_big(payload.first(8)) != token(key, mark)) return std::nullopt;
    return mark;
}

std::optional<std::size_t> first_difference(Bytes payload, std::uint64_t key, const ProbeMark& mark, std::size_t size) {
    const auto head = head_of(key, mark);
    const std::size_t common = std::min(payload.size(), size);
    for (std::size_t i = 0; i < common; ++i)
        if (payload[i] != (i < head.size() ? head[i] : static_cast<std::uint8_t>(i))) return i;
    if (payload.size() != size) return common;
    return std::nullopt;
}

void write_echo_request(std::span<std::uint8_t> message, Family family, std::uint16_t identifier,
                        std::uint16_t sequence) {
    message[0] = family == Family::v4 ? echo_request_v4 : echo_request_v6;
    message[1] = 0;
    write_big(message.subspan(2, 2), 0);
    write_big(message.subspan(4, 2), identifier);
    write_big(message.subspan(6, 2), sequence);
    if (family != Family::v4) return;
    const std::uint16_t checksum = transport::internet_checksum(transport::checksum_sum(message));
    std::memcpy(message.data() + 2, &checksum, sizeof(checksum));
}

std::optional<Echo> read_echo_reply(Bytes message, Family family, bool with_ip_header) {
    if (with_ip_header) {
        if (message.empty()) return std::nullopt;
        const std::size_t header = std::size_t{message[0] & 0x0fU} * 4;
        if ((message[0] >> 4U) != 4 || header < 20 || message.size() < header) return std::nullopt;
        message = message.subspan(header);
    }
    return read_echo(message, family == Family::v4 ? echo_reply_v4 : echo_reply_v6);
}

std::optional<Echo> read_quoted_request(Bytes message, Family family) {
    return read_echo(message, family == Family::v4 ? echo_request_v4 : echo_request_v6);
}

bool IcmpError::is_port_unreachable() const {
    return family == Family::v4 ? type == unreachable_v4 && code == 3 : type == unreachable_v6 && code == 4;
}

bool IcmpError::is_time_exceeded() const {
    return type == (family == Family::v4 ? exceeded_v4 : exceeded_v6) && code == 0;
}

std::string IcmpError::name() const {
    const std::string_view known = plain_name(*this);
    if (known.empty()) return "icmp type " + std::to_string(type) + " code " + std::to_string(code);
    std::string text(known);
    const bool about_size =
        family == Family::v4 ? type == unreachable_v4 && code == fragmentation_needed : type == too_big_v6;
    if (about_size && mtu != 0) text += ", mtu " + std::to_string(mtu);
    return text;
}

}  // namespace fid::probe
