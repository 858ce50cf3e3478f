// SPDX-License-Identifier: MIT
// Very many questions to a few servers: from a source of questions to a sink of results, with thousands under way at
// the same time. Every question that was taken from the source ends in exactly one result. Memory depends on how many
// are under way, not on how many there are.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "dns/exchange.h"
#include "dns/message.h"
#include "dns/timer_wheel.h"
#include "transport/dial.h"

namespace fid::dns {

struct BulkQuestion {
    Question question;
    std::uint64_t mark = 0;  ///< the source's own: a line number
};

class BulkSource {
  public:
    virtual ~BulkSource() = default;
    enum class Pull : std::uint8_t {
        question,
        later,  ///< nothing at the moment: when descriptor() can be read there may be
        end,
    };
    virtual Pull next(BulkQuestion& question) = 0;
    [[nodiscard]] virtual int descriptor() const { return -1; }
};

struct BulkOptions {
    std::vector<transport::SocketAddress> servers;  ///< at least one, at most 65535
    transport::SocketOptions socket;
    QueryOptions query;
    std::uint32_t window = 0;             ///< questions under way at all servers together; 0 = as many as is best
    double rate = 0;                      ///< packets a second to all servers together; 0 = as fast as it goes
    unsigned attempts = 10;               ///< for each question
    Nanoseconds timeout = 5'000'000'000;  ///< the most to wait for one attempt; as a rule it is asked again much sooner
    bool tcp = true;                      ///< ask over TCP where an answer is cut short; else it is the result
};

enum class BulkEnd : std::uint8_t {
    answered,
    timed_out,
    unreachable,  ///< the port is closed, there is no way, or a truncated answer cannot be had over TCP
};

struct BulkResult {
    const BulkQuestion& question;
    BulkEnd end;
    Bytes reply;           ///< where answered; valid during the call
    std::uint32_t server;  ///< that answered, or that was asked last
    Carrier carrier;
    Nanoseconds round_trip;       ///< of the attempt that was answered
    unsigned attempts;            ///< made
    int error;                    ///< errno, where unreachable
    std::string_view cause = {};  ///< where there is no errno to tell it
};

struct BulkCounts {
    std::uint64_t questions = 0, answered = 0, timed_out = 0, unreachable = 0;
    std::uint64_t sent = 0;        ///< packets, and questions over TCP
    std::uint64_t over_tcp = 0;    ///< questions, because an answer was truncated
    std::uint64_t stray = 0;       ///< answers nobody waits for: they came twice, too late, or are forged
    std::uint64_t mismatched = 0;  ///< the ID of one question, and the name or type of another
};

struct BulkServerReport {
    std::uint64_t sent = 0, answered = 0, lost = 0, refused = 0;
    Nanoseconds round_trip = 0;  ///< smoothed; 0 where it never answered
    std::uint32_t window = 0;
};

/// Whatever carries the questions.
class BulkEngine {
  public:
    using Sink = std::function<void(const BulkResult&)>;
    /// Called many times a second, between results; false stops the run.
    using Watch = std::function<bool()>;

    BulkEngine() = default;
    BulkEngine(const BulkEngine&) = delete;
    BulkEngine& operator=(const BulkEngine&) = delete;
    virtual ~BulkEngine() = default;

    /// Until the source has ended and every question has its result, or `watch` stops it. Status cannot_connect where
    /// there is no way to any server.
    [[nodiscard]] virtual Result<void> run() = 0;

    [[nodiscard]] virtual const BulkCounts& counts() const = 0;
    [[nodiscard]] virtual BulkServerReport server(std::size_t index) const = 0;
    /// Those taken from the source that have no result yet.
    virtual void each_unfinished(const std::function<void(const BulkQuestion&)>& each) const = 0;
};

/// Over UDP, and over TCP where an answer is truncated.
class Bulk final : public BulkEngine {
  public:
    Bulk(BulkOptions options, BulkSource& source, Sink sink, Watch watch);
    ~Bulk() override;

    [[nodiscard]] Result<void> run() override;
    [[nodiscard]] const BulkCounts& counts() const override;
    [[nodiscard]] BulkServerReport server(std::size_t index) const override;
    void each_unfinished(const std::function<void(const BulkQuestion&)>& each) const override;

  private:
    class Engine;
    std::unique_ptr<Engine> engine_;
};

}  // namespace fid::dns
