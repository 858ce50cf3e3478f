// SPDX-License-Identifier: MIT
// What the bulk engine over connections is made of: questions under way, connections, messages in a stream, a pace.
#pragma once

#include <algorithm>
#include <map>
#include <optional>

#include "dns/bulk.h"
#include "dns/https.h"
#include "transport/task.h"

namespace fid::dns {

/// A question that was taken from the source and has no result yet.
struct StreamSlot {
    BulkQuestion question;
    bool busy = false;
    std::uint32_t generation = 0;  ///< of the attempt: an answer to an earlier one is nobody's
    static constexpr std::uint32_t none = ~0U;
    std::uint32_t connection = none;
    std::uint32_t server = 0;  ///< asked last
    std::uint16_t id = 0;
    unsigned sent = 0, failed = 0;  ///< attempts, and those that count as failed
    transport::Clock::time_point at;
    Error why;  ///< the last one failed
};
/// One of a server's connections.
struct StreamConnection {
    StreamConnection(transport::asio::io_context& loop, std::uint32_t to, std::uint32_t which)
        : server(to), number(which), wake(loop.get_executor()) {}
    std::uint32_t server, number;  ///< the how manieth to that server
    transport::Timer wake;
    transport::StreamPtr stream;
    std::optional<HttpsSession> session;
    std::map<std::uint16_t, std::uint32_t> ids;  ///< slots, where not HTTPS
    std::vector<std::uint8_t> in;
    std::uint32_t under_way = 0;
    std::uint64_t answered = 0;  ///< since it was opened
    transport::Clock::time_point heard;
    bool alive = false, reading = false;
    Error why;  ///< it broke
};

[[nodiscard]] inline Error ended() { return {Status::empty_reply, "no answer", {}, "the connection ended", {}}; }
[[nodiscard]] inline Error late() { return {Status::timeout, "no answer", {}, "timed out", {}}; }

/// How long to leave a server alone that could not be reached so often.
[[nodiscard]] inline transport::Clock::duration rest_after(unsigned failures) {
    constexpr std::chrono::milliseconds first{50}, longest{2000};
    constexpr unsigned most_doublings = 6;
    return std::min(longest, first * (1U << std::min(failures, most_doublings)));
}

/// Adds what was received to `in` and takes the whole messages off it, each behind its length (RFC 1035 section 4.2.2).
template <class Each>
void take_messages(std::vector<std::uint8_t>& in, Bytes received, Each each) {
    constexpr std::size_t length_size = 2;
    in.insert(in.end(), received.begin(), received.end());
    std::size_t at = 0;
    const Bytes all(in);
    while (all.size() - at >= length_size) {
        const std::size_t size = std::size_t{all[at]} << 8U | all[at + 1];
        if (all.size() - at - length_size < size) break;
        each(all.subspan(at + length_size, size));
        at += length_size + size;
    }
    in.erase(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(at));
}

/// How many questions may be sent now.
class StreamPace {
  public:
    explicit StreamPace(double rate)
        : rate_(rate), at_(transport::Clock::now()) {}  ///< a second; 0: as many as one likes

    [[nodiscard]] bool allows() const { return rate_ <= 0 || credit_ >= 1; }
    void spend() { --credit_; }
    void earn(transport::Clock::time_point now) {
        constexpr double burst_s = 0.05;
        credit_ = std::min(credit_ + std::chrono::duration<double>(now - at_).count() * rate_,
                           std::max(1.0, rate_ * burst_s));
        at_ = now;
    }

  private:
    double rate_;
    double credit_ = 1;
    transport::Clock::time_point at_;
};

}  // namespace fid::dns
