// SPDX-License-Identifier: MIT
#include "cmd/connect/throttle.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "cmd/connect/wrapped_stream.h"

namespace fid::cmd::connect {
namespace {

using std::chrono::nanoseconds;
using transport::Chunk;
using transport::Clock;
using transport::Task;

constexpr auto unused_kept = std::chrono::milliseconds(50);
constexpr double pieces_a_second = 20;
constexpr std::size_t line_block_bytes = std::size_t{64} << 10U;

class ThrottledStream final : public WrappedStream {
  public:
    ThrottledStream(transport::Executor executor, transport::StreamPtr below, std::uint64_t rate, nanoseconds delay)
        : WrappedStream(std::move(below)),
          timer_(executor),
          delay_(std::chrono::duration_cast<Clock::duration>(delay)) {
        if (rate != 0) pace_.emplace(rate);
    }

    Task<Result<void>> write(Bytes bytes) override {
        auto waiting = wait_until(next_);
        auto waited = co_await std::move(waiting);
        if (!waited) co_return waited;
        const std::size_t most = pace_ && !keeps_boundaries() ? pace_->piece() : bytes.size();
        do {
            const Bytes piece = bytes.first(std::min(bytes.size(), most));
            if (pace_) {
                auto pausing = wait_until(pace_->next(Clock::now()));
                waited = co_await std::move(pausing);
                if (!waited) co_return waited;
                pace_->spend(piece.size());
            }
            auto written = co_await below().write(piece);
            if (!written) co_return written;
            bytes = bytes.subspan(piece.size());
        } while (!bytes.empty());
        if (delay_ != Clock::duration::zero()) next_ = Clock::now() + delay_;
        co_return Result<void>();
    }
    void stop(const Error& why) override {
        stopped_ = why;
        timer_.cancel();
        below().stop(why);
    }

  private:
    Task<Result<void>> wait_until(Clock::time_point time) {
        while (!stopped_ && Clock::now() < time) {
            timer_.expires_at(time);
            co_await timer_.async_wait(transport::as_task);
        }
        if (stopped_) co_return std::unexpected(*stopped_);
        co_return Result<void>();
    }

    transport::Timer timer_;
    std::optional<Pace> pace_;
    Clock::duration delay_;
    Clock::time_point next_{};  ///< when --delay lets the next write begin
    std::optional<Error> stopped_;
};

class LineStream final : public WrappedStream {
  public:
    explicit LineStream(transport::StreamPtr below) : WrappedStream(std::move(below)), block_(line_block_bytes) {}

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        if (rest_.empty()) {
            auto chunk = co_await below().read(block_);
            if (!chunk || chunk->end) co_return chunk;
            rest_ = Bytes(block_).first(chunk->size);
        }
        Bytes line = rest_.first(std::min(rest_.size(), into.size()));
        if (const auto feed = std::ranges::find(line, std::uint8_t{'\n'}); feed != line.end())
            line = line.first(static_cast<std::size_t>(feed - line.begin()) + 1);
        std::memcpy(into.data(), line.data(), line.size());
        rest_ = rest_.subspan(line.size());
        Chunk chunk;
        chunk.size = line.size();
        co_return chunk;
    }

  private:
    std::vector<std::uint8_t> block_;
    Bytes rest_;  ///< of the block
};

class CountedStream final : public WrappedStream {
  public:
    CountedStream(transport::StreamPtr below, std::uint64_t count) : WrappedStream(std::move(below)), left_(count) {}

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        if (left_ == 0) co_return fail(Status::success, "all that was asked for has come", std::string(name()));
        auto chunk = co_await below().read(into);
        if (chunk && !chunk->end && !chunk->more) --left_;
        co_return chunk;
    }

  private:
    std::uint64_t left_;
};

}  // namespace

std::size_t Pace::piece() const {
    constexpr double most = 1U << 30U;
    return static_cast<std::size_t>(std::clamp(rate_ / pieces_a_second, 1.0, most));
}

Clock::time_point Pace::next(Clock::time_point now) {
    if (next_ == Clock::time_point{}) next_ = now;
    next_ = std::max(next_, now - unused_kept);
    return next_;
}

void Pace::spend(std::size_t bytes) {
    const std::chrono::duration<double> worth(static_cast<double>(bytes) / rate_);
    next_ += std::chrono::duration_cast<Clock::duration>(worth);
}

transport::StreamPtr make_throttled_stream(transport::Executor executor, transport::StreamPtr below, std::uint64_t rate,
                                           nanoseconds delay) {
    return std::make_unique<ThrottledStream>(executor, std::move(below), rate, delay);
}

transport::StreamPtr make_line_stream(transport::StreamPtr below) {
    return std::make_unique<LineStream>(std::move(below));
}

transport::StreamPtr make_counted_stream(transport::StreamPtr below, std::uint64_t count) {
    return std::make_unique<CountedStream>(std::move(below), count);
}

}  // namespace fid::cmd::connect
