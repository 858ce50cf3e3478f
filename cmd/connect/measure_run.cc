// SPDX-License-Identifier: MIT
#include "cmd/connect/measure_run.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>

#include "transport/deadline.h"

namespace fid::cmd::connect {
namespace {

using std::chrono::nanoseconds;
using transport::Clock;
using transport::Connection;
using transport::Task;

constexpr std::size_t stream_block = std::size_t{128} * 1024, websocket_block = std::size_t{64} * 1024;
/// Fits into a packet of Ethernet with the heads of IPv6 and UDP.
constexpr std::size_t datagram_block = 1400;
constexpr std::chrono::milliseconds tick{100};
constexpr std::chrono::seconds interval{1};
/// How long what is on its way back may take after the end.
constexpr std::chrono::milliseconds settle_time{2000}, settle_datagrams{500};

struct ProcessorTime {
    double user = 0, system = 0;  ///< seconds
};

ProcessorTime processor_time() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return {seconds(usage.ru_utime), seconds(usage.ru_stime)};
}

double seconds_of(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

class Measurement {
  public:
    Measurement(transport::Executor executor, Endpoint endpoint, transport::DialOptions dial, MeasurePlan plan,
                MeasureWatcher watcher)
        : executor_(executor),
          endpoint_(std::move(endpoint)),
          dial_(std::move(dial)),
          plan_(plan),
          watcher_(std::move(watcher)),
          meter_(executor) {}

    Task<Measured> run() {
        auto preparing = prepare();
        auto prepared = co_await std::move(preparing);
        if (prepared) {
            begin();
            co_await measure();
            conclude();
            co_await settle();
            result_.verified = meter_.verified;
            count_datagrams();
        } else {
            meter_.error = std::move(prepared.error());
        }
        result_.error = std::move(meter_.error);
        co_return std::move(result_);
    }

  private:
    Task<Result<void>> prepare() {
        auto dialling = transport::dial(executor_, endpoint_, dial_);
        auto first = co_await std::move(dialling);
        if (!first) co_return std::unexpected(std::move(first.error()));
        result_.peer = first->peer.text();
        choose_sizes(*first);
        pattern_.emplace(std::max({result_.block, result_.message, std::size_t{256} * 1024}));
        bool in_turns = false;  // round trips first, then everything at once
        if (plan_.mode) {
            result_.mode = *plan_.mode;
        } else {
            auto asking = ask(std::move(*first));
            auto known = co_await std::move(asking);
            if (!known) co_return known;
            in_turns = result_.mode == MeasureMode::both && plan_.duration && !plan_.count;
            if (plan_.count) result_.mode = MeasureMode::latency;
            auto again = transport::dial(executor_, endpoint_, dial_);
            first = co_await std::move(again);
            if (!first) co_return std::unexpected(std::move(first.error()));
        }
        work_.mode = result_.mode;
        work_.message = result_.message;
        work_.block = result_.block;
        const auto quiet = in_turns ? plan_.warmup + *plan_.duration / 5 : nanoseconds();
        if (in_turns) turn_due_ = work_.quiet_until = Clock::now() + std::chrono::duration_cast<Clock::duration>(quiet);
        lanes_.push_back(make_lane(executor_, std::move(*first), work_, *pattern_, meter_));
        while (lanes_.size() < plan_.streams) {
            auto more = transport::dial(executor_, endpoint_, dial_);
            auto connection = co_await std::move(more);
            if (!connection) co_return std::unexpected(std::move(connection.error()));
            lanes_.push_back(make_lane(executor_, std::move(*connection), work_, *pattern_, meter_));
        }
        co_return Result<void>();
    }

    void choose_sizes(const Connection& connection) {
        const bool datagrams = is_datagram_connection(connection);
        const std::size_t block = datagrams ? datagram_block : connection.websocket ? websocket_block : stream_block;
        result_.message = plan_.size.value_or(MeasurePattern::line);
        result_.block = plan_.size.value_or(block);
        if (!datagrams) return;
        result_.message = std::max(result_.message, least_datagram_bytes);
        result_.block = std::max(result_.block, least_datagram_bytes);
        result_.datagrams.emplace();
    }

    /// What the server does with a line: it sends it back, says nothing, or goes on about something else.
    Task<Result<void>> ask(Connection connection) {
        const bool datagrams = is_datagram_connection(connection);
        const nanoseconds patience =
            std::chrono::milliseconds(300) + 8 * connection.timings.connect.value_or(nanoseconds());
        const transport::StreamDeadline deadline(executor_, *connection.stream, patience,
                                                 [] { return Error{Status::success, "silence", {}, {}, {}}; });
        const Bytes line = pattern_->at(0, MeasurePattern::line);
        auto written = co_await connection.stream->write(line);
        if (!written) co_return written;
        std::string answer;
        std::vector<std::uint8_t> block(std::size_t{64} * 1024);
        constexpr std::size_t enough = 4096;  // nobody's banner
        while (answer.size() < enough) {
            auto chunk = co_await connection.stream->read(block);
            if (!chunk && chunk.error().status != Status::success) co_return std::unexpected(std::move(chunk.error()));
            if (!chunk || chunk->end) break;
            answer += as_text(Bytes(block).first(chunk->size));
            if (datagrams || answer == as_text(line)) break;
        }
        if (answer == as_text(line)) {
            found("echo", MeasureMode::both);
        } else if (answer.size() >= enough || (datagrams && !answer.empty())) {
            found("chargen", MeasureMode::receive);
        } else if (answer.empty()) {
            found("discard", MeasureMode::send);
        } else {
            co_return fail(Status::protocol_violation, "no echo, discard or chargen server at", endpoint_.text(),
                           "it answers something else", "--mode says what to measure without asking");
        }
        co_return Result<void>();
    }

    void found(std::string_view server, MeasureMode mode) {
        result_.server = server;
        result_.mode = mode;
    }

    void begin() {
        result_.begun = true;
        meter_.wanted = plan_.count;
        if (watcher_.on_start) watcher_.on_start(result_);
        started_ = Clock::now();
        if (plan_.warmup == nanoseconds()) count();
        for (const auto& lane : lanes_) lane->start();
    }

    /// From here on it counts.
    void count() {
        meter_.counting = true;
        counted_from_ = counted_bytes_from_ = last_interval_ = Clock::now();
        busy_ = processor_time();
        if (const auto tcp = tcp_figures()) base_retransmits_ = last_retransmits_ = tcp->retransmits;
    }

    Task<void> measure() {
        std::uint64_t last_trips = 0;
        auto last_progress = Clock::now();
        while (meter_.running && meter_.active != 0) {
            meter_.changed.expires_at(next_look());
            co_await meter_.changed.async_wait(transport::as_task);
            const auto now = Clock::now();
            if (turn_due_ && now >= *turn_due_) turn();
            if (watcher_.stop && watcher_.stop()) meter_.end();
            if (!meter_.counting) {
                if (now - started_ >= plan_.warmup) count();
                continue;
            }
            if (meter_.round_trips.count() != last_trips) last_progress = now;
            last_trips = meter_.round_trips.count();
            const bool stuck = !plan_.duration && now - last_progress >= plan_.patience;
            if (stuck || (plan_.duration && now - counted_from_ >= *plan_.duration)) meter_.end();
            if (now - last_interval_ >= interval) tell_interval(now);
        }
        meter_.running = false;
    }

    [[nodiscard]] Clock::time_point next_look() const {
        auto next = Clock::now() + tick;
        if (turn_due_) next = std::min(next, *turn_due_);
        const auto end = counted_from_ + std::chrono::duration_cast<Clock::duration>(plan_.duration.value_or(tick));
        return meter_.counting && plan_.duration ? std::min(next, end) : next;
    }

    /// The round trips one by one are over. What they carried says nothing of rates.
    void turn() {
        turn_due_.reset();
        if (!meter_.counting) return;
        counted_bytes_from_ = Clock::now();
        busy_ = processor_time();
        meter_.sent = meter_.received = last_sent_ = last_received_ = 0;
    }

    void tell_interval(Clock::time_point now) {
        MeasuredInterval told;
        told.from = last_interval_ - counted_from_;
        told.to = now - counted_from_;
        told.sent = meter_.sent - last_sent_;
        told.received = meter_.received - last_received_;
        told.round_trips = meter_.round_trips.count() - last_round_trips_;
        told.tcp = tcp_figures();
        if (told.tcp) {
            const std::uint64_t total = std::exchange(last_retransmits_, told.tcp->retransmits);
            told.tcp->retransmits -= std::min(total, told.tcp->retransmits);
        }
        last_interval_ = now;
        last_sent_ = meter_.sent;
        last_received_ = meter_.received;
        last_round_trips_ = meter_.round_trips.count();
        if (watcher_.on_interval) watcher_.on_interval(told);
    }

    /// The time is over: what counts is what has happened until now.
    void conclude() {
        if (!meter_.counting) count();
        const auto now = Clock::now();
        meter_.counting = false;
        result_.duration = now - counted_bytes_from_;
        result_.sent = meter_.sent;
        result_.received = meter_.received;
        result_.round_trips = meter_.round_trips;
        result_.tcp = tcp_figures();
        if (result_.tcp) result_.tcp->retransmits -= std::min(base_retransmits_, result_.tcp->retransmits);
        const ProcessorTime busy = processor_time();
        const double seconds = std::max(seconds_of(result_.duration), 1e-9);
        result_.user_share = (busy.user - busy_.user) / seconds;
        result_.system_share = (busy.system - busy_.system) / seconds;
    }

    /// Lets what is on its way back arrive, and the lanes end.
    Task<void> settle() {
        const auto patience = result_.datagrams ? settle_datagrams : settle_time;
        const auto due = Clock::now() + patience;
        const auto settled = [this] {
            return std::ranges::all_of(lanes_, [](const auto& lane) { return lane->settled(); });
        };
        while (!meter_.error && meter_.active != 0 && !settled() && Clock::now() < due) {
            constexpr std::chrono::milliseconds step{5};
            meter_.changed.expires_after(step);
            co_await meter_.changed.async_wait(transport::as_task);
        }
        for (const auto& lane : lanes_) lane->stop();
        while (meter_.active != 0) {
            meter_.changed.expires_after(tick);
            co_await meter_.changed.async_wait(transport::as_task);
        }
    }

    void count_datagrams() {
        if (!result_.datagrams) return;
        for (const auto& lane : lanes_) {
            const DatagramCount one = lane->datagrams();
            result_.datagrams->sent += one.sent;
            result_.datagrams->received += one.received;
            result_.datagrams->reordered += one.reordered;
            result_.datagrams->duplicates += one.duplicates;
        }
    }

    [[nodiscard]] std::optional<TcpFigures> tcp_figures() const {
        TcpFigures sum;
        unsigned connections = 0;
        for (const auto& lane : lanes_) {
            tcp_info info{};
            socklen_t size = sizeof(info);
            if (getsockopt(lane->connection().socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) continue;
            ++connections;
            sum.retransmits += info.tcpi_total_retrans;
            sum.window_bytes += std::uint64_t{info.tcpi_snd_cwnd} * info.tcpi_snd_mss;
            sum.round_trip += std::chrono::microseconds(info.tcpi_rtt);
        }
        if (connections == 0) return std::nullopt;
        sum.round_trip /= connections;
        return sum;
    }

    transport::Executor executor_;
    Endpoint endpoint_;
    transport::DialOptions dial_;
    MeasurePlan plan_;
    MeasureWatcher watcher_;
    Meter meter_;
    Measured result_;
    std::optional<MeasurePattern> pattern_;
    LaneWork work_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::optional<Clock::time_point> turn_due_;  ///< from round trips to everything at once
    Clock::time_point started_, counted_from_, counted_bytes_from_, last_interval_;
    ProcessorTime busy_;
    std::uint64_t last_sent_ = 0, last_received_ = 0, last_round_trips_ = 0;
    std::uint64_t base_retransmits_ = 0, last_retransmits_ = 0;
};

}  // namespace

Task<Measured> run_measurement(transport::Executor executor, Endpoint endpoint, transport::DialOptions dial,
                               MeasurePlan plan, MeasureWatcher watcher) {
    Measurement measurement(executor, std::move(endpoint), std::move(dial), plan, std::move(watcher));
    auto running = measurement.run();
    auto measured = co_await std::move(running);
    co_return measured;
}

}  // namespace fid::cmd::connect
