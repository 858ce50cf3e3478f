// SPDX-License-Identifier: MIT
#include "sockets/tcp_info.h"

#include <linux/tcp.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>

namespace fid::sockets {

TcpInfo TcpInfo::read(Bytes bytes) {
    tcp_info raw{};
    std::memcpy(&raw, bytes.data(), std::min(bytes.size(), sizeof(raw)));
    TcpInfo info;
    info.rto_us = raw.tcpi_rto;
    info.rtt_us = raw.tcpi_rtt;
    info.rtt_variance_us = raw.tcpi_rttvar;
    info.snd_mss = raw.tcpi_snd_mss;
    info.rcv_mss = raw.tcpi_rcv_mss;
    info.path_mtu = raw.tcpi_pmtu;
    info.congestion_window = raw.tcpi_snd_cwnd;
    info.slow_start_threshold = raw.tcpi_snd_ssthresh;
    info.unacked = raw.tcpi_unacked;
    info.lost = raw.tcpi_lost;
    info.retransmitting = raw.tcpi_retrans;
    info.retransmits_total = raw.tcpi_total_retrans;
    info.last_sent_ms = raw.tcpi_last_data_sent;
    info.last_received_ms = raw.tcpi_last_data_recv;
    info.send_scale = raw.tcpi_snd_wscale;
    info.receive_scale = raw.tcpi_rcv_wscale;
    info.timestamps = (raw.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0;
    info.sack = (raw.tcpi_options & TCPI_OPT_SACK) != 0;
    info.ecn = (raw.tcpi_options & TCPI_OPT_ECN) != 0;

    const auto told = [&](std::size_t offset, std::size_t size) { return bytes.size() >= offset + size; };
#define FID_TELL(target, member) \
    if (told(offsetof(tcp_info, member), sizeof(raw.member))) info.target = raw.member
    FID_TELL(pacing_rate, tcpi_pacing_rate);
    FID_TELL(delivery_rate, tcpi_delivery_rate);
    FID_TELL(bytes_acked, tcpi_bytes_acked);
    FID_TELL(bytes_received, tcpi_bytes_received);
    FID_TELL(bytes_sent, tcpi_bytes_sent);
    FID_TELL(bytes_retransmitted, tcpi_bytes_retrans);
    FID_TELL(segments_out, tcpi_segs_out);
    FID_TELL(segments_in, tcpi_segs_in);
    FID_TELL(not_sent, tcpi_notsent_bytes);
    FID_TELL(min_rtt_us, tcpi_min_rtt);
#undef FID_TELL
    // All ones is the kernel's "no limit" and "not measured yet".
    if (info.pacing_rate == std::numeric_limits<std::uint64_t>::max()) info.pacing_rate.reset();
    if (info.min_rtt_us == std::numeric_limits<std::uint32_t>::max()) info.min_rtt_us.reset();
    return info;
}

}  // namespace fid::sockets
