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

    void open(transport::StreamPtr made) {
        stream = std::move(made);
        in.clear();
        answered = 0;
        heard = transport::Clock::now();
        alive = true;
    }
    void close() {
        ids.clear();
        session.reset();
        under_way = 0;
        stream.reset();
    }

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

/// How many questions one server may have under way on a connection. It halves where connections break without an
/// answer and grows again with what is answered: a server that bears three questions a connection is asked three at a
/// time, and what no connection outlives alone is known to be the question's own doing.
class StreamRoom {
  public:
    explicit StreamRoom(std::uint32_t most) : most_(most), room_(most) {}

    [[nodiscard]] std::uint32_t size() const { return room_; }
    void answered() {
        breaks_ = 0;
        answers_ever_ = true;
        if (++answers_ < room_) return;
        answers_ = 0;
        room_ = std::min(most_, 2 * room_);
    }
    /// A connection ended with so many answers given and others owed. Whether the questions left are to blame: each may
    /// fail but so often. Not where the server has answered others, unless they were asked one at a time.
    [[nodiscard]] bool broke(std::uint64_t answers) {
        answers_ = 0;
        if (answers > 0) {
            room_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(room_, answers));
            return false;
        }
        ++breaks_;
        if (!answers_ever_ || breaks_ > patience) {
            room_ = most_;
            return true;
        }
        const bool alone = room_ == 1;
        room_ = std::max(1U, room_ / 2);
        return alone;
    }

  private:
    static constexpr unsigned patience = 16;  ///< breaks on end, after which the server counts as gone
    std::uint32_t most_, room_;
    std::uint32_t answers_ = 0;  ///< since it grew or broke
    unsigned breaks_ = 0;        ///< since the last answer
    bool answers_ever_ = false;
};

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
