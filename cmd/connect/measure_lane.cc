// SPDX-License-Identifier: MIT
#include "cmd/connect/measure_lane.h"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <charconv>

namespace fid::cmd::connect {
namespace {

using transport::Clock;
using transport::Task;

constexpr std::size_t turn_bytes = std::size_t{4} * 1024 * 1024;
/// What a message costs besides its bytes.
constexpr std::size_t message_cost = 1024;
constexpr std::size_t block_bytes = std::size_t{256} * 1024;

Error changed_bytes(std::string_view name, std::string where) {
    return Error{Status::protocol_violation, "what comes back is not what was sent to", std::string(name),
                 "it differs " + std::move(where), "--mode send or receive compares nothing"};
}

/// Bytes in order: what comes back is the same series from the start.
class StreamLane final : public Lane {
  public:
    StreamLane(transport::Executor executor, transport::Connection connection, LaneWork work,
               const MeasurePattern& pattern, Meter& meter)
        : Lane(executor, std::move(connection), work, pattern, meter), block_(block_bytes) {}

    void start() override {
        if (work_.mode == MeasureMode::receive)
            spawn(drain());
        else if (work_.mode == MeasureMode::latency || work_.quiet_until)
            spawn(ping_first());
        else
            start_bulk();
    }
    [[nodiscard]] bool settled() const override { return work_.mode != MeasureMode::both || received_ >= sent_; }

  private:
    [[nodiscard]] bool echoes() const { return work_.mode == MeasureMode::both || work_.mode == MeasureMode::latency; }

    void start_bulk() {
        spawn(drain());
        spawn(fill());
    }

    Task<void> ping_first() {
        while (meter_.running && (!work_.quiet_until || Clock::now() < *work_.quiet_until)) {
            const auto begun = Clock::now();
            const Bytes message = pattern_.at(sent_, work_.message);
            auto written = co_await stream().write(message);
            if (!written) co_return meter_.fail(std::move(written.error()));
            add_sent(message.size());
            while (received_ < sent_) {
                const bool more = co_await take();
                if (!more) co_return;
            }
            meter_.add_round_trip(Clock::now() - begun);
            if (!turn_is_over(message_cost)) continue;
            co_await transport::asio::post(executor_, transport::as_task);
        }
        if (meter_.running) start_bulk();
    }

    Task<void> fill() {
        while (meter_.running) {
            const Bytes block = pattern_.at(sent_, work_.block);
            auto written = co_await stream().write(block);
            if (!written) co_return meter_.fail(std::move(written.error()));
            add_sent(block.size());
            if (!turn_is_over(block.size())) continue;
            co_await transport::asio::post(executor_, transport::as_task);
        }
        if (work_.mode == MeasureMode::send) co_await finish();
    }

    Task<void> drain() {
        while (true) {
            const bool more = co_await take();
            if (!more) co_return;
            if (!turn_is_over(message_cost)) continue;
            co_await transport::asio::post(executor_, transport::as_task);
        }
    }

    /// One read; false where nothing follows.
    Task<bool> take() {
        auto chunk = co_await stream().read(block_);
        if (!chunk) {
            meter_.fail(std::move(chunk.error()));
            co_return false;
        }
        if (chunk->end) {
            if (echoes() && meter_.running)
                meter_.fail(Error{Status::truncated, "no more from", name(), "it ended the connection", {}});
            co_return false;
        }
        const Bytes bytes = Bytes(block_).first(chunk->size);
        if (echoes()) {
            const std::size_t same = like_sent(bytes);
            if (same != bytes.size()) {
                meter_.fail(changed_bytes(stream().name(), "from byte " + std::to_string(received_ + same) + " on"));
                co_return false;
            }
            meter_.verified += bytes.size();
        }
        received_ += bytes.size();
        meter_.add_received(bytes.size());
        co_return true;
    }

    /// How many of them are what was sent; more than was begun to be sent cannot be.
    [[nodiscard]] std::size_t like_sent(Bytes bytes) const {
        const std::uint64_t under_way = sent_ + std::max(work_.block, work_.message) - received_;
        const Bytes possible = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), under_way)));
        const Bytes sent = pattern_.at(received_, possible.size());
        const auto end = std::ranges::mismatch(possible, sent).in1;
        return static_cast<std::size_t>(end - possible.begin());
    }

    void add_sent(std::size_t bytes) {
        sent_ += bytes;
        meter_.add_sent(bytes);
    }

    std::vector<std::uint8_t> block_;
    std::uint64_t sent_ = 0, received_ = 0;
};

/// Each has its number in front, in hexadecimal digits; bytes of the pattern follow.
class DatagramLane final : public Lane {
  public:
    DatagramLane(transport::Executor executor, transport::Connection connection, LaneWork work,
                 const MeasurePattern& pattern, Meter& meter)
        : Lane(executor, std::move(connection), work, pattern, meter),
          answered_(executor),
          block_(block_bytes),
          seen_(window_slots, none) {}

    void start() override {
        spawn(drain());
        if (work_.mode == MeasureMode::receive || work_.mode == MeasureMode::latency || work_.quiet_until)
            spawn(ping_first());
        else
            spawn(fill());
    }
    [[nodiscard]] bool settled() const override {
        return work_.mode == MeasureMode::send || work_.mode == MeasureMode::receive || count_.received >= count_.sent;
    }
    [[nodiscard]] DatagramCount datagrams() const override { return count_; }

  private:
    static constexpr std::size_t window_slots = 65536;
    static constexpr std::uint64_t none = UINT64_MAX;
    /// How many may be under way: more than fit into the buffers of a socket would be lost on the way.
    static constexpr std::uint64_t most_under_way = 64;
    static constexpr std::chrono::milliseconds lost_after{1000}, stalled_after{50};

