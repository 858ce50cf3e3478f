// SPDX-License-Identifier: MIT
// One connection of --measure at work.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "cmd/connect/measure_pattern.h"
#include "cmd/connect/measure_plan.h"
#include "transport/dial.h"

namespace fid::cmd::connect {

struct LaneWork {
    MeasureMode mode = MeasureMode::both;
    std::size_t message = 64;                                 ///< bytes of those that make round trips
    std::size_t block = 1;                                    ///< of those that are sent without waiting
    std::optional<transport::Clock::time_point> quiet_until;  ///< until then round trips, then `mode`
};

/// Of datagrams, which may get lost.
struct DatagramCount {
    std::uint64_t sent = 0, received = 0;
    std::uint64_t reordered = 0, duplicates = 0;
};

class Lane {
  public:
    virtual ~Lane() = default;
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// Begins; counts its coroutines in meter.active until they have ended, which they do after stop().
    virtual void start() = 0;
    /// All that was sent has come back.
    [[nodiscard]] virtual bool settled() const = 0;
    [[nodiscard]] virtual DatagramCount datagrams() const { return {}; }
    void stop() { connection_.stream->stop(Error{Status::success, "the measurement is over", {}, {}, {}}); }
    [[nodiscard]] const transport::Connection& connection() const { return connection_; }

  protected:
    Lane(transport::Executor executor, transport::Connection connection, LaneWork work, const MeasurePattern& pattern,
         Meter& meter)
        : executor_(executor), connection_(std::move(connection)), work_(work), pattern_(pattern), meter_(meter) {}

    /// Runs it beside the others.
    void spawn(transport::Task<void> task);
    /// Others on the loop get their turn after so many bytes.
    [[nodiscard]] bool turn_is_over(std::size_t bytes);
    [[nodiscard]] transport::Stream& stream() const { return *connection_.stream; }
    [[nodiscard]] std::string name() const { return std::string(stream().name()); }
    /// Tells the peer that nothing follows.
    transport::Task<void> finish();

    transport::Executor executor_;
    transport::Connection connection_;
    LaneWork work_;
    const MeasurePattern& pattern_;
    Meter& meter_;

  private:
    std::size_t turn_ = 0;
};

/// Datagrams are at least so large: their number stands in them.
inline constexpr std::size_t least_datagram_bytes = 16;

[[nodiscard]] bool is_datagram_connection(const transport::Connection& connection);
[[nodiscard]] std::unique_ptr<Lane> make_lane(transport::Executor executor, transport::Connection connection,
                                              LaneWork work, const MeasurePattern& pattern, Meter& meter);

}  // namespace fid::cmd::connect
