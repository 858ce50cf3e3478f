// SPDX-License-Identifier: MIT
// What TCP knows about one connection: struct tcp_info of the kernel, as much of it as this kernel has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/text.h"

namespace fid::sockets {

/// Times in microseconds, unless the name says otherwise; windows in segments as the kernel counts them.
struct TcpInfo {
    std::string congestion;  ///< the algorithm: "cubic"
    std::uint32_t rto_us = 0, rtt_us = 0, rtt_variance_us = 0, snd_mss = 0, rcv_mss = 0, path_mtu = 0;
    std::uint32_t congestion_window = 0, slow_start_threshold = 0;  ///< threshold 2^31-1: not set yet
    std::uint32_t unacked = 0, lost = 0, retransmitting = 0, retransmits_total = 0;
    std::uint32_t last_sent_ms = 0, last_received_ms = 0;
    std::uint8_t send_scale = 0, receive_scale = 0;
    bool timestamps = false, sack = false, ecn = false;
    // What older kernels do not tell is nothing.
    std::optional<std::uint64_t> pacing_rate, delivery_rate;  ///< bytes a second
    std::optional<std::uint64_t> bytes_acked, bytes_received, bytes_sent, bytes_retransmitted;
    std::optional<std::uint32_t> segments_out, segments_in, not_sent, min_rtt_us;

    /// From the attribute INET_DIAG_INFO, which a kernel may cut short or make longer than we know it.
    [[nodiscard]] static TcpInfo read(Bytes bytes);
};

}  // namespace fid::sockets