    [[nodiscard]] bool echoes() const { return work_.mode == MeasureMode::both || work_.mode == MeasureMode::latency; }

    Task<void> ping_first() {
        while (meter_.running && (!work_.quiet_until || Clock::now() < *work_.quiet_until)) {
            const auto begun = Clock::now();
            awaited_ = count_.sent;
            const bool sent = co_await send(work_.message);
            if (!sent) co_return;
            const auto due = begun + lost_after;
            while (meter_.running && awaited_ != none && Clock::now() < due) {
                answered_.expires_at(due);
                co_await answered_.async_wait(transport::as_task);
            }
            if (awaited_ == none) meter_.add_round_trip(arrived_ - begun);
        }
        if (!meter_.running) co_return;
        auto filling = fill();
        co_await std::move(filling);
    }

    Task<void> fill() {
        while (meter_.running) {
            if (work_.mode == MeasureMode::both && count_.sent - base_ >= most_under_way) {
                const std::uint64_t stuck = base_;
                answered_.expires_after(stalled_after);
                co_await answered_.async_wait(transport::as_task);
                // Nothing has come: those under way are lost, or late.
                if (base_ == stuck && Clock::now() >= answered_.expiry()) base_ = count_.sent;
                continue;
            }
            const bool sent = co_await send(work_.block);
            if (!sent) co_return;
            if (!turn_is_over(work_.block + message_cost)) continue;
            co_await transport::asio::post(executor_, transport::as_task);
        }
    }

    Task<bool> send(std::size_t size) {
        out_.assign(least_datagram_bytes, '0');
        std::array<char, least_datagram_bytes> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), count_.sent, 16).ptr;
        std::copy_backward(digits.data(), end, out_.data() + least_datagram_bytes);
        const Bytes rest = pattern_.at(count_.sent, size - least_datagram_bytes);
        out_.insert(out_.end(), rest.begin(), rest.end());
        ++count_.sent;
        auto written = co_await stream().write(out_);
        if (!written) {
            meter_.fail(std::move(written.error()));
            co_return false;
        }
        meter_.add_sent(size);
        co_return true;
    }

    Task<void> drain() {
        while (true) {
            auto chunk = co_await stream().read(block_);
            if (!chunk) co_return meter_.fail(std::move(chunk.error()));
            const Bytes datagram = Bytes(block_).first(chunk->size);
            meter_.add_received(datagram.size());
            if (echoes())
                take_echo(datagram);
            else
                ++count_.received;
            if (!echoes()) answer();
            if (!turn_is_over(datagram.size() + message_cost)) continue;
            co_await transport::asio::post(executor_, transport::as_task);
        }
    }

    void take_echo(Bytes datagram) {
        const auto digits = as_text(datagram.first(std::min(datagram.size(), least_datagram_bytes)));
        std::uint64_t number = none;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
        const bool ours = digits.size() == least_datagram_bytes && read.ptr == digits.data() + digits.size() &&
                          number < count_.sent && is_echo(datagram, number);
        if (!ours) return meter_.fail(changed_bytes(stream().name(), "in a datagram"));
        meter_.verified += datagram.size();
        auto& slot = seen_[number % window_slots];
        if (slot == number) {
            ++count_.duplicates;
            return;
        }
        slot = number;
        ++count_.received;
        if (highest_ != none && number < highest_) ++count_.reordered;
        if (highest_ == none || number > highest_) highest_ = number;
        base_ = std::max(base_, number + 1);
        if (number == awaited_ || awaited_ == none) answer();
    }

    [[nodiscard]] bool is_echo(Bytes datagram, std::uint64_t number) const {
        const Bytes rest = datagram.subspan(least_datagram_bytes);
        if (rest.size() + least_datagram_bytes > std::max(work_.block, work_.message)) return false;
        const Bytes sent = pattern_.at(number, rest.size());
        return std::equal(rest.begin(), rest.end(), sent.begin());
    }

    void answer() {
        arrived_ = Clock::now();
        awaited_ = none;
        answered_.cancel();
    }

    transport::Timer answered_;  ///< cancelled when something has come
    std::vector<std::uint8_t> block_, out_;
    std::vector<std::uint64_t> seen_;  ///< numbers that have come, by their last 16 bits
    DatagramCount count_;
    std::uint64_t highest_ = none, awaited_ = none;
    std::uint64_t base_ = 0;  ///< from this number on they are under way
    Clock::time_point arrived_;
};

/// Not a member: it lives on where the lane is gone.
Task<void> count_while(Task<void> task, Meter& meter) {
    co_await std::move(task);
    --meter.active;
    meter.changed.cancel();
}

}  // namespace

void Lane::spawn(Task<void> task) {
    ++meter_.active;
    auto counted = count_while(std::move(task), meter_);
    transport::asio::co_spawn(executor_, std::move(counted), transport::asio::detached);
}

bool Lane::turn_is_over(std::size_t bytes) {
    turn_ += bytes;
    if (turn_ < turn_bytes) return false;
    turn_ = 0;
    return true;
}

Task<void> Lane::finish() {
    auto finishing = stream().finish();
    auto finished = co_await std::move(finishing);
    if (!finished) meter_.fail(std::move(finished.error()));
}

bool is_datagram_connection(const transport::Connection& connection) {
    return connection.stream->ending() == transport::Ending::none;
}

std::unique_ptr<Lane> make_lane(transport::Executor executor, transport::Connection connection, LaneWork work,
                                const MeasurePattern& pattern, Meter& meter) {
    if (is_datagram_connection(connection))
        return std::make_unique<DatagramLane>(executor, std::move(connection), work, pattern, meter);
    return std::make_unique<StreamLane>(executor, std::move(connection), work, pattern, meter);
}

}  // namespace fid::cmd::connect
