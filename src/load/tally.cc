// SPDX-License-Identifier: MIT
#include "load/tally.h"

#include <algorithm>
#include <numeric>

namespace fid::load {

const FailureKind& describe(Failure failure) {
    static constexpr std::array<FailureKind, failure_count> kinds{{
        {"refused", "connection refused", Status::cannot_connect},
        {"connect", "no connection", Status::cannot_connect},
        {"connect_timeout", "no connection in time", Status::timeout},
        {"handshake", "no TLS", Status::tls_handshake},
        {"certificate", "certificate not trusted", Status::certificate},
        {"send", "broke while sending", Status::send_failure},
        {"reset", "connection reset", Status::receive_failure},
        {"receive", "broke while receiving", Status::receive_failure},
        {"closed", "closed without an answer", Status::empty_reply},
        {"cut", "answer broke off", Status::truncated},
        {"malformed", "answer malformed", Status::protocol_violation},
        {"timeout", "no answer in time", Status::timeout},
    }};
    return kinds[static_cast<std::size_t>(failure)];
}

std::uint64_t Tally::failed() const { return std::accumulate(failures.begin(), failures.end(), std::uint64_t{0}); }

void Tally::merge(const Tally& other) {
    answered += other.answered;
    sent_bytes += other.sent_bytes;
    received_bytes += other.received_bytes;
    const auto add = [](auto& sums, const auto& more) {
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += more[i];
    };
    add(statuses, other.statuses);
    add(failures, other.failures);
    connections += other.connections;
    reconnects += other.reconnects;
    under_way += other.under_way;
    unsent += other.unsent;
    oldest = std::max(oldest, other.oldest);
    latency.merge(other.latency);
    corrected.merge(other.corrected);
    connecting.merge(other.connecting);
    lag.merge(other.lag);
    if (first_error.empty()) first_error = other.first_error;
}

void Tally::clear() {
    answered = sent_bytes = received_bytes = connections = reconnects = 0;
    statuses.fill(0);
    failures.fill(0);
    for (Histogram* each : {&latency, &corrected, &connecting, &lag}) each->clear();
}

}  // namespace fid::load
